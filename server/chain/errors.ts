import type { AccountName } from "@kith/protocol/ids";
import type { SnapshotChunkError } from "@kith/protocol/snapshot-chunk";

import { quotaWindowSeconds } from "./limits.ts";

/** Why a transaction cannot be executed: known before any of its actions runs. */
export type TransactionError =
  | { readonly code: "expired"; readonly expiration: number; readonly blockTimeSeconds: number }
  | {
      readonly code: "expiration-too-far";
      readonly expiration: number;
      readonly expirationMax: number;
    }
  | { readonly code: "reference-block-unknown"; readonly refBlockIndex: number }
  | { readonly code: "already-executed" }
  | { readonly code: "no-actions" }
  | { readonly code: "proof-count-wrong"; readonly claims: number; readonly proofs: number }
  | { readonly code: "verify-service-unknown"; readonly service: AccountName }
  | { readonly code: "too-many-custom-claims"; readonly claims: number; readonly claimsMax: number }
  | { readonly code: "claim-malformed"; readonly claim: number }
  | { readonly code: "proof-invalid" }
  | {
      /** What proves the claim is not what its verify service asks for; `reason` is a code of that service. */
      readonly code: "proof-refused";
      readonly claim: number;
      readonly reason: string;
      readonly message: string;
    }
  | {
      /** Whoever pays for the transaction has used up what it may use within the window. */
      readonly code: "over-quota";
      readonly account: AccountName;
      readonly resource: "fuel" | "storedBytes" | "carriedBytes";
      readonly allowance: number;
      readonly used: number;
    }
  /** The node has looked at too much lately that was then refused, and this takes longer to look at than usual. */
  | { readonly code: "admission-busy" }
  | {
      /** The sender's auth service said no; `reason` is its code. */
      readonly code: "not-authorized";
      readonly actionIndex: number;
      readonly reason: string;
      readonly message: string;
    };

const resourceNames = {
  fuel: "units of work",
  storedBytes: "bytes of storage",
  carriedBytes: "bytes of transactions",
} as const;

export function messageOf(error: TransactionError): string {
  switch (error.code) {
    case "expired":
      return `the transaction expired at ${error.expiration}, the block time is ${error.blockTimeSeconds}; sign it again`;
    case "expiration-too-far":
      return `the transaction expires at ${error.expiration}, allowed is at most ${error.expirationMax}`;
    case "reference-block-unknown":
      return `reference ${error.refBlockIndex} names no block that this network remembers; fetch /common/tapos/head and sign again`;
    case "already-executed":
      return "a transaction with this id is already executed; ask for its receipt";
    case "no-actions":
      return "the transaction has no actions";
    case "proof-count-wrong":
      return `the transaction has ${error.claims} claims and ${error.proofs} proofs`;
    case "verify-service-unknown":
      return `no verify service is named ${error.service}`;
    case "too-many-custom-claims":
      return `${error.claims} claims are for verify services that are no part of the node; at most ${error.claimsMax}`;
    case "claim-malformed":
      return `claim ${error.claim} is nothing that its verify service could ever find proved`;
    case "proof-refused":
      return `the proof of claim ${error.claim} does not hold (${error.reason}): ${error.message}`;
    case "proof-invalid":
      return "a proof does not prove its claim; the signature covers the transaction and the id of the reference block";
    case "over-quota":
      return `${error.account} has used ${error.used} of its ${error.allowance} ${resourceNames[error.resource]} within ${quotaWindowSeconds} seconds; try again in a while`;
    case "admission-busy":
      return "the node was asked about too many transactions that were not authorized; try again in a while";
    case "not-authorized":
      return `action ${error.actionIndex} is not authorized (${error.reason}): ${error.message}`;
  }
}

/** Something that only a bug, a damaged disk or another network can cause: the node stops and says so. */
export class BrokenInvariant extends Error {}

export type SnapshotError =
  /** The chunk is none of the state that it should be of. */
  | { readonly code: "snapshot-chunk-wrong"; readonly chunk: number; readonly fault: ChunkFault }
  /** Chunks are missing at the end. */
  | { readonly code: "snapshot-ends-early"; readonly chunks: number }
  | {
      readonly code: "snapshot-event-root-differs";
      readonly expected: string;
      readonly computed: string;
    };

type ChunkFault =
  | SnapshotChunkError
  /** It does not begin where the one before it ended. */
  | { readonly code: "chunk-not-next" }
  /** The state has a row that no service could have. */
  | { readonly code: "chunk-row-nowhere" };
