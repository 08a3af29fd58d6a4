import type { BlockHeader } from "./block.ts";
import { blockIdOfHeader } from "./blocks.ts";
import { headerCodec } from "./blocks.ts";
import { signedVoteCodec } from "./certificates.ts";
import { object, list, type Codec } from "./fracpack.ts";
import type { BlockId } from "./ids.ts";
import { certificateLinksMax } from "./limits.ts";
import { voteStatement, type BlockPlace, type SignedVote, type StatementCheck } from "./vote.ts";

/**
 * Two votes of one producer, in one term, for blocks of which neither descends from the other (psibase specification,
 * bft.md, rule 2): only a faulty producer signs both. Whoever knows the genesis block can check it.
 */
export type Evidence = {
  readonly first: SignedVote;
  readonly second: SignedVote;
  /**
   * When the votes are about different heights: the headers down from the higher block, newest first, to the one behind the lower
   * height. They show which block the higher one stands on.
   */
  readonly links: readonly BlockHeader[];
};

export const evidenceCodec: Codec<Evidence> = object({
  first: signedVoteCodec,
  second: signedVoteCodec,
  links: list(headerCodec, certificateLinksMax),
});

/** Whether the two votes show that their signer broke the rule. Votes of different terms or epochs never do. */
export function evidenceHolds(
  chain: BlockId,
  evidence: Evidence,
  isSigned: StatementCheck,
): boolean {
  const { first, second, links } = evidence;
  if (first.node !== second.node || first.term !== second.term || first.epoch !== second.epoch) {
    return false;
  }
  const [lower, higher] = byHeight(first.prepared, second.prepared);
  const below = ancestorAt(higher, lower.num, links);
  if (below === undefined || below === lower.id) return false;
  return [first, second].every((vote) =>
    isSigned(vote.node, voteStatement(chain, vote), vote.signature),
  );
}

function byHeight(a: BlockPlace, b: BlockPlace): readonly [BlockPlace, BlockPlace] {
  return a.num <= b.num ? [a, b] : [b, a];
}

function ancestorAt(
  place: BlockPlace,
  num: number,
  links: readonly BlockHeader[],
): BlockId | undefined {
  let at: { readonly num: number; readonly id: BlockId } = place;
  for (const header of links) {
    if (blockIdOfHeader(header) !== at.id || header.blockNum !== at.num) return undefined;
    at = { num: at.num - 1, id: header.previous };
  }
  return at.num === num ? at.id : undefined;
}
