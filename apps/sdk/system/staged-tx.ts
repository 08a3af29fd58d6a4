import { actionCodec } from "@kith/protocol/action-codec";
import { checksumCodec } from "@kith/protocol/checksums";
import { bool, list, object, u32, type Codec } from "@kith/protocol/fracpack";
import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";

/** A proposal by its number and its content, so that nobody agrees to something that he has not seen. */
export type ProposalRef = {
  readonly id: number;
  /** `proposalHash` of the content. */
  readonly hash: Checksum;
};

/** What is asked for. */
export type ProposalTerms = {
  /** In order; each is sent by the account that it names. 1 to 64, together at most 256 KiB, from at most 8 accounts. */
  readonly actions: readonly Action[];
  /** Seconds since the Unix epoch, measured against block time; at most 90 days ahead. */
  readonly expiration: number;
  /** Run by whoever agrees last; if it fails, so does his transaction. Otherwise somebody has to call `execute`. */
  readonly autoExecute: boolean;
};

export type ProposalContent = ProposalTerms & {
  readonly id: number;
  readonly proposer: AccountName;
};

/** A proposal as it is kept. */
export type Proposal = ProposalContent &
  ProposalRef & {
    /** Microseconds since the Unix epoch. */
    readonly proposedAt: number;
  };

const termsFields = {
  actions: list(actionCodec),
  expiration: u32,
  autoExecute: bool,
};

const contentCodec: Codec<ProposalContent> = object({
  ...termsFields,
  id: u32,
  proposer: accountCodec,
});

/** sha256 of the packed content. Clients compute it from what they show before they agree. */
export function proposalHash(content: ProposalContent): Checksum {
  const { actions, expiration, autoExecute, id, proposer } = content;
  return sha256Hex(contentCodec.pack({ actions, expiration, autoExecute, id, proposer }));
}

const refFields = { id: u32, hash: checksumCodec };

/**
 * Actions that wait until enough accounts have agreed to them. Each account agrees with an action of its own; the
 * senders' auth services say whether those who agreed suffice, as the rules are when that is asked.
 */
export const stagedTxInterface: ServiceInterface<{
  /** Anybody may propose anything; if the sender has a say in it, he also agrees. */
  readonly propose: Signature<ProposalTerms, ProposalRef>;
  /** The sender agrees. Changes an earlier answer. */
  readonly accept: Signature<ProposalRef, void>;
  /** The sender disagrees. Changes an earlier answer; when enough do, the proposal is gone. */
  readonly reject: Signature<ProposalRef, void>;
  /** By anybody, when enough agree. */
  readonly execute: Signature<ProposalRef, void>;
  /** By who proposed it; by anybody when it has expired. */
  readonly remove: Signature<ProposalRef, void>;
}> = serviceInterface("staged-tx", {
  propose: signature(termsFields, object(refFields)),
  accept: signature(refFields, nothing),
  reject: signature(refFields, nothing),
  execute: signature(refFields, nothing),
  remove: signature(refFields, nothing),
});

export { actionCodec };
export type { Action } from "@kith/protocol/transaction";
