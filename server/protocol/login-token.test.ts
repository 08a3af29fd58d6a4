import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeBase64Url, encodeBase64Url } from "./base64.ts";
import { ed25519PublicKey, signEd25519, verifyEd25519 } from "./ed25519.ts";
import { concatBytes } from "./hashes.ts";
import { blockIdOf } from "./ids.ts";
import { ed25519Spki, spkiOf } from "./keys.ts";
import { loginTokenCharsMax, loginTokenSecondsMax, loginTokenSkewSeconds } from "./limits.ts";
import {
  checkLoginToken,
  decodeLoginToken,
  encodeLoginToken,
  loginTokenMessage,
  type LoginToken,
  type LoginTokenPlace,
} from "./login-token.ts";
import { accountNameConstant } from "./names.ts";
import { p256PublicKey } from "./p256.ts";

const secret = new Uint8Array(32).fill(5);
const second = 1_000_000;
const issuedAt = 1_800_000_000 * second;
const token: LoginToken = {
  subject: accountNameConstant("alice"),
  audience: accountNameConstant("board"),
  chain: blockIdOf("ab".repeat(32)),
  issuedAt,
  expiresAt: issuedAt + loginTokenSecondsMax * second,
  publicKey: ed25519Spki(ed25519PublicKey(secret)),
};

function encoded(signed: LoginToken = token): string {
  const message = loginTokenMessage(signed);
  return encodeLoginToken({ message, signature: signEd25519(message, secret) });
}

test("a token comes back as it was, with what its signature is over", () => {
  const decoded = decodeLoginToken(encoded());
  assert.ok(decoded.ok);
  assert.deepEqual(decoded.value.token, token);
  const { message, signature } = decoded.value;
  assert.ok(verifyEd25519(message, ed25519PublicKey(secret), signature));
  assert.deepEqual(message, loginTokenMessage(token));
  assert.match(encoded(), /^[\w-]{200,280}$/);
});

test("a token of the longest kind of key fits", () => {
  const publicKey = spkiOf({ kind: "p256", raw: p256PublicKey(secret) });
  const text = encoded({ ...token, publicKey });
  assert.ok(text.length < loginTokenCharsMax, `${text.length} characters`);
  assert.ok(decodeLoginToken(text).ok);
});

test("what is signed can be nothing else: it begins with what it is", () => {
  assert.match(Buffer.from(loginTokenMessage(token)).toString("latin1"), /^kith login token 1\n/);
});

test("text that is no token is refused, whatever is wrong with it", () => {
  const text = encoded();
  const bytes = decodeBase64Url(text);
  assert.ok(bytes);
  const longer = encodeBase64Url(
    concatBytes(bytes.subarray(0, -64), Uint8Array.of(0), bytes.subarray(-64)),
  );
  const wrong = [
    "",
    "a",
    "x".repeat(loginTokenCharsMax + 1),
    `${text}=`,
    `${text.slice(0, -1)}+`,
    text.slice(1),
    text.slice(0, -4),
    encodeBase64Url(bytes.subarray(-64)),
    longer,
    encodeBase64Url(new Uint8Array(300)),
  ];
  for (const each of wrong) {
    assert.deepEqual(
      decodeLoginToken(each),
      { ok: false, error: { code: "login-token-malformed" } },
      each,
    );
  }
  const long = encoded({ ...token, publicKey: new Uint8Array(400) });
  assert.ok(long.length > loginTokenCharsMax);
  assert.equal(decodeLoginToken(long).ok, false);
});

const here: LoginTokenPlace = { chain: token.chain, audience: token.audience, nowMicros: issuedAt };
const skew = loginTokenSkewSeconds * second;

const cases: readonly (readonly [
  string,
  Partial<LoginToken>,
  Partial<LoginTokenPlace>,
  string?,
])[] = [
  ["of this moment", {}, {}],
  ["for another app", {}, { audience: accountNameConstant("chat") }, "login-token-for-other-app"],
  ["of another network", {}, { chain: blockIdOf("cd".repeat(32)) }, "login-token-of-other-network"],
  ["from a clock that is ahead by as much as it may", {}, { nowMicros: issuedAt - skew }],
  [
    "from a clock that is further ahead",
    {},
    { nowMicros: issuedAt - skew - 1 },
    "login-token-not-yet-valid",
  ],
  [
    "from a clock that is behind by as much as it may",
    {},
    { nowMicros: token.expiresAt + skew - 1 },
  ],
  ["that has expired", {}, { nowMicros: token.expiresAt + skew }, "login-token-expired"],
  [
    "that lives longer than a token may",
    { expiresAt: token.expiresAt + 1 },
    {},
    "login-token-lives-too-long",
  ],
  ["that expired before it began", { expiresAt: issuedAt - 2 * skew }, {}, "login-token-expired"],
];

for (const [what, change, place, code] of cases) {
  test(`a token ${what} is ${code ?? "good"}`, () => {
    const found = checkLoginToken({ ...token, ...change }, { ...here, ...place });
    assert.equal(found?.code, code);
  });
}

test("base64 without padding is taken in its one form only", () => {
  for (let length = 0; length < 9; length++) {
    const data = Uint8Array.from({ length }, (_, at) => 250 + at);
    assert.deepEqual(decodeBase64Url(encodeBase64Url(data)), data);
  }
  for (const text of ["AA==", "A", "AAAAA", "A+AA", "A/AA", "AB", "A A A", "AA\n"]) {
    assert.equal(decodeBase64Url(text), undefined, text);
  }
});
