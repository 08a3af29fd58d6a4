import type { Consensus } from "@kith/protocol/block";
import { blockNumOf } from "@kith/protocol/ids";

import type { ProposeRefusal } from "../core/effect.ts";
import type { ConsensusInput, Executed } from "../core/input.ts";
import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { checkChange } from "../joint/consensus-change.ts";
import { blockFits } from "../log/block-room.ts";
import { appendToLog } from "../log/log-change.ts";
import { sealNext, type BlockContent } from "../log/seal.ts";
import { matchAll } from "./peers.ts";
import { audience, rulesInForce } from "./rules.ts";
import { signVote } from "./vote.ts";

type Propose = Extract<ConsensusInput, { kind: "propose" }>;

/** The leader's driver has something to order. The block leaves at once, with the leader's own vote for it. */
export function proposeBft(
  state: ConsensusState,
  out: Output,
  input: Propose,
): ProposeRefusal | undefined {
  const refusal = refuse(state, input);
  if (refusal !== undefined) return refusal;
  const { bft, log } = state;
  const previous = { num: blockNumOf(log.head.num), id: log.head.id };
  const wallMicros = Math.floor(out.now.wallMicros);
  const time = Math.max(log.head.time + 1, wallMicros);
  const block = sealNext(state, { ...input, executed: statedAfter(state, input.executed) }, time);
  if (state.commitNum === log.head.num) bft.clock.progressMs = out.now.monotonicMs;
  appendToLog(state, out, block);
  const vote = signVote(state, { num: block.header.blockNum, id: block.id });
  bft.leaderVote = vote;
  matchAll(state);
  const commitNum = blockNumOf(state.announcedNum);
  const message = { kind: "proposal", previous, blocks: [block], vote, commitNum } as const;
  for (const node of audience(state)) out.send(node, message, bft.termWrite);
  return undefined;
}

/** A leader that has computed less than the one before it says again what that one said. */
function statedAfter({ log }: ConsensusState, executed: Executed): BlockContent["executed"] {
  const parent = log.block(log.head.num)?.header;
  if (parent === undefined || executed.num >= parent.executedNum) return executed;
  const { executedNum, stateRoot, eventRoot } = parent;
  return { num: executedNum, stateRoot, eventRoot };
}

/** An empty proposal: the leader lives, and this is where its log and its votes stand. */
export function sendHeartbeat(state: ConsensusState, out: Output): void {
  const { bft, log } = state;
  const place = { num: blockNumOf(log.head.num), id: log.head.id };
  const told = bft.leaderVote;
  const vote = told?.prepared.num === place.num ? (bft.voteSent ?? told) : signVote(state, place);
  bft.leaderVote = vote;
  const commitNum = blockNumOf(state.announcedNum);
  const message = { kind: "proposal", previous: place, blocks: [], vote, commitNum } as const;
  for (const node of audience(state)) out.send(node, message, bft.termWrite);
}

function refuse(state: ConsensusState, input: Propose): ProposeRefusal | undefined {
  const { config, log, commitNum, bft } = state;
  if (state.role !== "leader" || bft.root === undefined) return "not-leader";
  const rules = rulesInForce(state);
  if (rules.joint.next !== undefined) return "change-pending";
  const from = Math.max(commitNum, bft.root.num);
  if (log.head.num - from >= config.windowBlocks) return "window-full";
  if (log.head.num > from && log.bytesBetween(from, log.head.num) >= config.windowBytes) {
    return "window-full";
  }
  if (!blockFits(config, input.transactions)) return "block-too-large";
  return refuseChange(state, input.newConsensus);
}

function refuseChange(
  state: ConsensusState,
  newConsensus: Consensus | undefined,
): ProposeRefusal | undefined {
  if (newConsensus === undefined) return undefined;
  return checkChange(rulesInForce(state), newConsensus)?.code;
}
