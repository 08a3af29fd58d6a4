import assert from "node:assert/strict";
import { test } from "node:test";

import { clientDataBytesMax, parseClientData } from "./client-data.ts";
import { ed25519PublicKey } from "./ed25519.ts";
import { concatBytes, equalBytes, sha256 } from "./hashes.ts";
import { ed25519Spki, spkiOf } from "./keys.ts";
import { p256PublicKey, signP256, verifyP256 } from "./p256.ts";
import { packText } from "./texts.ts";
import {
  packWebAuthnClaim,
  packWebAuthnProof,
  parseWebAuthnClaim,
  webAuthnChallenge,
  webAuthnCheck,
  type WebAuthnClaim,
} from "./webauthn.ts";

const secret = new Uint8Array(32).fill(5);
const raw = p256PublicKey(secret);
const claim: WebAuthnClaim = {
  key: spkiOf({ kind: "p256", raw }),
  rpId: "kith.localhost",
  origin: "https://supervisor.kith.localhost:8080",
  userVerification: false,
};
const message = new Uint8Array(68).fill(7);

type Assertion = {
  readonly clientData?: string;
  readonly rpId?: string;
  readonly flags?: number;
  readonly behind?: Uint8Array;
  readonly signature?: (signed: Uint8Array) => Uint8Array;
};

function clientDataOf(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    type: "webauthn.get",
    challenge: webAuthnChallenge(message),
    origin: claim.origin,
    crossOrigin: false,
    ...changes,
  });
}

function assertion(wanted: Assertion = {}): Uint8Array {
  const clientDataJson = packText(wanted.clientData ?? clientDataOf());
  const authenticatorData = concatBytes(
    sha256(packText(wanted.rpId ?? claim.rpId)),
    Uint8Array.of(wanted.flags ?? 0x05, 0, 0, 0, 9),
    wanted.behind ?? new Uint8Array(),
  );
  const signed = concatBytes(authenticatorData, sha256(clientDataJson));
  const signature = (wanted.signature ?? ((bytes) => signP256(bytes, secret)))(signed);
  return packWebAuthnProof({ authenticatorData, clientDataJson, signature });
}

function resultOf(proof: Uint8Array, of = claim): string {
  const checked = webAuthnCheck(of, proof, message);
  if (!checked.ok) return checked.error.code;
  const { signature, message: signed } = checked.value;
  return verifyP256(signed, raw, signature) ? "good" : "signature-wrong";
}

test("an assertion for this page, this passkey and this message leaves a signature that holds", () => {
  assert.equal(resultOf(assertion()), "good");
  assert.equal(resultOf(assertion({ flags: 0x1d })), "good");
  assert.equal(resultOf(assertion({ flags: 0x81, behind: Uint8Array.of(0xa0) })), "good");
});

test("browsers order members as they like, leave crossOrigin out and add their own", () => {
  const challenge = webAuthnChallenge(message);
  const { origin } = claim;
  const safari = JSON.stringify({ type: "webauthn.get", challenge, origin });
  const chrome = clientDataOf({
    other_keys_can_be_added_here: "do not compare against a template",
  });
  const old = JSON.stringify({ challenge, tokenBinding: { status: "supported", a: [1, [null]] } });
  const spaced = ` {\t"origin": "${origin}" ,\n "type":"webauthn\\u002eget",${old.slice(1)}\r\n`;
  for (const clientData of [safari, chrome, spaced]) {
    assert.equal(resultOf(assertion({ clientData })), "good", clientData);
  }
});

test("each wrong part has its own code", () => {
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ["wrong-type", assertion({ clientData: clientDataOf({ type: "webauthn.create" }) })],
    ["wrong-challenge", assertion({ clientData: clientDataOf({ challenge: "AAAA" }) })],
    [
      "wrong-origin",
      assertion({ clientData: clientDataOf({ origin: "https://evil.kith.localhost" }) }),
    ],
    ["wrong-origin", assertion({ clientData: clientDataOf({ origin: `${claim.origin}/` }) })],
    ["cross-origin", assertion({ clientData: clientDataOf({ crossOrigin: true }) })],
    ["wrong-relying-party", assertion({ rpId: "localhost" })],
    ["user-not-present", assertion({ flags: 0x04 })],
    ["authenticator-data-malformed", assertion({ flags: 0x45 })],
    ["authenticator-data-malformed", assertion({ flags: 0x85 })],
    ["authenticator-data-malformed", assertion({ behind: Uint8Array.of(1) })],
    ["signature-malformed", assertion({ signature: () => new Uint8Array(70) })],
    ["signature-wrong", assertion({ signature: () => new Uint8Array(64).fill(1) })],
    ["proof-malformed", Uint8Array.of(1, 2, 3)],
    ["client-data-malformed", assertion({ clientData: "" })],
  ];
  for (const [code, proof] of cases) assert.equal(resultOf(proof), code);
});

test("a claim that asks for a recognised person is not proved by one who is only present", () => {
  const strict = { ...claim, userVerification: true };
  assert.equal(resultOf(assertion({ flags: 0x01 }), strict), "user-not-verified");
  assert.equal(resultOf(assertion({ flags: 0x05 }), strict), "good");
});

test("client data is one object of JSON and nothing else", () => {
  const good = clientDataOf();
  const wrong = {
    "a byte order mark": `\uFEFF${good}`,
    "something behind": `${good}x`,
    "two objects": good + good,
    "a name twice": good.replace("{", '{"type":"webauthn.get",'),
    "a name twice, once escaped": good.replace("{", '{"typ\\u0065":"webauthn.get",'),
    "a comma too many": good.replace("}", ",}"),
    "a missing comma": good.replace(",", " "),
    "a raw line end in a text": good.replace("webauthn.get", "webauthn.get\n"),
    "an unknown escape": good.replace("webauthn.get", "webauthn\\.get"),
    "a leading zero": good.replace("{", '{"n":01,'),
    "a number without digits": good.replace("{", '{"n":1.,'),
    "an unknown word": good.replace("{", '{"n":undefined,'),
    "single quotes": good.replaceAll('"', "'"),
    "an array": `[${good}]`,
    "a truth value as text": good.replace("false", '"false"'),
    "too deep": good.replace("{", '{"n":[[[[1]]]],'),
    "a broken array": good.replace("{", '{"n":[1,],'),
    "no origin": good.replace('"origin"', '"from"'),
    "no end": good.slice(0, -1),
    "33 members": `{${Array.from({ length: 33 }, (_, i) => `"${i}":0`).join()},${good.slice(1)}`,
    "too long": good.replace("}", `${" ".repeat(clientDataBytesMax)}}`),
  };
  assert.notEqual(parseClientData(packText(good)), undefined);
  for (const [name, text] of Object.entries(wrong)) {
    assert.equal(parseClientData(packText(text)), undefined, name);
  }
  const notUtf8 = packText(good);
  notUtf8[3] = 0xff;
  assert.equal(parseClientData(notUtf8), undefined);
});

test("members with the names of an object's own parts are members like others", () => {
  const parsed = parseClientData(packText(clientDataOf({ toString: 1, constructor: {} })));
  assert.equal(parsed?.type, "webauthn.get");
  const hostile = clientDataOf().replace("{", '{"__proto__":{"type":"webauthn.get"},');
  assert.equal(parseClientData(packText(hostile.replace('"type":"webauthn.get",', ""))), undefined);
});

test("a claim has one form, with a P-256 key and a page of its own domain", () => {
  const packed = packWebAuthnClaim(claim);
  assert.deepEqual(parseWebAuthnClaim(packed), claim);
  const change = (changes: Partial<WebAuthnClaim>): Uint8Array =>
    packWebAuthnClaim({ ...claim, ...changes });
  const wrong = {
    "an Ed25519 key": change({ key: ed25519Spki(ed25519PublicKey(secret)) }),
    "no key": change({ key: new Uint8Array() }),
    "a page of another domain": change({ origin: "https://kith.example" }),
    "a page whose name only ends alike": change({ origin: "https://notkith.localhost" }),
    "a page with a path": change({ origin: "https://kith.localhost/login" }),
    "another scheme": change({ origin: "ftp://kith.localhost" }),
    "upper case": change({ rpId: "Kith.localhost" }),
    "no domain": change({ rpId: "" }),
    "a byte behind": concatBytes(packed, Uint8Array.of(0)),
    "half of it": packed.subarray(0, 40),
  };
  for (const [name, bytes] of Object.entries(wrong)) {
    assert.equal(parseWebAuthnClaim(bytes), undefined, name);
  }
});

test("a signature with the other half of s holds as well, for it can prove nothing else", () => {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const mirrored = (signed: Uint8Array): Uint8Array => {
    const signature = signP256(signed, secret);
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString("hex")}`);
    const other = (order - s).toString(16).padStart(64, "0");
    return concatBytes(signature.subarray(0, 32), new Uint8Array(Buffer.from(other, "hex")));
  };
  assert.ok(!equalBytes(mirrored(message), signP256(message, secret)));
  assert.equal(resultOf(assertion({ signature: mirrored })), "good");
});
