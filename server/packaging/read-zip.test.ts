import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256Hex } from "@kith/protocol/hashes";
import { strToU8, unzipSync, Zip, ZipDeflate, ZipPassThrough } from "fflate";

import { entriesMax, packageBytesMax } from "./limits.ts";
import { readZip } from "./read-zip.ts";
import { writeZip } from "./write-zip.ts";

const random = (sizeBytes: number, seed = 1): Uint8Array => {
  let state = seed;
  return Uint8Array.from({ length: sizeBytes }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
};

const sample = new Map([
  ["meta.json", strToU8('{"name":"x"}')],
  ["data/x/ä b.txt", strToU8("text ".repeat(5000))],
  ["data/x/empty", new Uint8Array()],
  ["data/x/random.bin", random(300_000)],
]);

/** A zip as other programs write it: sizes behind the data, entries in any order, names as given. */
function streamed(entries: readonly (readonly [string, Uint8Array])[], deflate = true): Uint8Array {
  const parts: Uint8Array[] = [];
  const zip = new Zip((error, part) => {
    if (error !== null) throw error;
    parts.push(part);
  });
  for (const [path, content] of entries) {
    const file = deflate ? new ZipDeflate(path) : new ZipPassThrough(path);
    zip.add(file);
    file.push(content, true);
  }
  zip.end();
  return new Uint8Array(Buffer.concat(parts));
}

/** The same bytes with some of them replaced. */
function changed(
  bytes: Uint8Array,
  change: (view: DataView, bytes: Uint8Array) => void,
): Uint8Array {
  const copy = bytes.slice();
  change(new DataView(copy.buffer), copy);
  return copy;
}

const directoryAt = (view: DataView): number => view.getUint32(view.byteLength - 6, true);
const codeOf = (bytes: Uint8Array): string => {
  const read = readZip(bytes);
  return read.ok ? "ok" : read.error.code;
};

test("what is written is read again, byte for byte, and other programs read the same", () => {
  const bytes = writeZip(sample);
  const read = readZip(bytes);
  assert.ok(read.ok);
  assert.deepEqual(read.value, sample);
  const byOthers = unzipSync(bytes);
  assert.deepEqual(Object.keys(byOthers), [...sample.keys()].toSorted());
  for (const [path, content] of sample) assert.deepEqual(byOthers[path], content);
});

test("zips whose sizes follow the data are read, and folders in them passed over", () => {
  const bytes = streamed([...sample, ["data/x/", new Uint8Array()]]);
  const read = readZip(bytes);
  assert.ok(read.ok);
  assert.deepEqual([...read.value.keys()].toSorted(), [...sample.keys()].toSorted());
});

test("the same files give the same bytes, in whatever order they come and wherever it is", () => {
  const reversed = new Map([...sample].toReversed());
  assert.deepEqual(writeZip(reversed), writeZip(sample));
  const expected = "ce0a69ff5318adb5a0e20cdc8f700dc51cb1ce071eb0959fb6ff51349ce48042";
  assert.equal(sha256Hex(writeZip(new Map([["a", strToU8("aaaaaaaaaaaaaaaa")]]))), expected);
});

test("a path that leads anywhere else is refused", () => {
  const paths = ["../up", "a/../b", "/absolute", "a\\b", "a//b", "./a", "C:/x", "a\u0000b", ""];
  for (const path of paths) {
    const bytes = streamed([[path, strToU8("x")]]);
    assert.equal(codeOf(bytes), "entry-path-invalid", path);
  }
  assert.equal(codeOf(streamed([["a/".repeat(400) + "b", strToU8("x")]])), "entry-path-invalid");
});

test("two entries of one name are refused", () => {
  const twice = streamed([
    ["a", strToU8("first")],
    ["a", strToU8("second")],
  ]);
  assert.equal(codeOf(twice), "entry-repeated");
});

test("a zip that would unpack to far more than it is gets refused before it is unpacked", () => {
  const bomb = writeZip(new Map([["data/x/zeros", new Uint8Array(20_000_000)]]));
  assert.ok(bomb.length < 50_000);
  assert.equal(codeOf(bomb), "expands-too-much");
});

test("a directory that claims more content than is allowed is refused", () => {
  const bytes = changed(streamed([["a", random(100)]]), (view) => {
    view.setUint32(directoryAt(view) + 24, 0x7fffffff, true);
  });
  assert.equal(codeOf(bytes), "content-too-large");
});

test("a file that unpacks to more than the directory claims stops there", () => {
  const bomb = streamed([["data/x/zeros", new Uint8Array(20_000_000)]]);
  const liar = changed(bomb, (view) => view.setUint32(directoryAt(view) + 24, 10, true));
  assert.equal(codeOf(liar), "entry-damaged");
});

test("a file that unpacks to less than the directory claims is damaged", () => {
  const bytes = streamed([["a", random(1000)]]);
  const liar = changed(bytes, (view) => view.setUint32(directoryAt(view) + 24, 1001, true));
  assert.equal(codeOf(liar), "entry-damaged");
});

test("a changed byte of content is noticed", () => {
  for (const deflate of [false, true]) {
    const bytes = streamed([["a", random(1000)]], deflate);
    assert.equal(codeOf(bytes), "ok");
    const bad = changed(bytes, (_view, at) => {
      at[500] = (at[500] ?? 0) ^ 1;
    });
    assert.equal(codeOf(bad), "entry-damaged");
  }
});

test("files that share their data are refused: a small zip could hold the same megabyte a thousand times", () => {
  const bytes = streamed([
    ["a", strToU8("x")],
    ["b", strToU8("y")],
  ]);
  const shared = changed(bytes, (view) => {
    const first = directoryAt(view);
    view.setUint32(first + 47 + 42, view.getUint32(first + 42, true), true);
  });
  const read = readZip(shared);
  assert.ok(!read.ok && read.error.code === "zip-malformed");
  assert.match(read.error.reason, /overlap/);
});

test("a header in front of a file that says something else than the directory is refused", () => {
  const bytes = writeZip(new Map([["data/a", strToU8("text")]]));
  for (const at of [6, 8, 14, 18, 22, 30]) {
    const bad = changed(bytes, (_view, content) => {
      content[at] = (content[at] ?? 0) ^ 4;
    });
    assert.equal(codeOf(bad), "zip-malformed", `byte ${at}`);
  }
});

test("what is cut off, or has something in front of or behind it, is no zip", () => {
  const bytes = writeZip(sample);
  for (const end of [0, 10, 100, bytes.length - 23, bytes.length - 1]) {
    assert.equal(codeOf(bytes.subarray(0, end)), "zip-malformed", `${end} bytes`);
  }
  assert.equal(codeOf(new Uint8Array(Buffer.concat([bytes, strToU8("x")]))), "zip-malformed");
  assert.equal(codeOf(new Uint8Array(Buffer.concat([strToU8("#!"), bytes]))), "zip-malformed");
});

test("features that a package has no use for are refused by name", () => {
  const bytes = writeZip(new Map([["data/a", strToU8("text")]]));
  const features: readonly (readonly [string, (view: DataView) => void])[] = [
    ["encryption", (view) => view.setUint16(directoryAt(view) + 8, 1, true)],
    ["its compression", (view) => view.setUint16(directoryAt(view) + 10, 12, true)],
    ["symbolic links", (view) => view.setUint16(directoryAt(view) + 40, 0xa1ff, true)],
    ["zip64", (view) => view.setUint32(directoryAt(view) + 20, 0xffffffff, true)],
    ["a comment", (view) => view.setUint16(view.byteLength - 2, 5, true)],
    ["several volumes", (view) => view.setUint16(view.byteLength - 18, 1, true)],
  ];
  for (const [feature, change] of features) {
    assert.deepEqual(readZip(changed(bytes, change)), {
      ok: false,
      error: { code: "zip-unsupported", feature },
    });
  }
});

test("too many files, and a file that is too large, are refused by their number and size", () => {
  const many = Array.from(
    { length: entriesMax + 1 },
    (_, at) => [`a${at}`, new Uint8Array()] as const,
  );
  assert.equal(codeOf(streamed(many, false)), "too-many-entries");
  assert.equal(codeOf(new Uint8Array(packageBytesMax + 1)), "package-too-large");
});

test("one damaged byte never throws and never gives other content", () => {
  const small = new Map([...sample].map(([path, content]) => [path, content.subarray(0, 400)]));
  const bytes = writeZip(small);
  const seed = Date.now() % 100_000;
  const flips = random(bytes.length, seed);
  for (let where = 0; where < bytes.length; where++) {
    const bad = changed(bytes, (_view, content) => {
      content[where] = (content[where] ?? 0) ^ ((flips[where] ?? 0) | 1);
    });
    const read = readZip(bad);
    if (!read.ok) continue;
    assert.deepEqual(read.value, small, `seed ${seed}, byte ${where}`);
  }
});
