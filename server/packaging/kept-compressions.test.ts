import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { brotliCompressSync, brotliDecompressSync } from "node:zlib";

import { compress } from "./compress.ts";
import { keepCompressed, keptCompressed } from "./kept-compressions.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-kept-"));
after(() => rmSync(folder, { recursive: true }));

/** Of a real program, and a little longer than what is compressed well in any case. */
const program = join(import.meta.dirname, "node_modules/tailwindcss/dist/lib.mjs");
const content = new Uint8Array(readFileSync(program)).subarray(0, 130 * 1024);

test("what was compressed once is there the next time, and for nothing else", async () => {
  assert.equal(await keptCompressed(content, folder), undefined);
  const compressed = new Uint8Array(brotliCompressSync(content));
  await keepCompressed(content, compressed, folder);
  assert.deepEqual(await keptCompressed(content, folder), compressed);
  assert.equal(await keptCompressed(content.subarray(1), folder), undefined);
});

test("a file that was cut off, or gives something else, counts as none", async () => {
  const [name = ""] = readdirSync(folder);
  const path = join(folder, name);
  for (const wrong of [
    readFileSync(path).subarray(0, 20),
    brotliCompressSync("something else"),
    brotliCompressSync(new Uint8Array(400_000)),
    new Uint8Array(),
  ]) {
    writeFileSync(path, wrong);
    assert.equal(await keptCompressed(content, folder), undefined);
  }
});

test("a folder that cannot be written is no obstacle", async () => {
  await keepCompressed(content, content, join(folder, readdirSync(folder)[0] ?? "", "inside"));
});

test("engines are compressed as far as it goes, and a script of their size quickly", async () => {
  const engine = await compress(content, "application/wasm");
  const script = await compress(content, "text/javascript; charset=utf-8");
  assert.ok(engine !== undefined && script !== undefined && engine.length < script.length);
  assert.deepEqual(new Uint8Array(brotliDecompressSync(engine)), content);
  assert.deepEqual(await compress(content, "application/wasm"), engine);
});

test("what hardly gets smaller stays as it is", async () => {
  assert.equal(
    await compress(crypto.getRandomValues(new Uint8Array(1000)), "text/plain"),
    undefined,
  );
  assert.equal(await compress(new Uint8Array(127), "text/plain"), undefined);
});
