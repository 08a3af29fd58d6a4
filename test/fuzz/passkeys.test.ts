import assert from "node:assert/strict";
import { test } from "node:test";

import { clientDataBytesMax, parseClientData } from "@kith/protocol/client-data";
import { concatBytes } from "@kith/protocol/hashes";
import { spkiOf } from "@kith/protocol/keys";
import { p256PublicKey } from "@kith/protocol/p256";
import { p256SignatureOfDer } from "@kith/protocol/p256-der";
import { packText, unpackText } from "@kith/protocol/texts";
import {
  packWebAuthnClaim,
  packWebAuthnProof,
  parseWebAuthnClaim,
  webAuthnCheck,
  type WebAuthnClaim,
} from "@kith/protocol/webauthn";
import * as fc from "fast-check";

import { mutated } from "./mutation.ts";
import { check, seed } from "./seed.ts";

const passkey: WebAuthnClaim = {
  key: spkiOf({ kind: "p256", raw: p256PublicKey(new Uint8Array(32).fill(7)) }),
  rpId: "kith.localhost",
  origin: "https://supervisor.kith.localhost",
  userVerification: false,
};

const names = fc.constantFrom("type", "challenge", "origin", "crossOrigin", "é", "__proto__", "x");
const values = fc.oneof(
  fc.constantFrom("webauthn.get", "https://kith.localhost", "\u2028", '"', "\\", "\ud800"),
  fc.boolean(),
  fc.double(),
  fc.constant(null),
  fc.array(fc.nat(), { maxLength: 2 }),
);
const objects = fc.dictionary(names, values).map((members) => packText(JSON.stringify(members)));
const complete = fc.record({ challenge: fc.string(), origin: fc.string(), extra: fc.jsonValue() });
const good = fc.oneof(
  objects,
  complete.map((some) => packText(JSON.stringify({ type: "webauthn.get", ...some }))),
);

/** What the runtime makes of the same bytes. */
function byRuntime(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const text = unpackText(bytes);
  if (text === undefined || bytes.length > clientDataBytesMax) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

test(`what is taken for client data means the same to the runtime, seed ${seed}`, () => {
  let taken = 0;
  check(5000, fc.oneof(good, mutated(good)), (bytes) => {
    const parsed = parseClientData(bytes);
    if (parsed === undefined) return;
    taken++;
    const { crossOrigin = false, ...members } = byRuntime(bytes) ?? {};
    const { type, challenge, origin } = members;
    assert.deepEqual(parsed, { type, challenge, origin, crossOrigin });
  });
  assert.ok(taken > 500, `only ${taken} were taken`);
});

test(`a proof of a passkey is refused with a code, whatever it is, seed ${seed}`, () => {
  const proof = fc
    .record({
      authenticatorData: fc.uint8Array({ minLength: 30, maxLength: 45 }),
      clientDataJson: good,
      signature: fc.uint8Array({ minLength: 60, maxLength: 66 }),
    })
    .map(packWebAuthnProof);
  check(3000, fc.oneof(proof, mutated(proof)), (bytes) => {
    const checked = webAuthnCheck(passkey, bytes, new Uint8Array(68));
    assert.ok(!checked.ok);
  });
});

test(`a claim that is taken has no second form, seed ${seed}`, () => {
  const claims = fc
    .record({
      origin: fc.constantFrom(passkey.origin, "https://a.kith.localhost", "https://x"),
      rpId: fc.constantFrom(passkey.rpId, "a.kith.localhost", "x"),
      userVerification: fc.boolean(),
    })
    .map((changes) => packWebAuthnClaim({ ...passkey, ...changes }));
  check(3000, fc.oneof(claims, mutated(claims)), (bytes) => {
    const claim = parseWebAuthnClaim(bytes);
    if (claim !== undefined) assert.deepEqual(packWebAuthnClaim(claim), bytes);
  });
});

test(`a DER signature has one form for each signature, seed ${seed}`, () => {
  const half = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const signatures = fc.tuple(half, half).map(([r, s]) => derOf(r, s));
  check(5000, fc.oneof(signatures, mutated(signatures)), (der) => {
    const raw = p256SignatureOfDer(der);
    if (raw !== undefined) assert.deepEqual(derOf(raw.subarray(0, 32), raw.subarray(32)), der);
  });
});

/** X.690 section 8.3: the shortest form, the first bit being the sign. */
function derOf(...halves: readonly Uint8Array[]): Uint8Array {
  const integers = halves.map((half) => {
    const from = half.findIndex((byte) => byte !== 0);
    const digits = from === -1 ? Uint8Array.of(0) : half.subarray(from);
    const sign = (digits[0] ?? 0) > 0x7f ? Uint8Array.of(0) : new Uint8Array();
    return concatBytes(Uint8Array.of(2, digits.length + sign.length), sign, digits);
  });
  const body = concatBytes(...integers);
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}
