import assert from "node:assert/strict";
import { test } from "node:test";

import { actionCodec } from "./action-codec.ts";
import { bytes, list, object, option, str } from "./fracpack.ts";
import { concatBytes, sha256Hex, toHex, zeroChecksum } from "./hashes.ts";
import { blockIdOf } from "./ids.ts";
import { actionsMax, claimBytesMax, claimsMax, transactionBytesMax } from "./limits.ts";
import { accountCodec, accountNameConstant, methodNameConstant } from "./names.ts";
import type { Action, Transaction } from "./transaction.ts";
import {
  packSigned,
  prepareTransaction,
  signingMessage,
  transactionCodec,
} from "./transactions.ts";

const alice = accountNameConstant("alice");
const action: Action = {
  sender: alice,
  service: accountNameConstant("ink"),
  method: methodNameConstant("foo"),
  rawData: new Uint8Array(2),
};
const claim = { service: accountNameConstant("verify-sig"), rawData: Uint8Array.of(2, 3, 4, 5) };
const transaction: Transaction = {
  tapos: { expiration: 1_800_000_000, flags: 0, refBlockIndex: 3 },
  actions: [action],
  claims: [claim],
};
const proof = new Uint8Array(64);

function signed(change: Partial<Transaction>, proofs: readonly Uint8Array[] = [proof]): Uint8Array {
  return packSigned({ transaction: transactionCodec.pack({ ...transaction, ...change }), proofs });
}

function codeOf(packed: Uint8Array): string | undefined {
  const prepared = prepareTransaction(packed);
  return prepared.ok ? undefined : prepared.error.code;
}

test("an action packs to psibase's bytes", () => {
  assert.equal(
    toHex(actionCodec.pack(action)),
    "1c0000b82a1b83aedf04003019cac1149308d3d500000000000004000000020000000000",
  );
});

test("a prepared transaction carries its id, which the proofs do not change", () => {
  const prepared = prepareTransaction(signed({}));
  assert.ok(prepared.ok);
  assert.deepEqual(prepared.value.transaction, transaction);
  assert.equal(prepared.value.id, sha256Hex(transactionCodec.pack(transaction)));
  const other = prepareTransaction(signed({}, [new Uint8Array(64).fill(1)]));
  assert.ok(other.ok && other.value.id === prepared.value.id);
});

test("what is signed is the id and the whole id of the reference block", () => {
  const prepared = prepareTransaction(signed({}));
  assert.ok(prepared.ok);
  const message = signingMessage(prepared.value.id, blockIdOf(zeroChecksum));
  assert.equal(toHex(message), `00cea854${prepared.value.id}${zeroChecksum}`);
});

test("a transaction needs an action, and a proof for each claim", () => {
  assert.equal(codeOf(signed({ actions: [] })), "transaction-without-actions");
  assert.equal(codeOf(signed({}, [])), "proofs-do-not-match-claims");
  assert.equal(codeOf(signed({ claims: [] })), "proofs-do-not-match-claims");
  assert.equal(codeOf(signed({ claims: [] }, [])), undefined);
});

test("damaged bytes are malformed, inside and outside", () => {
  assert.equal(codeOf(new Uint8Array(0)), "transaction-malformed");
  assert.equal(codeOf(signed({}).subarray(1)), "transaction-malformed");
  const inside = packSigned({ transaction: Uint8Array.of(1, 2, 3), proofs: [proof] });
  assert.deepEqual(prepareTransaction(inside), {
    ok: false,
    error: {
      code: "transaction-malformed",
      part: "transaction",
      fault: { code: "fracpack-out-of-bounds", offset: 0 },
    },
  });
});

test("fields of a later version are refused, because nobody here knows what they ask for", () => {
  const later = object({ transaction: bytes, proofs: list(bytes), extra: option(str) });
  const packed = transactionCodec.pack(transaction);
  const outside = later.pack({ transaction: packed, proofs: [proof], extra: "?" });
  assert.equal(codeOf(outside), "transaction-has-unknown-fields");
});

test("a transaction larger than the limit is refused before it is decoded", () => {
  const room = transactionBytesMax - signed({}).length;
  const rawData = new Uint8Array(2 + room);
  assert.equal(codeOf(signed({ actions: [{ ...action, rawData }] })), undefined);
  const tooLarge = signed({ actions: [{ ...action, rawData: new Uint8Array(3 + room) }] });
  assert.equal(codeOf(tooLarge), "transaction-too-large");
});

test("more actions, claims or proof bytes than the limits are refused", () => {
  const actions = Array.from({ length: actionsMax + 1 }, () => action);
  assert.equal(codeOf(signed({ actions })), "transaction-malformed");
  assert.equal(codeOf(signed({ actions: actions.slice(1) })), undefined);
  const claims = Array.from({ length: claimsMax + 1 }, () => claim);
  const proofs = claims.map(() => proof);
  assert.equal(codeOf(signed({ claims }, proofs)), "transaction-malformed");
  assert.equal(codeOf(signed({ claims: claims.slice(1) }, proofs.slice(1))), undefined);
  const long = new Uint8Array(claimBytesMax + 1);
  assert.equal(codeOf(signed({}, [long])), "transaction-malformed");
  assert.equal(codeOf(signed({ claims: [{ ...claim, rawData: long }] })), "transaction-malformed");
});

test("an account number that is no name is refused inside of a transaction", () => {
  const packed = signed({});
  const text = toHex(packed);
  const at = text.indexOf(toHex(accountCodec.pack(alice))) / 2;
  const broken = concatBytes(packed.subarray(0, at), Uint8Array.of(1), packed.subarray(at + 1));
  assert.equal(codeOf(broken), "transaction-malformed");
});
