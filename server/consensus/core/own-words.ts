import type { NodeId } from "@kith/protocol/ids";
import type { ConsensusMessage, MemoryMessage } from "@kith/protocol/node-message";
import { viewChangeStatement, type SignedViewChange, type SignedVote } from "@kith/protocol/vote";

import { voteIsSigned } from "../bft/lock.ts";
import { isBft } from "../bft/rules.ts";
import { isKnown } from "../cft/roster.ts";
import { fallSilent } from "./memory.ts";
import type { Output } from "./output.ts";
import { isSilent } from "./silence.ts";
import type { ConsensusState } from "./state.ts";

type Reminder = Extract<MemoryMessage, { kind: "reminder" }>;

/** CFT producers are believed; what anybody else says about this node has to have its signature. */
export function receiveReminder(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  { term, num, vote }: Reminder,
): void {
  if (vote !== undefined) {
    noteOwnWords(state, out, [vote], []);
  } else if (!isBft(state) && isKnown(state, from) && isForgotten(state, term, num)) {
    fallSilent(state, out, term);
  }
}

/** What others pass on may hold statements that this node signed: also such as it does not know of. */
export function hearOwnWords(state: ConsensusState, out: Output, message: ConsensusMessage): void {
  switch (message.kind) {
    case "certificate":
    case "chain-response":
    case "view-change":
      noteOwnWords(state, out, message.certificate?.votes ?? [], []);
      return;
    case "new-view":
      noteOwnWords(state, out, message.certificate?.votes ?? [], message.views);
      return;
    case "proposal":
      noteOwnWords(state, out, [message.vote], []);
      return;
    case "append":
    case "confirm":
    case "vote-request":
    case "vote-response":
    case "timeout-now":
    case "vote":
    case "chain-request":
    case "read-round":
    case "read-answer":
    case "recall":
    case "recalled":
    case "reminder":
    // They hold no statement but their sender's.
  }
}

function noteOwnWords(
  state: ConsensusState,
  out: Output,
  votes: readonly SignedVote[],
  views: readonly SignedViewChange[],
): void {
  const { self, crypto } = state.config;
  for (const vote of votes) {
    if (vote.node !== self || !voteIsForgotten(state, vote)) continue;
    if (voteIsSigned(state, vote)) fallSilent(state, out, vote.term);
  }
  for (const view of views) {
    if (view.node !== self || view.term <= saidUpTo(state)) continue;
    const statement = viewChangeStatement(crypto.chain, view);
    if (crypto.isSigned(self, statement, view.signature)) fallSilent(state, out, view.term);
  }
}

/** The term is on disk before anything is said in it: a later one was forgotten, or is somebody else's. */
function saidUpTo({ term, memory }: ConsensusState): number {
  return memory.kind === "asking" ? Math.max(term, memory.saidTerm) : term;
}

function isForgotten(state: ConsensusState, term: number, num: number): boolean {
  if (term !== state.term || isSilent(state)) return term > saidUpTo(state);
  return num > state.log.head.num;
}

/** A block is on disk before the vote for it, and the root of the term before any vote; leaders of a term before a start never vote in it again. */
function voteIsForgotten(state: ConsensusState, { term, prepared }: SignedVote): boolean {
  if (isForgotten(state, term, prepared.num)) return true;
  if (term !== state.term || isSilent(state)) return false;
  const { log, bft } = state;
  if (isBft(state) && bft.root === undefined && bft.rootBefore === undefined) return true;
  const id = log.idAt(prepared.num);
  return id !== undefined && id !== prepared.id;
}
