import type { Certificate } from "./certificate.ts";
import { blockPlaceCodec, certificateCodec } from "./certificates.ts";
import { object, option, type Codec } from "./fracpack.ts";
import type { NodeId, Term } from "./ids.ts";
import type { BlockPlace } from "./vote.ts";

/**
 * What a producer must never forget, in one durable record, so that its parts are never torn from each other: it is on
 * disk before any message that depends on it leaves.
 */
export type Ballot = {
  readonly term: Term;
  /** Under CFT: for whom the node voted in this term (Raft section 5.2). */
  readonly votedFor?: NodeId;
  /** Under BFT: the block from which this term goes on, once a quorum's view changes showed it. */
  readonly root?: BlockPlace;
  /** The best certificate of all terms, ordered by term, then height: what the next view change names (bft.md, rule 3). */
  readonly lock?: Certificate;
};

/** What BFT adds to term and vote. */
export const ballotRestCodec: Codec<Pick<Ballot, "root" | "lock">> = object({
  root: option(blockPlaceCodec),
  lock: option(certificateCodec),
});
