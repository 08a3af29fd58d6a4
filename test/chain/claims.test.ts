import assert from "node:assert/strict";
import { test } from "node:test";

import { customClaimsMax } from "@kith/chain/limits";
import { equalBytes } from "@kith/protocol/hashes";
import { spkiOf } from "@kith/protocol/keys";
import { accountNameConstant } from "@kith/protocol/names";
import { p256PublicKey, signP256 } from "@kith/protocol/p256";
import type { Action, Claim } from "@kith/protocol/transaction";
import { check } from "@kith/sdk/abort";
import { keyClaim, webAuthn } from "@kith/sdk/claims";
import { action, implement, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { authSigInterface } from "@kith/sdk/system/auth";
import { verifyActions } from "@kith/sdk/system/verify";
import { table } from "@kith/sdk/table";
import { packAction } from "@kith/sdk/transaction";
import { bytes, u32, u8 } from "@kith/sdk/types";

import { passkey, passkeyProver, signerOf, type Asked, type Prover } from "../provers.ts";
import { keyOf, type TestNetwork } from "./network.ts";
import {
  alice,
  bob,
  codeOf,
  networkOf,
  noteBy,
  notesOf,
  requireDone,
  setAuthService,
} from "./people.ts";

const seen = table("seen", { id: u8, times: u32 }, { key: ["id"] });

/** Verify services by somebody else: one counts what it needs to know, the others misbehave. */
const echo = service("echo", {
  tables: [seen],
  actions: {
    verify: implement(verifyActions.verify, (context, { message, claim, proof }) => {
      check(context.claims.length === 0, "claims-shown", "nothing is proved yet");
      check(context.sender === "x-chain", "not-the-node", "only the node asks");
      check(message.length === 68, "message-wrong", "68 bytes");
      const wanted = context.table(seen).get({ id: 1 })?.times ?? 0;
      check(claim[0] === wanted, "wrong-count", `the count is ${wanted}`);
      check(equalBytes(claim, proof), "not-the-same", "the proof is the claim");
    }),
    count: action({}, nothing, (context) => {
      const { times } = context.table(seen).get({ id: 1 }) ?? { times: 0 };
      context.table(seen).put({ id: 1, times: times + 1 });
    }),
  },
});
const writer = service("writer", {
  tables: [seen],
  actions: {
    verify: implement(verifyActions.verify, (context) => {
      context.table(seen).put({ id: 1, times: 1 });
    }),
  },
});
const broken = service("broken", {
  tables: [],
  actions: {
    verify: implement(verifyActions.verify, () => {
      throw new TypeError("a defect");
    }),
  },
});
const silent = service("other", {
  tables: [],
  actions: { see: action({ b: bytes }, nothing, () => {}) },
});
const services = [echo.module, writer.module, broken.module, silent.module];

function claimOf(name: string, ...rawData: readonly number[]): Claim {
  return { service: accountNameConstant(name), rawData: Uint8Array.from(rawData) };
}

function echoes(claim: Claim): Prover {
  return { claim, prove: () => claim.rawData };
}

/** What a block says about a note of alice with these further claims; admission has to say the same. */
function outcome(network: TestNetwork, ...provers: readonly Prover[]): string {
  const transaction = network.provedBy([noteBy(alice.name)], [signerOf(alice.key), ...provers]);
  const admitted = network.admit(transaction);
  const [receipt] = network.block([transaction]).receipts;
  if (receipt === undefined) return "nothing";
  const code = codeOf(receipt);
  if (admitted.ok) assert.equal(code, "done");
  else if (admitted.error.code === "proof-refused") assert.equal(admitted.error.reason, code);
  else assert.equal(admitted.error.code, code);
  return code;
}

function setClaim(claim: Claim): Action {
  return packAction(alice.name, authSigInterface, "setClaim", { claim });
}

test("a custom claim is proved when its service finds nothing wrong, as the state is then", () => {
  const network = networkOf([alice], { services });
  assert.equal(outcome(network, echoes(claimOf("echo", 0))), "done");
  assert.equal(outcome(network, echoes(claimOf("echo", 1))), "wrong-count");
  requireDone(network.run([packAction(alice.name, echo, "count", {})], alice.key));
  assert.equal(outcome(network, echoes(claimOf("echo", 1))), "done");
  assert.equal(outcome(network, echoes(claimOf("echo", 0))), "wrong-count");
});

test("custom proofs are checked in the order of the block", () => {
  const network = networkOf([alice], { services });
  const count = network.transaction([packAction(alice.name, echo, "count", {})], alice.key);
  const provers = [signerOf(alice.key), echoes(claimOf("echo", 1))];
  const proved = network.provedBy([noteBy(alice.name)], provers);
  const { receipts } = network.block([proved, count, proved]);
  assert.deepEqual(receipts.map(codeOf), ["wrong-count", "done", "done"]);
});

test("a wrong custom proof does not use the transaction up: proofs are no part of its id", () => {
  const network = networkOf([alice], { services });
  const claim = claimOf("echo", 0, 5);
  const spoilt = { claim, prove: () => Uint8Array.of(9) };
  const good = [signerOf(alice.key), echoes(claim)];
  const bad = network.provedBy([noteBy(alice.name)], [signerOf(alice.key), spoilt]);
  const same = network.provedBy([noteBy(alice.name)], good);
  assert.equal(bad.id, same.id);
  const { receipts } = network.block([bad, same]);
  assert.deepEqual(receipts.map(codeOf), ["not-the-same", "done"]);
});

test("a verify service that writes, fails or is none proves nothing and changes nothing", () => {
  const network = networkOf([alice], { services });
  const cases = [
    ["write-forbidden", claimOf("writer")],
    ["service-failed", claimOf("broken")],
    ["method-unknown", claimOf("other")],
    ["verify-service-unknown", claimOf("nobody")],
    ["verify-service-unknown", claimOf("alice")],
  ] as const;
  for (const [code, claim] of cases) assert.equal(outcome(network, echoes(claim)), code);
  assert.equal(notesOf(network, alice.name), 0);
});

test("a transaction makes a few custom claims and no more", () => {
  const network = networkOf([alice], { services });
  const claims = Array.from({ length: customClaimsMax + 1 }, () => echoes(claimOf("echo", 0)));
  assert.equal(outcome(network, ...claims.slice(1)), "done");
  const transaction = network.provedBy([noteBy(alice.name)], [signerOf(alice.key), ...claims]);
  const admitted = network.admit(transaction);
  assert.deepEqual(admitted, {
    ok: false,
    error: {
      code: "too-many-custom-claims",
      claims: customClaimsMax + 1,
      claimsMax: customClaimsMax,
    },
  });
  assert.deepEqual(network.block([transaction]).receipts.map(codeOf), ["proof-invalid"]);
});

test("a dry run looks at custom proofs as well", () => {
  const network = networkOf([alice], { services });
  const run = (claim: Claim): string => {
    const provers = [signerOf(alice.key), echoes(claim)];
    return codeOf(network.chain.dryRun(network.provedBy([noteBy(alice.name)], provers), true));
  };
  assert.equal(run(claimOf("echo", 0)), "done");
  assert.equal(run(claimOf("echo", 1)), "wrong-count");
});

test("an account that belongs to a passkey acts with its assertions, and with no others", () => {
  const network = networkOf([alice, bob]);
  const prover = passkeyProver();
  assert.equal(
    codeOf(network.runProvedBy([setClaim(prover.claim)], [signerOf(alice.key), prover])),
    "done",
  );
  assert.equal(codeOf(network.run([noteBy(alice.name)], alice.key)), "wrong-key");
  assert.equal(codeOf(network.runProvedBy([noteBy(alice.name)], [prover])), "done");
  const elsewhere = { ...passkey, origin: "http://other.kith.localhost:8080" };
  const other = passkeyProver({}, elsewhere);
  assert.equal(codeOf(network.runProvedBy([noteBy(alice.name)], [other])), "wrong-key");
  const back = packAction(alice.name, authSigInterface, "setKey", {
    key: keyClaim(signerOf(alice.key).claim.rawData).rawData,
  });
  assert.equal(codeOf(network.runProvedBy([back], [prover])), "done");
  assert.equal(codeOf(network.run([noteBy(alice.name)], alice.key)), "done");
});

test("admission says what is wrong with an assertion, and a block does not take it", () => {
  const network = networkOf([alice]);
  const cases: readonly (readonly [string, Asked])[] = [
    ["wrong-origin", { origin: "https://evil.kith.localhost" }],
    ["wrong-relying-party", { rpId: "localhost" }],
    ["wrong-type", { type: "webauthn.create" }],
    ["wrong-challenge", { challenge: "AAAA" }],
    ["user-not-present", { flags: 0x04 }],
    ["user-not-verified", { flags: 0x01 }],
    ["authenticator-data-malformed", { flags: 0x45 }],
  ];
  for (const [code, asked] of cases) {
    const provers = [signerOf(alice.key), passkeyProver(asked)];
    const transaction = network.provedBy([noteBy(alice.name)], provers);
    const admitted = network.admit(transaction);
    assert.ok(!admitted.ok && admitted.error.code === "proof-refused", code);
    assert.deepEqual([admitted.error.reason, admitted.error.claim], [code, 1]);
    assert.deepEqual(network.block([transaction]).receipts.map(codeOf), ["proof-invalid"]);
  }
});

test("an assertion for one transaction is none for another", () => {
  const network = networkOf([alice]);
  const prover = passkeyProver();
  let taken: Uint8Array | undefined;
  const taking = (message: Uint8Array): Uint8Array => (taken = prover.prove(message));
  const first = network.provedBy(
    [noteBy(alice.name)],
    [signerOf(alice.key), { ...prover, prove: taking }],
  );
  const replayed = { ...prover, prove: () => taken ?? new Uint8Array() };
  const second = network.provedBy([noteBy(alice.name, 2)], [signerOf(alice.key), replayed]);
  const { receipts } = network.block([first, second]);
  assert.deepEqual(receipts.map(codeOf), ["done", "proof-invalid"]);
});

test("claims of the node's own verify services that nobody could prove are told apart", () => {
  const network = networkOf([alice]);
  const claims: readonly Claim[] = [
    keyClaim(Uint8Array.of(1, 2, 3)),
    { service: webAuthn, rawData: Uint8Array.of(1, 2, 3) },
    { service: webAuthn, rawData: passkey.key },
  ];
  for (const claim of claims) {
    const provers = [signerOf(alice.key), echoes(claim)];
    const transaction = network.provedBy([noteBy(alice.name)], provers);
    assert.deepEqual(network.admit(transaction), {
      ok: false,
      error: { code: "claim-malformed", claim: 1 },
    });
    const set = network.run([setClaim(claim)], alice.key);
    assert.equal(codeOf(set), "claim-malformed");
  }
});

test("a P-256 key of another kind of signer counts like an Ed25519 key", () => {
  const network = networkOf([alice]);
  const secret = keyOf(55);
  const claim = keyClaim(spkiOf({ kind: "p256", raw: p256PublicKey(secret) }));
  const prover = { claim, prove: (message: Uint8Array) => signP256(message, secret) };
  const set = packAction(alice.name, authSigInterface, "setKey", { key: claim.rawData });
  requireDone(network.run([set], alice.key));
  assert.equal(codeOf(network.runProvedBy([noteBy(alice.name)], [prover])), "done");
  const wrong = { claim, prove: () => new Uint8Array(64) };
  assert.equal(codeOf(network.runProvedBy([noteBy(alice.name, 2)], [wrong])), "proof-invalid");
});

test("nobody sets a claim for himself that he does not prove with it", () => {
  const network = networkOf([alice], { services });
  const { claim } = passkeyProver();
  assert.equal(codeOf(network.run([setClaim(claim)], alice.key)), "claim-not-proved");
  assert.equal(codeOf(network.run([setClaim(claimOf("nobody"))], alice.key)), "claim-not-proved");
});

test("an account may belong to whoever proves a custom claim", () => {
  const network = networkOf([alice], { services });
  const prover = echoes(claimOf("echo", 0, 7));
  const provers = [signerOf(alice.key), prover];
  requireDone(network.runProvedBy([setClaim(prover.claim)], provers));
  assert.equal(codeOf(network.runProvedBy([noteBy(alice.name)], [prover])), "done");
  assert.equal(codeOf(network.run([noteBy(alice.name)], alice.key)), "wrong-key");
  const key = packAction(alice.name, authSigInterface, "keyOf", { account: alice.name });
  const known = requireDone(network.runProvedBy([key], [prover])).results[0];
  assert.ok(known !== undefined);
  assert.deepEqual(authSigInterface.actions.keyOf.result.unpack(known), {
    ok: true,
    value: undefined,
  });
});

test("an auth service that could not authorize an account is not taken", () => {
  const network = networkOf([alice], { services });
  assert.equal(
    codeOf(network.run([setAuthService(alice.name, echo.name)], alice.key)),
    "method-unknown",
  );
});
