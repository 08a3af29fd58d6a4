import type { BlockHeader } from "@kith/protocol/block";
import { blockNumOf } from "@kith/protocol/ids";
import { certificateLinksMax } from "@kith/protocol/limits";
import type { SignedVote } from "@kith/protocol/vote";

import type { Output } from "../core/output.ts";
import type { ConsensusState } from "../core/state.ts";
import { voteIsSigned } from "./lock.ts";
import { leaderOf } from "./rules.ts";
import { suspectLeader } from "./terms.ts";

/**
 * A vote of this term that names another block than this log has. Together with an earlier vote of the same node for this log
 * it is evidence. Otherwise its sender may have been deceived: it is told whose word this node has.
 */
export function noteConflict(state: ConsensusState, out: Output, vote: SignedVote): void {
  const { bft, term, log } = state;
  if (vote.term !== term || !isElsewhere(state, vote) || !voteIsSigned(state, vote)) return;
  const isAhead = ({ node, prepared }: SignedVote): boolean =>
    node === vote.node && prepared.num >= vote.prepared.num;
  // What has become final may have taken the place of what the leader's vote was for.
  const own = [bft.peers.get(vote.node)?.prepared, bft.leaderVote].find(
    (each) =>
      each !== undefined && isAhead(each) && log.idAt(each.prepared.num) === each.prepared.id,
  );
  if (own === undefined) passOnLeaderVote(state, out, vote);
  else accuse(state, out, own, vote);
}

function isElsewhere({ log }: ConsensusState, { prepared }: SignedVote): boolean {
  const id = log.idAt(prepared.num);
  return id !== undefined && id !== prepared.id;
}

function accuse(state: ConsensusState, out: Output, own: SignedVote, odd: SignedVote): void {
  const { bft, term } = state;
  if (bft.accused.get(odd.node) === term || !voteIsSigned(state, own)) return;
  const links = linksDown(state, own.prepared.num, odd.prepared.num);
  if (links === undefined) return;
  bft.accused.set(odd.node, term);
  out.push({ kind: "evidence", evidence: { first: odd, second: own, links } });
  if (odd.node === leaderOf(state, term)) suspectLeader(state);
}

function linksDown(
  { log }: ConsensusState,
  from: number,
  to: number,
): readonly BlockHeader[] | undefined {
  if (from - to > certificateLinksMax) return undefined;
  const links: BlockHeader[] = [];
  for (let num = from; num > to; num -= 1) {
    const header = log.block(num)?.header;
    if (header === undefined) return undefined;
    links.push(header);
  }
  return links;
}

/** Two honest nodes that a leader told different things both learn that it did. */
function passOnLeaderVote(state: ConsensusState, out: Output, vote: SignedVote): void {
  const { bft, announcedNum } = state;
  const { leaderVote, warned } = bft;
  if (leaderVote === undefined || warned.has(vote.node) || vote.node === leaderVote.node) return;
  warned.add(vote.node);
  const message = {
    kind: "proposal",
    previous: leaderVote.prepared,
    blocks: [],
    vote: leaderVote,
    commitNum: blockNumOf(announcedNum),
  } as const;
  out.send(vote.node, message, bft.termWrite);
}
