import assert from "node:assert/strict";
import { test } from "node:test";

import { fromHex, toHex } from "@kith/protocol/hashes";

import { decodeVaru64, encodeVaru64 } from "./varu64.ts";

const examples: readonly (readonly [bigint, string])[] = [
  [0n, "00"],
  [247n, "f7"],
  [248n, "f8f8"],
  [255n, "f8ff"],
  [256n, "f90100"],
  [65_536n, "fa010000"],
  [(1n << 64n) - 1n, "ffffffffffffffffff"],
];

test("numbers are written in their shortest form and read back", () => {
  for (const [value, hex] of examples) {
    assert.equal(toHex(encodeVaru64(value)), hex);
    const decoded = decodeVaru64(encodeVaru64(value), 0);
    assert.deepEqual(decoded, { ok: true, value: { value, next: hex.length / 2 } });
  }
});

test("a number that is cut off or longer than it has to be is refused", () => {
  const codes: Readonly<Record<string, string>> = {
    "": "varu64-cut-off",
    f8: "varu64-cut-off",
    ff00010203040506: "varu64-cut-off",
    f8f7: "varu64-not-shortest",
    f900ff: "varu64-not-shortest",
    ff0001020304050607: "varu64-not-shortest",
  };
  for (const [hex, code] of Object.entries(codes)) {
    const bytes = fromHex(hex);
    assert.ok(bytes.ok);
    const decoded = decodeVaru64(bytes.value, 0);
    assert.ok(!decoded.ok, hex);
    assert.equal(decoded.error.code, code);
  }
});

test("only numbers of 64 bits can be written", () => {
  assert.throws(() => encodeVaru64(1n << 64n), RangeError);
  assert.throws(() => encodeVaru64(-1n), RangeError);
});
