import type { BlockHeader, Consensus, SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import { consensusUnder } from "@kith/protocol/consensus-point";
import { blockNumOf, termOf } from "@kith/protocol/ids";

import { finalToTell } from "../cft/change-proof.ts";
import type { Executed } from "../core/input.ts";
import type { ConsensusState } from "../core/state.ts";
import { consensusStateUnder } from "./consensus-state.ts";

export type BlockContent = {
  readonly transactions: readonly Uint8Array[];
  readonly executed: Pick<Executed, "num" | "stateRoot" | "eventRoot">;
  readonly newConsensus?: Consensus;
};

/** The leader's block behind the head; `time` in microseconds since the Unix epoch. */
export function sealNext(state: ConsensusState, content: BlockContent, time: number): SealedBlock {
  const { executed, newConsensus } = content;
  const { account, log } = state;
  const { head } = log;
  if (account === undefined) throw new Error("a leader is or was a producer");
  const commitNum = finalToTell(state);
  const under = consensusUnder(state.consensus.point, commitNum);
  const header: Omit<BlockHeader, "trxMerkleRoot"> = {
    previous: head.id,
    blockNum: blockNumOf(head.num + 1),
    time,
    producer: account,
    term: termOf(state.term),
    commitNum: blockNumOf(commitNum),
    consensusState: consensusStateUnder(state, under),
    executedNum: executed.num,
    stateRoot: executed.stateRoot,
    eventRoot: executed.eventRoot,
  };
  return sealBlock(
    newConsensus === undefined ? header : { ...header, newConsensus },
    content.transactions,
  );
}
