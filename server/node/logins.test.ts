import assert from "node:assert/strict";
import { test } from "node:test";

import type { LoginQuestion, LoginVerdict } from "@kith/chain/login";
import type { QueryError } from "@kith/http/node-port";
import { ed25519PublicKey, signEd25519 } from "@kith/protocol/ed25519";
import { toHex } from "@kith/protocol/hashes";
import { blockIdOf } from "@kith/protocol/ids";
import { ed25519Spki, spkiOf } from "@kith/protocol/keys";
import { accountNameConstant } from "@kith/protocol/names";
import { p256PublicKey, signP256 } from "@kith/protocol/p256";
import { err, ok, type Result } from "@kith/protocol/result";
import { nativeVerifier } from "@kith/replica/native-verifier";
import type { VerifierPort } from "@kith/replica/ports";
import { makeLoginToken, type LoginTokenDraft } from "@kith/sdk/login-token";

import { knownTokensMax } from "./limits.ts";
import { openLogins } from "./logins.ts";

const secret = new Uint8Array(32).fill(4);
const publicKey = ed25519Spki(ed25519PublicKey(secret));
const signer = { publicKey, sign: (message: Uint8Array) => signEd25519(message, secret) };
const app = accountNameConstant("board");
const nowMs = 1_800_000_000_000;
const draft: LoginTokenDraft = {
  subject: accountNameConstant("alice"),
  audience: app,
  chain: blockIdOf("ab".repeat(32)),
  nowMs,
};

class World {
  nowMs = nowMs;
  checks = 0;
  readonly questions: LoginQuestion[] = [];
  verdict: Result<LoginVerdict, QueryError> = ok({ kind: "allowed", validFrom: 0 });
  readonly #native = nativeVerifier();
  readonly #verifier: VerifierPort = {
    verify: (checks, done, hurried) => {
      this.checks += checks.length;
      this.#native.verify(checks, done, hurried);
    },
  };
  readonly logins = openLogins({
    chain: draft.chain,
    verifier: this.#verifier,
    queries: {
      mayLogIn: (question) => {
        this.questions.push(question);
        return Promise.resolve(this.verdict);
      },
    },
    nowMicros: () => this.nowMs * 1000,
  });

  async outcome(token: string, of = app): Promise<string> {
    const found = await this.logins.whoAsks(token, of);
    return found.ok ? found.value.user : found.error.code;
  }
}

async function tokenOf(change: Partial<LoginTokenDraft> = {}): Promise<string> {
  return (await makeLoginToken({ ...draft, ...change }, signer)).text;
}

test("a token that a key of the account has signed makes its bearer that account", async () => {
  const world = new World();
  const found = await world.logins.whoAsks(await tokenOf(), app);
  assert.deepEqual(found, ok({ user: "alice", expiresAt: (nowMs + 600_000) * 1000 }));
  const [question] = world.questions;
  assert.equal(question?.account, "alice");
  assert.equal(question.app, app);
  assert.equal(question.claim.service, "verify-sig");
  assert.equal(toHex(question.claim.rawData), toHex(publicKey));
});

test("keys of passkeys' kind sign as well", async () => {
  const p256 = {
    publicKey: spkiOf({ kind: "p256", raw: p256PublicKey(secret) }),
    sign: (message: Uint8Array) => signP256(message, secret),
  };
  const { text } = await makeLoginToken(draft, p256);
  assert.equal(await new World().outcome(text), "alice");
});

test("a token that names another key, or is signed with another one, makes nobody", async () => {
  const other = new Uint8Array(32).fill(6);
  const foreign = { publicKey, sign: (message: Uint8Array) => signEd25519(message, other) };
  const world = new World();
  const { text } = await makeLoginToken(draft, foreign);
  assert.equal(await world.outcome(text), "login-signature-wrong");
  const nonsense = { ...signer, publicKey: new Uint8Array(44) };
  const { text: keyless } = await makeLoginToken(draft, nonsense);
  assert.equal(await world.outcome(keyless), "login-signature-wrong");
  assert.deepEqual(world.questions, [], "nobody is asked about a key that has not signed");
});

test("what is wrong with a token by itself is found before anything is checked", async () => {
  const world = new World();
  const cases = [
    [await tokenOf({ audience: accountNameConstant("chat") }), "login-token-for-other-app"],
    [await tokenOf({ chain: blockIdOf("cd".repeat(32)) }), "login-token-of-other-network"],
    [await tokenOf({ nowMs: nowMs - 661_000 }), "login-token-expired"],
    [await tokenOf({ nowMs: nowMs + 61_000 }), "login-token-not-yet-valid"],
    ["nonsense", "login-token-malformed"],
  ] as const;
  for (const [token, code] of cases) assert.equal(await world.outcome(token), code);
  assert.equal(world.checks, 0);
});

test("the account decides about the key at every question, and its refusal has a reason", async () => {
  const world = new World();
  const token = await tokenOf();
  assert.equal(await world.outcome(token), "alice");
  world.verdict = ok({ kind: "refused", code: "wrong-key", message: "" });
  const refused = await world.logins.whoAsks(token, app);
  assert.deepEqual(refused, err({ code: "login-refused", reason: "wrong-key", account: "alice" }));
  world.verdict = err({ code: "query-queue-full" });
  assert.equal(await world.outcome(token), "query-queue-full");
  assert.equal(world.questions.length, 3);
});

test("a token from before the end of the sessions does not count, one from then on does", async () => {
  const world = new World();
  const token = await tokenOf();
  world.verdict = ok({ kind: "allowed", validFrom: nowMs * 1000 });
  assert.equal(await world.outcome(token), "alice");
  world.verdict = ok({ kind: "allowed", validFrom: nowMs * 1000 + 1 });
  assert.equal(await world.outcome(token), "login-ended");
  assert.equal(await world.outcome(await tokenOf({ nowMs: nowMs + 1 })), "alice");
});

test("a signature is checked once; place and time of the token at every question", async () => {
  const world = new World();
  const token = await tokenOf();
  await world.outcome(token);
  await world.outcome(token);
  assert.equal(world.checks, 1);
  assert.equal(
    await world.outcome(token, accountNameConstant("chat")),
    "login-token-for-other-app",
  );
  world.nowMs += 660_001;
  assert.equal(await world.outcome(token), "login-token-expired");
  assert.equal(world.checks, 1);
});

test("so many tokens are remembered and no more", async () => {
  const world = new World();
  const first = await tokenOf();
  await world.outcome(first);
  for (let at = 1; at <= knownTokensMax; at++)
    await world.outcome(await tokenOf({ nowMs: nowMs - at }));
  assert.equal(world.checks, knownTokensMax + 1);
  await world.outcome(first);
  assert.equal(world.checks, knownTokensMax + 2);
});
