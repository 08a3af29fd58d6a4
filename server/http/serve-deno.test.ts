import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, test } from "node:test";

import { testAdapter } from "./adapter-suite.ts";

/** The binary that the pinned package `deno` brings for this platform; where it brings none, that of the system. */
function denoPath(): string {
  const libc = process.platform === "linux" ? "-glibc" : "";
  const platform = `${process.platform}-${process.arch}${libc}`;
  try {
    const resolve = createRequire(createRequire(import.meta.url).resolve("deno/package.json"));
    return resolve.resolve(`@deno/${platform}/deno`);
  } catch {
    return "deno";
  }
}

const script = join(import.meta.dirname, "deno-child.ts");
const words = ["run", "--allow-all", "--no-check", "--quiet", script];
const child = spawn(denoPath(), words, { stdio: ["ignore", "pipe", "inherit"] });
after(() => child.kill("SIGKILL"));

let printed = "";
child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
await new Promise<void>((done, fail) => {
  child.stdout.once("data", () => done());
  child.once("error", ({ message }) => fail(new Error(`${message}: install Deno for this test`)));
  child.once("close", (status) => fail(new Error(`Deno ended with status ${status}`)));
});
const port = Number.parseInt(printed, 10);

// Deno refuses heads of more than 64 KiB, which cannot be set (decision 0201).
testAdapter({ port, refusesItself: ["two Hosts"], cookiesTaken: 15 });

test("a WebSocket at /p2p becomes a link that knows where the other end is", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/p2p`);
  socket.binaryType = "arraybuffer";
  const received: string[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  socket.addEventListener("message", ({ data }) => {
    assert.ok(data instanceof ArrayBuffer);
    received.push(new TextDecoder().decode(data));
    if (received.length === 1) socket.send(new TextEncoder().encode("and back"));
    else resolve();
  });
  await done;
  socket.close();
  assert.deepEqual(received, ["127.0.0.1", "and back"]);
});

test("a server that is told to stop answers nobody any more and ends", async () => {
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
  assert.match(printed, /stopped/);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
});
