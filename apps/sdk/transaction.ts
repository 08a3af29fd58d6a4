import { ed25519PublicKey, signEd25519 } from "@kith/protocol/ed25519";
import type { BlockId, TransactionId } from "@kith/protocol/ids";
import { ed25519Spki } from "@kith/protocol/keys";
import type { Action, Claim, Transaction } from "@kith/protocol/transaction";
import {
  packSigned,
  signingMessage,
  transactionCodec,
  transactionIdOfPacked,
} from "@kith/protocol/transactions";

import { keyClaim } from "./claims.ts";

/** For clients: how actions become a signed transaction. */
export { packAction } from "./pack-action.ts";

export type TransactionDraft = {
  readonly actions: readonly Action[];
  /** Seconds since the Unix epoch; at most 7 days after the block time. */
  readonly expiration: number;
  readonly refBlockIndex: number;
  /** Public keys as SPKI that will sign. */
  readonly keys: readonly Uint8Array[];
  /** What else will be proved: passkeys, claims of custom verify services. They stand behind the keys. */
  readonly claims?: readonly Claim[];
};

export function buildTransaction(draft: TransactionDraft): Transaction {
  const { actions, expiration, refBlockIndex, keys, claims = [] } = draft;
  return {
    tapos: { expiration, flags: 0, refBlockIndex },
    actions,
    claims: [...keys.map(keyClaim), ...claims],
  };
}

export type Signed = { readonly id: TransactionId; readonly bytes: Uint8Array };

/** Signs with the one Ed25519 key that the transaction claims; `refBlockId` is the block that its TaPoS names. */
export function signTransaction(
  transaction: Transaction,
  refBlockId: BlockId,
  secretKey: Uint8Array,
): Signed {
  return signTransactionWith(transaction, refBlockId, [
    (message) => signEd25519(message, secretKey),
  ]);
}

/** A transaction whose content is settled and whose claims wait for their proofs. */
export type Unsigned = {
  readonly id: TransactionId;
  /** What proofs are about: signed by keys, the challenge of passkeys. 68 bytes. */
  readonly message: Uint8Array;
  /** The packed Transaction. */
  readonly packed: Uint8Array;
};

/** The first half of signing, for proofs that take a while, such as those of a passkey. */
export function prepareSigning(transaction: Transaction, refBlockId: BlockId): Unsigned {
  const packed = transactionCodec.pack(transaction);
  const id = transactionIdOfPacked(packed);
  return { id, message: signingMessage(id, refBlockId), packed };
}

/** The second half: one proof for each claim, in their order. */
export function finishSigning({ id, packed }: Unsigned, proofs: readonly Uint8Array[]): Signed {
  return { id, bytes: packSigned({ transaction: packed, proofs }) };
}

/** Signs with a function for each claim, in their order. */
export function signTransactionWith(
  transaction: Transaction,
  refBlockId: BlockId,
  signers: readonly ((message: Uint8Array) => Uint8Array)[],
): Signed {
  const unsigned = prepareSigning(transaction, refBlockId);
  const proofs = signers.map((sign) => sign(unsigned.message));
  return finishSigning(unsigned, proofs);
}

/** The SPKI of an Ed25519 secret key's public key. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  return ed25519Spki(ed25519PublicKey(secretKey));
}
