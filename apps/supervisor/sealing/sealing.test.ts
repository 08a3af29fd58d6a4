import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { Failure } from "../core/failure.ts";
import { Sealing, type SealingKeyStore } from "./sealing.ts";

const board = { owner: "board", user: "alice" };
const [info, message] = [Uint8Array.of(7), Uint8Array.of(1, 2, 3)];

function keysInMemory(): SealingKeyStore & { readonly pairs: CryptoKeyPair[] } {
  const pairs: CryptoKeyPair[] = [];
  return {
    pairs,
    find: async () => pairs[0],
    keep: async (_holder, made) => {
      pairs.push(made);
      return pairs[0] ?? made;
    },
  };
}

function codeOf(thrown: unknown): string {
  assert.ok(thrown instanceof Failure, String(thrown));
  return thrown.code;
}

test("a key is made once, kept in a form that nobody reads, and the one that counts when two pages made one", async () => {
  const keys = keysInMemory();
  const sealing = new Sealing(keys);
  const [one, two] = await Promise.all([sealing.publicKeyOf(board), sealing.publicKeyOf(board)]);
  assert.equal(keys.pairs.length, 2, "both found none");
  assert.deepEqual(one, two);
  assert.deepEqual(await sealing.publicKeyOf(board), one);
  assert.equal(keys.pairs[0]?.privateKey.extractable, false);
  const sealed = await sealing.seal(one, info, message);
  assert.deepEqual(await sealing.open(board, info, sealed), message);
});

test("nothing is made in order to open, and what is too short to be sealed is told apart", async () => {
  const keys = keysInMemory();
  const sealing = new Sealing(keys);
  assert.equal(await sealing.open(board, info, new Uint8Array(48)), undefined);
  assert.equal(keys.pairs.length, 0);
  const short = await sealing.open(board, info, new Uint8Array(47)).catch(codeOf);
  assert.equal(short, "sealed-malformed");
});

test("a key of another length, or of a point that shares no secret, is refused", async () => {
  const sealing = new Sealing(keysInMemory());
  for (const sizeBytes of [0, 31, 32, 33]) {
    const code = await sealing.seal(new Uint8Array(sizeBytes), info, message).catch(codeOf);
    assert.equal(code, "key-malformed", `${sizeBytes} bytes of zero`);
  }
});

test("a browser that does not know X25519 says so", async () => {
  const mocks = [
    mock.method(crypto.subtle, "generateKey", refuse),
    mock.method(crypto.subtle, "importKey", refuse),
  ];
  try {
    const sealing = new Sealing(keysInMemory());
    const key = Uint8Array.of(9, ...new Uint8Array(31));
    assert.equal(await sealing.publicKeyOf(board).catch(codeOf), "sealing-unsupported");
    assert.equal(await sealing.seal(key, info, message).catch(codeOf), "sealing-unsupported");
  } finally {
    for (const { mock: mocked } of mocks) mocked.restore();
  }
});

async function refuse(): Promise<never> {
  throw new DOMException("Unrecognized algorithm name", "NotSupportedError");
}
