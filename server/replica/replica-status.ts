import { epochOf, isBft } from "@kith/consensus/bft/rules";
import type { Role } from "@kith/consensus/core/effect";
import type { ConsensusState } from "@kith/consensus/core/state";
import {
  blockNumOf,
  termOf,
  type BlockId,
  type BlockNum,
  type NodeId,
  type Term,
} from "@kith/protocol/ids";

import { wordsKnown, type WordsKnown } from "./words-known.ts";

export type ReplicaStatus = CoreStatus & {
  readonly finalNum: BlockNum;
  /** Transactions that are admitted here and not executed. */
  readonly waiting: number;
  /** Blocks that are damaged here and asked for. */
  readonly repairing: readonly BlockNum[];
  /** One that has to be executed next, and of which nobody had a copy. */
  readonly lost: BlockNum | undefined;
};

type CoreStatus = {
  readonly role: Role;
  readonly term: Term;
  readonly leader: NodeId | undefined;
  readonly head: { readonly num: BlockNum; readonly id: BlockId };
  /** The number of the block that began to introduce the producers in force. */
  readonly epoch: BlockNum;
  /** Under BFT: the term has not begun, and nobody leads. */
  readonly isViewChanging: boolean;
  /** Whether this node knows all that it ever said as a producer (decision 0140). */
  readonly memory: WordsKnown;
};

export function coreStatus(state: ConsensusState): CoreStatus {
  const { role, term, leader, log } = state;
  return {
    role,
    term: termOf(term),
    leader,
    head: { num: blockNumOf(log.head.num), id: log.head.id },
    epoch: epochOf(state),
    isViewChanging: isBft(state) && state.bft.root === undefined,
    memory: wordsKnown(state),
  };
}
