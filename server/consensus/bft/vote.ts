import { blockNumOf, termOf } from "@kith/protocol/ids";
import { voteStatement, type BlockPlace, type SignedVote } from "@kith/protocol/vote";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { noteVote } from "./peers.ts";
import { audience, epochOf, isPreparer, isVoter } from "./rules.ts";
import { noPlace } from "./state.ts";

/**
 * Says what is new: the newest block of this term that is on the own disk, and the newest whose certificate is. One message
 * and one signature carry both, and stand for all blocks before.
 */
export function voteWhenNew(state: ConsensusState, out: Output): void {
  const { bft } = state;
  if (bft.root === undefined || !isVoter(state)) return;
  const prepared = isPreparer(state) ? preparedPlace(state) : noPlace;
  if (prepared === undefined) return;
  const { voteSent, committed } = bft;
  const isNews =
    voteSent === undefined ||
    prepared.num > voteSent.prepared.num ||
    committed.num > voteSent.committed.num;
  if (isNews) sendVote(state, out, signVote(state, prepared));
}

/** What was said before, for those who did not get it. */
export function repeatVote(state: ConsensusState, out: Output): void {
  const { voteSent } = state.bft;
  if (voteSent !== undefined) sendVote(state, out, voteSent);
}

/** A leader's own vote leaves with its block (`propose.ts`), and counts from then on. */
export function signVote(state: ConsensusState, prepared: BlockPlace): SignedVote {
  const { bft, config } = state;
  const { self, crypto } = config;
  const vote = {
    epoch: epochOf(state),
    term: termOf(state.term),
    prepared,
    committed: bft.committed,
  };
  const signature = crypto.sign(voteStatement(crypto.chain, vote));
  const signed: SignedVote = { ...vote, node: self, signature };
  bft.checked.add(signed);
  bft.voteSent = signed;
  noteVote(state, signed);
  return signed;
}

function sendVote(state: ConsensusState, out: Output, vote: SignedVote): void {
  const message = { kind: "vote", vote, commitNum: blockNumOf(state.announcedNum) } as const;
  for (const node of audience(state)) out.send(node, message, state.bft.termWrite);
}

/** The newest block of the term that is on this disk; what the leader made counts as soon as it leaves. */
function preparedPlace(state: ConsensusState): BlockPlace | undefined {
  const { bft, log, durableNum } = state;
  const { root } = bft;
  if (root === undefined || durableNum < root.num) return undefined;
  const told = bft.voteSent?.prepared;
  if (told !== undefined && told.num >= durableNum) return told;
  const id = log.idAt(durableNum);
  return id === undefined ? undefined : { num: blockNumOf(durableNum), id };
}
