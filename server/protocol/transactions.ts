import { actionCodec } from "./action-codec.ts";
import { bytesUpTo, codecOf, list, object, struct, u16, u32, u8, type Codec } from "./fracpack.ts";
import { bytesLayout } from "./fracpack/blobs.ts";
import type { FracpackError } from "./fracpack/layout.ts";
import { bytesOfTrustedHex, concatBytes, sha256Hex } from "./hashes.ts";
import { transactionIdOf, type BlockId, type TransactionId } from "./ids.ts";
import { actionsMax, claimBytesMax, claimsMax, transactionBytesMax } from "./limits.ts";
import { accountCodec } from "./names.ts";
import { err, ok, type Result } from "./result.ts";
import type { Claim, SignedTransaction, Tapos, Transaction } from "./transaction.ts";

export const taposCodec: Codec<Tapos> = struct({ expiration: u32, flags: u16, refBlockIndex: u8 });

export const claimCodec: Codec<Claim> = object({
  service: accountCodec,
  rawData: bytesUpTo(claimBytesMax),
});

export const transactionCodec: Codec<Transaction> = object({
  tapos: taposCodec,
  actions: list(actionCodec, actionsMax),
  claims: list(claimCodec, claimsMax),
});

/** The transaction stays packed, because its id is the hash of exactly these bytes. */
export const signedTransactionCodec: Codec<SignedTransaction> = object({
  transaction: codecOf(bytesLayout(transactionBytesMax), { FracPack: transactionCodec.schema }),
  proofs: list(bytesUpTo(claimBytesMax), claimsMax),
});

export type TransactionFormatError =
  | {
      readonly code: "transaction-too-large";
      readonly sizeBytes: number;
      readonly sizeBytesMax: number;
    }
  | {
      readonly code: "transaction-malformed";
      readonly part: "transaction" | "signed-transaction";
      readonly fault: FracpackError;
    }
  | {
      readonly code: "transaction-has-unknown-fields";
      readonly part: "transaction" | "signed-transaction";
    }
  | { readonly code: "transaction-without-actions" }
  | {
      readonly code: "proofs-do-not-match-claims";
      readonly claims: number;
      readonly proofs: number;
    };

/** A transaction whose form is right; what it says has still to be checked against the state. */
export type PreparedTransaction = {
  readonly id: TransactionId;
  /** The packed SignedTransaction. */
  readonly bytes: Uint8Array;
  readonly signed: SignedTransaction;
  readonly transaction: Transaction;
};

/** What carries no fields from a later version has exactly these fixed areas. */
const signedFixedBytes = 8;
const transactionFixedBytes = 15;

export function packSigned(signed: SignedTransaction): Uint8Array {
  return signedTransactionCodec.pack(signed);
}

/** sha256 of the packed Transaction, without proofs. */
export function transactionIdOfPacked(packedTransaction: Uint8Array): TransactionId {
  return transactionIdOf(sha256Hex(packedTransaction));
}

/** Decodes a packed SignedTransaction and checks every limit that needs no state. */
export function prepareTransaction(
  packedSigned: Uint8Array,
): Result<PreparedTransaction, TransactionFormatError> {
  const sizeBytes = packedSigned.length;
  if (sizeBytes > transactionBytesMax) {
    return err({ code: "transaction-too-large", sizeBytes, sizeBytesMax: transactionBytesMax });
  }
  const signed = signedTransactionCodec.unpack(packedSigned);
  if (!signed.ok) return malformed("signed-transaction", signed.error);
  if (!hasFixedBytes(packedSigned, signedFixedBytes)) return unknownFields("signed-transaction");
  const packed = signed.value.transaction;
  const transaction = transactionCodec.unpack(packed);
  if (!transaction.ok) return malformed("transaction", transaction.error);
  if (!hasFixedBytes(packed, transactionFixedBytes)) return unknownFields("transaction");
  if (transaction.value.actions.length === 0) return err({ code: "transaction-without-actions" });
  const [claims, proofs] = [transaction.value.claims.length, signed.value.proofs.length];
  if (claims !== proofs) return err({ code: "proofs-do-not-match-claims", claims, proofs });
  return ok({
    id: transactionIdOfPacked(packed),
    bytes: packedSigned,
    signed: signed.value,
    transaction: transaction.value,
  });
}

const signingPrefix = Uint8Array.of(0x00, 0xce, 0xa8, 0x54);

/**
 * What each claim's key signs: 00 CE A8 'T', the transaction's id, the full id of the block that its TaPoS names
 * (psibase specification, blockchain/tapos.md, "The checksum"). 68 bytes.
 */
export function signingMessage(id: TransactionId, refBlockId: BlockId): Uint8Array {
  return concatBytes(signingPrefix, bytesOfTrustedHex(id), bytesOfTrustedHex(refBlockId));
}

function hasFixedBytes(packed: Uint8Array, size: number): boolean {
  return packed[0] === size && packed[1] === 0;
}

type Part = "transaction" | "signed-transaction";

function malformed(part: Part, fault: FracpackError): Result<never, TransactionFormatError> {
  return err({ code: "transaction-malformed", part, fault });
}

function unknownFields(part: Part): Result<never, TransactionFormatError> {
  return err({ code: "transaction-has-unknown-fields", part });
}
