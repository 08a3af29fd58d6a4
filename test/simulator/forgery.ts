import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import type { BlockId, NodeId } from "@kith/protocol/ids";
import {
  viewChangeStatement,
  voteStatement,
  type BlockPlace,
  type SignedViewChange,
  type SignedVote,
  type ViewChange,
  type Vote,
} from "@kith/protocol/vote";

import { mockSign } from "./mock-signature.ts";

/** Signs whatever it is told to, in the name of one node: for liars, and for tests. */
export class Pen {
  readonly node: NodeId;
  readonly #chain: BlockId;
  readonly #key: Uint8Array;

  constructor(chain: BlockId, node: NodeId) {
    this.node = node;
    this.#chain = chain;
    this.#key = bytesOfTrustedHex(node);
  }

  vote(vote: Vote): SignedVote {
    const signature = mockSign(voteStatement(this.#chain, vote), this.#key);
    return { ...vote, node: this.node, signature };
  }

  view(view: ViewChange): SignedViewChange {
    const signature = mockSign(viewChangeStatement(this.#chain, view), this.#key);
    return { ...view, node: this.node, signature };
  }
}

export function placeOfBlock({ id, header }: SealedBlock): BlockPlace {
  return { num: header.blockNum, id };
}

/** Of votes that name the block, or one behind it that the links lead to. */
export function certificateFor(
  kind: Certificate["kind"],
  place: BlockPlace,
  votes: readonly SignedVote[],
  links: readonly BlockHeader[] = [],
): Certificate {
  const [first] = votes;
  if (first === undefined) throw new Error("a certificate has votes");
  const { epoch, term } = first;
  const ordered = votes.toSorted((a, b) => (a.node < b.node ? -1 : 1));
  return { kind, epoch, term, ...place, links, votes: ordered };
}
