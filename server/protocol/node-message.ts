import type { SealedBlock } from "./block.ts";
import type { Certificate } from "./certificate.ts";
import type { BlockId, BlockNum, NodeId, Term, TransactionId } from "./ids.ts";
import type { CertifiedHeader } from "./light-client.ts";
import type { BlockPlace, SignedViewChange, SignedVote } from "./vote.ts";

/** What nodes say to each other about the order of blocks under CFT. Wire tags are permanent: see `messageTag`. */
export type CftMessage =
  | {
      /** Raft section 5.3. Without blocks it is a heartbeat. */
      readonly kind: "append";
      readonly term: Term;
      /** The block before the first of `blocks`, or the block that the leader believes is the receiver's last. */
      readonly previousNum: BlockNum;
      readonly previousId: BlockId;
      readonly blocks: readonly SealedBlock[];
      readonly commitNum: BlockNum;
      /** Echoed in the confirm: read index and check-quorum count answers to this round or later. */
      readonly round: number;
      /** Asks for a signed vote with the confirm: a certificate is made of them. */
      readonly certify?: boolean;
      /** While CFT changes to BFT: the leader's own word for the last of `blocks`, or for the previous block. */
      readonly vote?: SignedVote;
    }
  | {
      readonly kind: "confirm";
      readonly term: Term;
      /** Accepted: the last block known to equal the leader's. Refused: the sender's own head. */
      readonly headNum: BlockNum;
      readonly headId: BlockId;
      readonly accepted: boolean;
      /** The sender's final height: everything up to it equals the leader's log. */
      readonly commitNum: BlockNum;
      readonly round: number;
      /** The sender's wall clock in microseconds: block time stays within the clocks of a quorum. */
      readonly clock: number;
      readonly vote?: SignedVote;
    }
  | {
      /**
       * `pre`: would you vote for me (thesis 9.6)? No term changes; of term 0 it only asks for the roster.
       * `transfer`: asked for by the leader (3.10).
       */
      readonly kind: "vote-request";
      readonly term: Term;
      readonly pre: boolean;
      readonly transfer: boolean;
      readonly headTerm: Term;
      readonly headNum: BlockNum;
      /** The candidate has no block of the producers in force, who took over from BFT: whoever has one is ahead of it. */
      readonly headUnderBft?: boolean;
    }
  | {
      readonly kind: "vote-response";
      readonly term: Term;
      readonly pre: boolean;
      readonly granted: boolean;
      /** With a refused pre-vote, because the candidate may not know the producers of today. */
      readonly roster?: Roster;
    }
  | { readonly kind: "timeout-now"; readonly term: Term };

/** What nodes say to each other about the order of blocks under BFT (psibase specification, bft.md). */
export type BftMessage =
  | {
      /** The leader's, or passed on: the leader's vote for its last block shows that it made it. Without blocks a heartbeat. */
      readonly kind: "proposal";
      readonly previous: BlockPlace;
      readonly blocks: readonly SealedBlock[];
      readonly vote: SignedVote;
      /** The sender's final height. */
      readonly commitNum: BlockNum;
    }
  | { readonly kind: "vote"; readonly vote: SignedVote; readonly commitNum: BlockNum }
  | {
      readonly kind: "view-change";
      readonly view: SignedViewChange;
      /** Shows that `best` was prepared; only for the leader of the new term, and absent for the genesis block. */
      readonly certificate?: Certificate;
    }
  | ({ readonly kind: "new-view" } & NewView)
  | {
      /** What comes after `final`, please; `head` is the newest block that the sender has. */
      readonly kind: "chain-request";
      readonly final: BlockPlace;
      readonly head: BlockPlace;
    }
  | {
      /** Blocks that follow each other, the first behind what was asked for, and the proof that `certificate.num` is final. */
      readonly kind: "chain-response";
      readonly blocks: readonly SealedBlock[];
      readonly certificate?: Certificate;
    }
  | { readonly kind: "read-round"; readonly round: number }
  | { readonly kind: "read-answer"; readonly round: number; readonly num: BlockNum };

/**
 * Why a term begins where it does (bft.md, rule 4): the leader's view change with its certificate in full, and those of a quorum, none of
 * which names a better block. Whoever has it can check it alone, so anybody may pass it on.
 */
export type NewView = {
  readonly views: readonly SignedViewChange[];
  /** About `best` of the leader's view change; absent for the genesis block. */
  readonly certificate?: Certificate;
};

/**
 * A certificate that a block is final, told where nobody could make it of the votes that it has; or one that a quorum prepared it in
 * this term, told to a node that a worse one keeps from joining.
 */
export type CertificateMessage = {
  readonly kind: "certificate";
  readonly certificate: Certificate;
};

/** What a node asks that may have forgotten what it said, because its disk was lost or is an old copy (decision 0140). */
export type MemoryMessage =
  | { readonly kind: "recall"; readonly round: number }
  | {
      readonly kind: "recalled";
      readonly round: number;
      /** The number of the block that began to introduce the producers in force at the sender. */
      readonly epoch: BlockNum;
      /** On the sender's disk. */
      readonly term: Term;
      /** The sender leads in this term. */
      readonly leads: boolean;
      /** It does not know all that it said either. */
      readonly isSilent: boolean;
      /** Where its log ends, as in a `vote-request`. */
      readonly headTerm: Term;
      readonly headNum: BlockNum;
      readonly headUnderBft?: boolean;
      /** Under BFT: the best certificate that the sender has. */
      readonly lock?: Certificate;
    }
  /** What the receiver once told the sender, and seems not to know; under BFT its own vote shows it. */
  | {
      readonly kind: "reminder";
      readonly term: Term;
      readonly num: BlockNum;
      readonly vote?: SignedVote;
    };

export type ConsensusMessage = CftMessage | BftMessage | CertificateMessage | MemoryMessage;

/** Whose votes count by the newest rules in the sender's log, which ends at `headNum`. */
export type Roster = { readonly headNum: BlockNum; readonly producers: readonly NodeId[] };

/** How the whole state goes from node to node, in chunks that prove themselves. */
export type SnapshotMessage =
  /** To the leader: somebody needs a snapshot of a block behind `after`. */
  | { readonly kind: "snapshot-wanted"; readonly after: BlockNum }
  /** From the leader: everybody makes one of the state after block `num`, so that there are several to get chunks from. */
  | { readonly kind: "snapshot-plan"; readonly num: BlockNum }
  | {
      /** The state after `block`, and how large the manifest is that says what it consists of (`encodeManifest`). */
      readonly kind: "snapshot-offer";
      readonly term: Term;
      readonly block: SealedBlock;
      readonly snapshotId: number;
      readonly manifestBytes: number;
    }
  /** The bytes of the manifest from `at` on. */
  | { readonly kind: "manifest-request"; readonly snapshotId: number; readonly at: number }
  | {
      readonly kind: "manifest-part";
      readonly snapshotId: number;
      readonly at: number;
      readonly data: Uint8Array;
    }
  /** Of the state after this block: every node that has made it has the same chunks. */
  | { readonly kind: "snapshot-request"; readonly block: BlockId; readonly chunk: number }
  | {
      readonly kind: "snapshot-chunk";
      readonly block: BlockId;
      readonly chunk: number;
      /** Left out by a node that has none of this state. */
      readonly data?: Uint8Array;
    };

/** Everything that travels on a link between two nodes after the handshake. */
export type NodeMessage =
  | ConsensusMessage
  | { readonly kind: "peers"; readonly addresses: readonly PeerAddress[] }
  | { readonly kind: "submit"; readonly transactions: readonly Uint8Array[] }
  | {
      /** The leader's answer to a transaction that it will not put into a block. `error` is JSON of a SubmitError. */
      readonly kind: "submit-refused";
      readonly transactionId: TransactionId;
      readonly error: string;
    }
  | { readonly kind: "read-index-request"; readonly request: number }
  | { readonly kind: "read-index-response"; readonly request: number; readonly num?: BlockNum }
  | {
      /** Blocks by height, for repair and for joining; answered with as many as fit one frame. */
      readonly kind: "blocks-request";
      readonly from: BlockNum;
      readonly to: BlockNum;
    }
  | {
      readonly kind: "blocks-response";
      readonly blocks: readonly SealedBlock[];
      /** The sender's final height: what it does not have may have been dropped. */
      readonly finalNum: BlockNum;
    }
  /** Proofs about blocks behind `after` that change the producers: the sender has missed some. */
  | { readonly kind: "changes-request"; readonly after: BlockNum }
  /** Oldest first, and none left out. */
  | { readonly kind: "changes-response"; readonly changes: readonly CertifiedHeader[] }
  /** To the leader: somebody wants a header that says what is true after block `num`, also when nothing else is to be ordered. */
  | { readonly kind: "header-wanted"; readonly num: BlockNum }
  | SnapshotMessage;

export type PeerAddress = { readonly node: NodeId; readonly url: string };

/** Every kind of them, or this does not compile. */
const consensusKinds: Readonly<Record<ConsensusMessage["kind"], true>> = {
  append: true,
  confirm: true,
  "vote-request": true,
  "vote-response": true,
  "timeout-now": true,
  proposal: true,
  vote: true,
  "view-change": true,
  "new-view": true,
  "chain-request": true,
  "chain-response": true,
  "read-round": true,
  "read-answer": true,
  certificate: true,
  recall: true,
  recalled: true,
  reminder: true,
};
const consensusKindNames: ReadonlySet<string> = new Set(Object.keys(consensusKinds));

/** Whether the consensus core understands it; all others are the driver's. */
export function isConsensusMessage(message: NodeMessage): message is ConsensusMessage {
  return consensusKindNames.has(message.kind);
}
