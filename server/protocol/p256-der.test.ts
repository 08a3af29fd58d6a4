import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOfTrustedHex, toHex } from "./hashes.ts";
import { p256SignatureOfDer } from "./p256-der.ts";

const r = "11".repeat(32);
const s = "22".repeat(32);

function rawOf(hex: string): string | undefined {
  const raw = p256SignatureOfDer(bytesOfTrustedHex(hex));
  return raw === undefined ? undefined : toHex(raw);
}

test("two integers in DER become r and s, filled up to 32 bytes", () => {
  assert.equal(rawOf(`30440220${r}0220${s}`), r + s);
  assert.equal(rawOf(`3006020105020106`), `${"00".repeat(31)}05${"00".repeat(31)}06`);
});

test("a high integer has a zero byte in front, and only then", () => {
  const high = `ff${"11".repeat(31)}`;
  assert.equal(rawOf(`3045022100${high}0220${s}`), high + s);
  assert.equal(rawOf(`30440220${high}0220${s}`), undefined);
  assert.equal(rawOf(`3045022100${r}0220${s}`), undefined);
});

test("anything but the shortest encoding of two positive integers is no signature", () => {
  const wrong = {
    nothing: "",
    "another type": `31440220${r}0220${s}`,
    "a length too many": `30450220${r}0220${s}`,
    "a long form of the length": `3081440220${r}0220${s}`,
    "a byte behind": `30440220${r}0220${s}00`,
    "a byte behind inside": `30450220${r}0220${s}00`,
    "one integer": `30220220${r}`,
    "three integers": `3009020105020106020107`,
    "an empty integer": `3005020002010600`,
    zero: "3006020100020106",
    "33 bytes": `3046022101${r}022101${s}`,
    "cut off": `30440220${r}0220${s.slice(2)}`,
    "not an integer": "3006030105020106",
  };
  for (const [name, hex] of Object.entries(wrong)) assert.equal(rawOf(hex), undefined, name);
});
