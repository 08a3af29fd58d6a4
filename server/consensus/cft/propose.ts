import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusUnder } from "@kith/protocol/consensus-point";
import { blockNumOf } from "@kith/protocol/ids";

import type { ProposeRefusal } from "../core/effect.ts";
import type { ConsensusInput } from "../core/input.ts";
import type { Output } from "../core/output.ts";
import type { ConsensusState, Leadership } from "../core/state.ts";
import { checkChange } from "../joint/consensus-change.ts";
import { blockFits } from "../log/block-room.ts";
import { nextBlockTime } from "../log/block-time.ts";
import { appendToLog } from "../log/log-change.ts";
import { sealNext, type BlockContent } from "../log/seal.ts";
import { finalToTell } from "./change-proof.ts";
import { replicate } from "./replication.ts";
import { changesToBft, keepLeaderWord, signConfirm } from "./signed-confirm.ts";

type Propose = Extract<ConsensusInput, { kind: "propose" }>;

/** Raft section 5.3: the leader's driver has something to order. */
export function propose(
  state: ConsensusState,
  out: Output,
  input: Propose,
): ProposeRefusal | undefined {
  const { leadership, config } = state;
  if (leadership === undefined) return "not-leader";
  if (leadership.transfer !== undefined) return "transferring";
  if (state.consensus.point.joint.next?.algorithm === "bft") return "change-pending";
  if (!proposalFits(state, leadership)) return "window-full";
  if (!blockFits(config, input.transactions)) return "block-too-large";
  const refusal = refuseChange(state, input.newConsensus);
  if (refusal !== undefined) return refusal;
  const time = nextBlockTime(state, leadership, out.now);
  appendOwn(state, out, leadership, sealNext(state, input, time));
  return undefined;
}

/** What earlier leaders left open does not keep a new one from making its own blocks. */
function proposalFits(state: ConsensusState, leadership: Leadership): boolean {
  const { log, config } = state;
  const from = Math.max(state.commitNum, leadership.startNum);
  if (log.head.num - from >= config.windowBlocks) return false;
  return log.head.num === from || log.bytesBetween(from, log.head.num) < config.windowBytes;
}

function refuseChange(
  state: ConsensusState,
  newConsensus: Consensus | undefined,
): ProposeRefusal | undefined {
  if (newConsensus === undefined) return undefined;
  return checkChange(consensusUnder(state.consensus.point, finalToTell(state)), newConsensus)?.code;
}

/** Raft section 5.4.2 and thesis 6.4: what is older becomes final only with a block of the leader's own term. */
export function proposeEmpty(state: ConsensusState, out: Output, leadership: Leadership): void {
  if (!state.config.emptyBlocks) return;
  const executed = lastStated(state);
  if (executed === undefined) return;
  const time = nextBlockTime(state, leadership, out.now);
  appendOwn(state, out, leadership, sealNext(state, { transactions: [], executed }, time));
}

/** What the head says of the state; where its contents are lost, what this node has computed since, which is no less. */
function lastStated({ log, bft }: ConsensusState): BlockContent["executed"] | undefined {
  const header = log.block(log.head.num)?.header;
  if (header !== undefined) {
    const { executedNum, stateRoot, eventRoot } = header;
    return { num: executedNum, stateRoot, eventRoot };
  }
  const roots = bft.executed.get(bft.executedNum);
  return roots && { num: blockNumOf(bft.executedNum), ...roots };
}

/** Thesis 10.2.1: the block leaves for the followers while it is still being written here. */
function appendOwn(
  state: ConsensusState,
  out: Output,
  leadership: Leadership,
  block: SealedBlock,
): void {
  if (state.commitNum === state.log.head.num) leadership.commitMovedMs = out.now.monotonicMs;
  appendToLog(state, out, block);
  if (changesToBft(state)) {
    keepLeaderWord(state, out, signConfirm(state, { num: block.header.blockNum, id: block.id }));
  }
  for (const peer of leadership.peers.values()) {
    replicate(state, out, peer, "with-news");
  }
}
