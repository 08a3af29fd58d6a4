import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, termOf } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import type { BlockPlace, SignedVote } from "@kith/protocol/vote";

import type { Dice } from "../dice.ts";
import { placeOfBlock, type Pen } from "../forgery.ts";
import type { Plot } from "./plot.ts";

/** What a liar draws lies from. */
export type Quill = { readonly dice: Dice; readonly pen: Pen; readonly plot: Plot };

/** A certificate that shows less than it says, in one of the ways that a checker may overlook. */
export function forgeCertificate(
  { dice, pen, plot }: Quill,
  honest: Certificate,
  term: number,
): Certificate {
  const { votes } = honest;
  switch (dice.below(9)) {
    case 0:
      return { ...honest, term: termOf(term) };
    case 1:
      return { ...honest, votes: votes.slice(1) };
    case 2:
      return { ...honest, votes: votes.map((vote) => votes[0] ?? vote) };
    case 3:
      return { ...honest, ...placeOfBlock(plot.block()) };
    case 4:
      return { ...honest, kind: honest.kind === "prepared" ? "committed" : "prepared" };
    case 5:
      return { ...honest, epoch: blockNumOf(honest.epoch + dice.between(1, 3)) };
    case 6: {
      const place = placeOfBlock(plot.variant(plot.block()));
      return { ...honest, ...place, links: [], votes: votes.map((vote) => claim(vote, place)) };
    }
    case 7:
      return { ...honest, links: [] };
    default: {
      const own = pen.vote({ ...(votes[0] ?? neverVoted(honest)), term: termOf(term) });
      return { ...honest, term: termOf(term), votes: [own] };
    }
  }
}

/** In the name of somebody whose signature it cannot make. */
function claim(vote: SignedVote, place: BlockPlace): SignedVote {
  return { ...vote, prepared: place, committed: place };
}

function neverVoted({ epoch, term, num, id }: Certificate) {
  return { epoch, term, prepared: { num, id }, committed: { num, id } };
}

/** Something that can be decoded, and fits no rule. */
export function garbage(quill: Quill): ConsensusMessage {
  const { dice, plot } = quill;
  const heard = plot.message() ?? { kind: "read-answer", round: 1, num: blockNumOf(1) };
  const block = plot.block();
  const place = placeOfBlock(block);
  const far = { num: blockNumOf(dice.below(2 ** 31)), id: place.id };
  switch (dice.below(11)) {
    case 0:
      return { kind: "read-answer", round: dice.below(50), num: blockNumOf(dice.below(40)) };
    case 1:
      return { kind: "chain-request", final: dice.pick([place, far]), head: far };
    case 2:
      return { kind: "chain-response", blocks: [plot.variant(block), block] };
    case 3:
      return { kind: "new-view", views: plot.views() };
    case 4:
      return { kind: "new-view", views: [] };
    case 5:
      return { kind: "timeout-now", term: termOf(dice.below(1_000)) };
    case 6:
      return {
        kind: "append",
        term: termOf(dice.below(1_000)),
        previousNum: place.num,
        previousId: place.id,
        blocks: [plot.variant(block)],
        commitNum: far.num,
        round: 1,
      };
    case 7: {
      const vote = voteAnyhow(quill, dice.pick([place, far]));
      return { kind: "vote", vote, commitNum: far.num };
    }
    case 8: {
      const certificate = plot.certificate();
      if (certificate === undefined) return mangled(quill, heard);
      const forged = forgeCertificate(quill, certificate, dice.below(100));
      return { kind: "certificate", certificate: forged };
    }
    case 9: {
      const vote = voteAnyhow(quill, place);
      return { kind: "proposal", previous: place, blocks: [block], vote, commitNum: far.num };
    }
    default:
      return mangled(quill, heard);
  }
}

function voteAnyhow({ dice, pen, plot }: Quill, place: BlockPlace): SignedVote {
  const { header } = plot.block();
  const term = termOf(header.term + dice.below(3));
  const epoch = blockNumOf(dice.pick([1, 1, 1, header.blockNum]));
  return pen.vote({ epoch, term, prepared: place, committed: place });
}

/** Of what was heard, one part is another. */
function mangled({ dice, pen, plot }: Quill, heard: ConsensusMessage): ConsensusMessage {
  const block = plot.block();
  const step = blockNumOf(dice.between(0, 5));
  if (heard.kind === "vote") {
    return { ...heard, vote: pen.vote({ ...heard.vote, epoch: step }) };
  }
  if (heard.kind === "view-change") {
    return { ...heard, view: pen.view({ ...heard.view, bestTerm: termOf(heard.view.term) }) };
  }
  if (heard.kind === "chain-response") return { ...heard, blocks: heard.blocks.toReversed() };
  if (heard.kind !== "proposal") return heard;
  return dice.chance(0.5)
    ? { ...heard, previous: placeOfBlock(block) }
    : { ...heard, blocks: heard.blocks.map((each) => plot.variant(each)) };
}
