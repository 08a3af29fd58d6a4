import type { NodeId } from "@kith/protocol/ids";
import type { BftMessage, CertificateMessage } from "@kith/protocol/node-message";
import type { SignedVote } from "@kith/protocol/vote";

import type { Executed } from "../core/input.ts";
import type { Output } from "../core/output.ts";
import { remindOfWords } from "../core/reminder.ts";
import type { ConsensusState } from "../core/state.ts";
import { enterEpoch, epochIsOver } from "../joint/epoch.ts";
import { receiveChain, receiveChainRequest, receiveFinality } from "./catch-up.ts";
import { noteConflict } from "./conflict.ts";
import { noteLocksWritten } from "./locking.ts";
import { adoptAwaited, receiveNewView, tryNewView } from "./new-view.ts";
import { noteProgress, type Before } from "./patience.ts";
import { isOlder, noteVote } from "./peers.ts";
import { receiveProposal, retryHeld } from "./proposal.ts";
import { advanceReadsBft, receiveReadAnswer, receiveReadRound } from "./reads.ts";
import { epochOf, isBft } from "./rules.ts";
import { askForFinal, askSupplier } from "./supply.ts";
import { advance } from "./tally.ts";
import { followTerms, noteClaims, noteReadiness } from "./terms.ts";
import { enterTerm, receiveViewChange } from "./view-change.ts";
import { voteWhenNew } from "./vote.ts";

/** How many executed heights are remembered: a leader names the state after one of them. */
const executedMax = 1_024;

export function receiveBft(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  message: BftMessage | CertificateMessage,
): void {
  switch (message.kind) {
    case "chain-request":
      receiveChainRequest(state, out, from, message);
      return;
    case "chain-response":
      receiveChain(state, out, from, message);
      return;
    case "certificate":
      receiveFinality(state, out, message.certificate);
      return;
    case "read-round":
      receiveReadRound(state, out, from, message.round);
      return;
    case "read-answer":
      receiveReadAnswer(state, from, message);
      return;
    case "proposal":
    case "vote":
    case "view-change":
    case "new-view":
      if (isBft(state)) receiveInTerm(state, out, from, message);
      // The others have changed to BFT meanwhile.
      else askForFinal(state, out, from);
  }
}

function receiveInTerm(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  message: Extract<BftMessage, { kind: "proposal" | "vote" | "view-change" | "new-view" }>,
): void {
  switch (message.kind) {
    case "proposal":
      receiveProposal(state, out, from, message);
      return;
    case "vote":
      receiveVote(state, out, from, message);
      return;
    case "view-change":
      receiveViewChange(state, out, from, message);
      return;
    case "new-view":
      receiveNewView(state, out, from, message);
  }
}

function receiveVote(
  state: ConsensusState,
  out: Output,
  from: NodeId,
  { vote, commitNum }: { readonly vote: SignedVote; readonly commitNum: number },
): void {
  const epoch = epochOf(state);
  if (vote.epoch !== epoch) {
    if (vote.epoch > epoch) askForFinal(state, out, from);
    return;
  }
  // Votes come from their own voters: that the link is theirs is enough until a proof is made of them.
  if (vote.node !== from || !state.voters.nodes.includes(from)) return;
  noteClaims(state, from, commitNum, vote.term);
  const held = state.bft.peers.get(from)?.latest;
  if (held !== undefined && (vote.term < state.term || isOlder(vote, held))) {
    remindOfWords(state, out, from);
  }
  if (vote.term > state.term) {
    noteEarly(state, vote);
    followTerms(state);
    noteReadiness(state, out);
  } else if (vote.term === state.term) {
    noteConflict(state, out, vote);
    noteVote(state, vote);
  }
}

/** Votes may overtake each other, also those of terms that have not begun here. */
function noteEarly({ bft }: ConsensusState, vote: SignedVote): void {
  const known = bft.early.get(vote.node);
  const isLate =
    known !== undefined &&
    (known.term > vote.term || (known.term === vote.term && isOlder(vote, known)));
  if (!isLate) bft.early.set(vote.node, vote);
}

export function noteExecuted(state: ConsensusState, out: Output, executed: Executed): void {
  const { bft } = state;
  const { num, ...roots } = executed;
  bft.executed.set(num, roots);
  bft.executed.delete(num - executedMax);
  bft.executedNum = Math.max(bft.executedNum, num);
  if (isBft(state)) retryHeld(state, out);
}

/** After each input: what it completed is counted, said, and tells how well the term goes. */
export function settleBft(state: ConsensusState, out: Output, before: Before): void {
  noteLocksWritten(state);
  while (moveOn(state, out));
  askSupplier(state, out);
  advanceReadsBft(state, out);
  noteProgress(state, out, before);
}

/** One thing after the other: an epoch ends, a term is entered or begins, votes are counted and cast. */
function moveOn(state: ConsensusState, out: Output): boolean {
  const { bft } = state;
  if (epochIsOver(state)) {
    enterEpoch(state, out);
    return true;
  }
  if (!isBft(state)) return false;
  if (bft.termWanted > state.term) {
    enterTerm(state, out, bft.termWanted);
    return true;
  }
  const { lock, root, voteSent } = bft;
  if (root === undefined) tryNewView(state, out);
  if (root === undefined) adoptAwaited(state, out);
  advance(state, out);
  // Whatever is said next belongs to the new epoch, which begins with a term of its own.
  if (epochIsOver(state)) return true;
  voteWhenNew(state, out);
  return bft.lock !== lock || bft.root !== root || bft.voteSent !== voteSent;
}
