import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "kith-main-"));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

type Ended = { readonly status: number | null; readonly out: string; readonly problem: string };

function run(script: "main.ts" | "network.ts", ...words: readonly string[]): Ended {
  const path = join(import.meta.dirname, script);
  const ended = spawnSync(process.execPath, [path, ...words], {
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status: ended.status, out: ended.stdout, problem: ended.stderr };
}

/** What somebody reads who typed something wrong: one reason, no place in the program. */
function assertRefused(ended: Ended, status: number, reason: RegExp): void {
  assert.equal(ended.status, status, ended.problem);
  assert.match(ended.problem, reason);
  assert.doesNotMatch(ended.problem, /^\s+at /m);
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

/** Starts a node and waits until it says its address. */
async function startNode(data: string): Promise<number> {
  const port = await freePort();
  const words = [join(import.meta.dirname, "main.ts"), "--data", data, "--port", `${port}`];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  await new Promise((done) => child.stdout.once("data", done));
  return port;
}

test("help goes to the output and ends with 0, wrong words to the errors and end with 2", () => {
  const help = run("main.ts", "--help");
  assert.deepEqual([help.status, help.problem], [0, ""]);
  assert.match(help.out, /--root-host NAME/);
  assert.equal(run("network.ts", "--help").status, 0);
  assertRefused(run("main.ts", "--frobnicate"), 2, /^Unknown option '--frobnicate'/);
  assertRefused(run("main.ts", "--port", "http"), 2, /^--port takes a whole number/);
  assertRefused(run("network.ts", "--nodes", "0"), 2, /^--nodes takes a whole number/);
});

test("a folder or a port that a running node has is refused with what to do", async () => {
  const data = join(folder, "running");
  const port = await startNode(data);
  const free = `${await freePort()}`;
  assertRefused(
    run("main.ts", "--data", data, "--port", free),
    1,
    /running is in use by another node \(process \d+\); stop it, or name another --data/,
  );
  assertRefused(
    run("main.ts", "--data", join(folder, "other"), "--port", `${port}`),
    1,
    /^kith stops: port \d+ is in use by another program; stop it, or name another --port/,
  );
});

test("a place that is no folder is refused, by the node and by the network", () => {
  const file = join(folder, "a file");
  writeFileSync(file, "");
  assertRefused(run("main.ts", "--data", file), 1, /a file cannot be used \(EEXIST/);
  const below = join(file, "below");
  assertRefused(run("main.ts", "--data", below), 1, /below cannot be used \(ENOTDIR/);
  assertRefused(run("network.ts", "--data", below), 1, /^kith stops: ENOTDIR/);
});

test("a node that nobody answers, and a key that is none, stop the node before it listens", () => {
  const joining = run("main.ts", "--data", join(folder, "j"), "--join", "http://127.0.0.1:9");
  assertRefused(joining, 1, /^kith stops: no node answers at http:\/\/127\.0\.0\.1:9/);
  writeFileSync(join(folder, "j", "node.pem"), "rubbish");
  assertRefused(run("main.ts", "--data", join(folder, "j")), 1, /node\.pem is not an Ed25519 key/);
});
