import { ed25519PublicKey, signEd25519 } from "@kith/protocol/ed25519";
import type { AccountName, BlockId, TransactionId } from "@kith/protocol/ids";
import { ed25519Spki } from "@kith/protocol/keys";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { Action, Transaction } from "@kith/protocol/transaction";
import {
  packSigned,
  signingMessage,
  transactionCodec,
  transactionIdOfPacked,
} from "@kith/protocol/transactions";

import type { ServiceInterface, Signature } from "./signature.ts";

/** For clients: how actions become a signed transaction. */

const verifySig = accountNameConstant("verify-sig");

/** One action of a declared service, in the name of `sender`. */
export function packAction<Methods, Name extends keyof Methods & string>(
  sender: AccountName,
  target: ServiceInterface<Methods>,
  method: Name,
  args: Methods[Name] extends Signature<infer Args, unknown> ? Args : never,
): Action;
export function packAction(
  sender: AccountName,
  target: ServiceInterface<Readonly<Record<string, Signature<unknown, unknown>>>>,
  method: string,
  args: unknown,
): Action {
  const declared = target.actions[method];
  if (declared === undefined) throw new TypeError(`${target.name} has no action ${method}`);
  const rawData = declared.args.pack(args);
  return { sender, service: target.name, method: methodNameConstant(method), rawData };
}

export type TransactionDraft = {
  readonly actions: readonly Action[];
  /** Seconds since the Unix epoch; at most 7 days after the block time. */
  readonly expiration: number;
  readonly refBlockIndex: number;
  /** Public keys as SPKI that will sign. */
  readonly keys: readonly Uint8Array[];
};

export function buildTransaction(draft: TransactionDraft): Transaction {
  const { actions, expiration, refBlockIndex, keys } = draft;
  return {
    tapos: { expiration, flags: 0, refBlockIndex },
    actions,
    claims: keys.map((rawData) => ({ service: verifySig, rawData })),
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

/** Signs with a function for each claim, in their order. */
export function signTransactionWith(
  transaction: Transaction,
  refBlockId: BlockId,
  signers: readonly ((message: Uint8Array) => Uint8Array)[],
): Signed {
  const packed = transactionCodec.pack(transaction);
  const id = transactionIdOfPacked(packed);
  const message = signingMessage(id, refBlockId);
  const proofs = signers.map((sign) => sign(message));
  return { id, bytes: packSigned({ transaction: packed, proofs }) };
}

/** The SPKI of an Ed25519 secret key's public key. */
export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  return ed25519Spki(ed25519PublicKey(secretKey));
}
