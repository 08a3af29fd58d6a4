import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { testSnapshot } from "@kith/chain/test-snapshot";

import { IncomingFile } from "./incoming-file.ts";
import { openFilesBelow } from "./open-files.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "kith-incoming-file-")));
after(() => rmSync(root, { recursive: true, force: true }));

const { manifest, chunks } = testSnapshot({ rows: 12 });
const [first, second, third] = chunks;
assert.ok(first !== undefined && second !== undefined && third !== undefined);

test("chunks that have arrived are there after a restart, in whatever order they came", () => {
  const place = join(root, "restarted");
  assert.equal(IncomingFile.resume(place), undefined);
  const incoming = IncomingFile.start(place, manifest);
  assert.ok(incoming.write(2, third));
  assert.ok(incoming.write(1, second));
  assert.equal(incoming.read(0), undefined);
  incoming.close();
  const resumed = IncomingFile.resume(place);
  assert.ok(resumed !== undefined);
  assert.deepEqual(resumed.manifest, manifest);
  assert.deepEqual(
    [0, 1, 2].map((at) => resumed.read(at)),
    [undefined, second, third],
  );
  assert.deepEqual([...resumed.all()], [new Uint8Array(), second, third]);
  assert.ok(resumed.write(0, first));
  resumed.close();
  const again = IncomingFile.start(place, manifest);
  assert.deepEqual([...again.all()], chunks);
  again.close();
});

test("chunks that a power cut has taken are not there, though their marks are", () => {
  const place = join(root, "cut");
  const incoming = IncomingFile.start(place, manifest);
  for (const [at, chunk] of chunks.entries()) assert.ok(incoming.write(at, chunk));
  incoming.close();
  const kept = readFileSync(join(place, "chunks")).subarray(0, first.length + 100);
  writeFileSync(join(place, "chunks"), kept);
  const cut = IncomingFile.resume(place);
  assert.ok(cut !== undefined);
  assert.deepEqual(
    [0, 1, 2].map((at) => cut.read(at)),
    [first, undefined, undefined],
  );
  assert.ok(cut.write(1, second));
  assert.deepEqual(cut.read(1), second);
  cut.close();
});

test("without its chunks, or without its marks, all of it is asked for again", () => {
  for (const lost of ["chunks", "there"]) {
    const place = join(root, `without-${lost}`);
    const incoming = IncomingFile.start(place, manifest);
    assert.ok(incoming.write(0, first));
    incoming.close();
    rmSync(join(place, lost));
    const resumed = IncomingFile.resume(place);
    assert.equal(resumed?.read(0), undefined, lost);
    resumed?.close();
  }
});

test("marks of more chunks than the manifest has are not believed", () => {
  const place = join(root, "marked");
  IncomingFile.start(place, manifest).close();
  writeFileSync(join(place, "there"), new Uint8Array(100).fill(1));
  const resumed = IncomingFile.resume(place);
  assert.deepEqual([resumed?.read(0), resumed?.read(99)], [undefined, undefined]);
  resumed?.close();
});

test("another snapshot begins anew, and one whose manifest cannot be read is none", () => {
  const place = join(root, "replaced");
  const incoming = IncomingFile.start(place, manifest);
  assert.ok(incoming.write(0, first));
  incoming.close();
  const later = testSnapshot({ rows: 12, at: 7 });
  const other = IncomingFile.start(place, later.manifest);
  assert.equal(other.read(0), undefined);
  other.close();
  writeFileSync(join(place, "manifest"), "no manifest");
  assert.equal(IncomingFile.resume(place), undefined);
  IncomingFile.start(place, manifest).remove();
  assert.equal(IncomingFile.resume(place), undefined);
});

test("what is closed reads and writes nothing, and has no file open", () => {
  const place = join(root, "closed");
  const incoming = IncomingFile.start(place, manifest);
  assert.ok(incoming.write(0, first));
  const whileOpen = openFilesBelow(root);
  if (whileOpen !== undefined) assert.equal(whileOpen.length, 2);
  incoming.close();
  incoming.close();
  // Their numbers may be those of other files by now.
  assert.deepEqual([incoming.read(0), incoming.write(1, second)], [undefined, false]);
  assert.deepEqual(openFilesBelow(root) ?? [], []);
  const resumed = IncomingFile.resume(place);
  resumed?.close();
  resumed?.remove();
  assert.equal(IncomingFile.resume(place), undefined);
  assert.deepEqual(openFilesBelow(root) ?? [], []);
});

test("where the marks cannot be opened, the chunks do not stay open", () => {
  const place = join(root, "unreadable");
  IncomingFile.start(place, manifest).close();
  rmSync(join(place, "there"));
  mkdirSync(join(place, "there"));
  assert.equal(IncomingFile.resume(place), undefined);
  assert.deepEqual(openFilesBelow(root) ?? [], []);
});

test("where nothing can be written, it does not start, and leaves nothing open", () => {
  writeFileSync(join(root, "file"), "");
  assert.throws(() => IncomingFile.start(join(root, "file", "below"), manifest));
  assert.deepEqual(openFilesBelow(root) ?? [], []);
});
