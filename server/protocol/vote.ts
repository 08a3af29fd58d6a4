import { verifyEd25519 } from "./ed25519.ts";
import { bytesOfTrustedHex } from "./hashes.ts";
import type { BlockId, BlockNum, NodeId, Term } from "./ids.ts";

/** A block by height and id. Number 0 with an id of zeros names no block. */
export type BlockPlace = { readonly num: BlockNum; readonly id: BlockId };

/**
 * What one producer has accepted in one term (psibase specification, bft.md: prepare and commit in one message). Votes
 * of a term are cumulative: a block stands for all blocks before it, and the newest vote of a node says all.
 */
export type Vote = {
  /**
   * Under whose rules the vote is cast: the number of the block that began to introduce the producers in force. It keeps votes of
   * one set of producers from being counted for another (joint-consensus.md).
   */
  readonly epoch: BlockNum;
  readonly term: Term;
  /** The newest block that the node accepted in this term, with everything before it. */
  readonly prepared: BlockPlace;
  /** The newest block for which it keeps, on disk, the prepares of a quorum in this term. Under CFT: what it confirms. */
  readonly committed: BlockPlace;
};

export type SignedVote = Vote & { readonly node: NodeId; readonly signature: Uint8Array };

/**
 * What a producer says when it enters a term under BFT (bft.md, rule 3): the best block of earlier terms that it knows
 * to be prepared by a quorum. The term of `best` is the one in which it was prepared, which may be later than the block's.
 */
export type ViewChange = {
  readonly epoch: BlockNum;
  readonly term: Term;
  /** The epoch and the term of the certificate for `best`: later epochs are better than any term of earlier ones. */
  readonly bestEpoch: BlockNum;
  readonly bestTerm: Term;
  readonly best: BlockPlace;
};

export type SignedViewChange = ViewChange & {
  readonly node: NodeId;
  readonly signature: Uint8Array;
};

/**
 * The 128 bytes that a vote's Ed25519 signature covers: 16 bytes that no other signed message begins with, the genesis
 * block's id (no vote counts on another network), then epoch, term and both places; numbers are big-endian u32.
 */
export function voteStatement(chain: BlockId, vote: Vote): Uint8Array {
  const { epoch, term, prepared, committed } = vote;
  return statement(
    voteDomain,
    chain,
    [epoch, term, prepared.num, committed.num],
    [prepared.id, committed.id],
  );
}

/** The 100 bytes that a view change's signature covers; made as `voteStatement` makes its own. */
export function viewChangeStatement(chain: BlockId, view: ViewChange): Uint8Array {
  const { epoch, term, bestEpoch, bestTerm, best } = view;
  const numbers = [epoch, term, bestEpoch, bestTerm, best.num];
  return statement(viewChangeDomain, chain, numbers, [best.id]);
}

/** Whether the node signed this statement. */
export type StatementCheck = (
  node: NodeId,
  statement: Uint8Array,
  signature: Uint8Array,
) => boolean;

/** Ed25519 with the node's own key, which is its id. */
export const isSignedByNode: StatementCheck = (node, message, signature) =>
  verifyEd25519(message, bytesOfTrustedHex(node), signature);

const voteDomain = "kith:vote:1\0\0\0\0\0";
const viewChangeDomain = "kith:view:1\0\0\0\0\0";

function statement(
  domain: string,
  chain: BlockId,
  numbers: readonly number[],
  ids: readonly BlockId[],
): Uint8Array {
  const bytes = new Uint8Array(domain.length + 32 + 4 * numbers.length + 32 * ids.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (; at < domain.length; at += 1) bytes[at] = domain.charCodeAt(at);
  bytes.set(bytesOfTrustedHex(chain), at);
  at += 32;
  for (const number of numbers) {
    view.setUint32(at, number);
    at += 4;
  }
  for (const id of ids) {
    bytes.set(bytesOfTrustedHex(id), at);
    at += 32;
  }
  return bytes;
}
