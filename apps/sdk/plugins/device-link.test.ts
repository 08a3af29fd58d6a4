import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256 } from "@kith/protocol/hashes";
import { accountNameConstant } from "@kith/protocol/names";

import { publicKeyOf } from "../transaction.ts";
import { deviceCode, labelCharsMax, parseDeviceLink, writeDeviceLink } from "./device-link.ts";

const publicKey = publicKeyOf(new Uint8Array(32).fill(1));
const account = accountNameConstant("alice");
const link = {
  helpers: "devices",
  account,
  publicKey,
  label: "Firefox & more on Linux #1",
} as const;

function fragmentOf(text: string): string {
  return new URL(text, "https://page.example.org/").hash.slice(1);
}

test("a link says on the other side what it said on this one, and leads to the page for accounts", () => {
  for (const helpers of ["devices", "friends"] as const) {
    const written = writeDeviceLink("example.org:8443", { ...link, helpers });
    assert.ok(written.startsWith("//home.example.org:8443/"), written);
    assert.deepEqual(parseDeviceLink(fragmentOf(written)), { ...link, helpers });
  }
});

test("names of devices are cut and lose what cannot be seen", () => {
  const label = `a\u202Eb\u0000${"c".repeat(100)}`;
  const parsed = parseDeviceLink(fragmentOf(writeDeviceLink("example.org", { ...link, label })));
  assert.equal(parsed?.label, `ab${"c".repeat(labelCharsMax - 4)}`);
});

test("a code is one of the key and the account, eight characters in two groups", () => {
  const code = deviceCode({ sha256 }, link);
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.equal(deviceCode({ sha256 }, { ...link, label: "another" }), code);
  const others = [
    { ...link, account: accountNameConstant("bob") },
    { ...link, publicKey: publicKeyOf(new Uint8Array(32).fill(2)) },
  ];
  for (const other of others) assert.notEqual(deviceCode({ sha256 }, other), code);
});
