import type { Certificate } from "@kith/protocol/certificate";
import { blockIdOf, blockNumOf, type NodeId } from "@kith/protocol/ids";
import type { BftMessage, NewView } from "@kith/protocol/node-message";
import type { BlockPlace, SignedViewChange, SignedVote } from "@kith/protocol/vote";

import type { ConsensusConfig } from "../core/config.ts";
import type { Executed } from "../core/input.ts";
import { newSupply, type Supply } from "./supply.ts";

/** What only BFT needs (psibase specification, bft.md). Under CFT it keeps the lock, and is otherwise at rest. */
export type BftState = {
  /** False until the first input after a start. */
  begun: boolean;
  /** The best certificate of all terms: what the next view change names. */
  lock: Certificate | undefined;
  /** Of this term: the block from which it goes on. Undefined until a quorum's view changes showed it; then nobody votes. */
  root: BlockPlace | undefined;
  /** The root as it was on disk when the node started: it may have voted behind it in this term. */
  rootBefore: BlockPlace | undefined;
  /** How it began, as it is told to others. */
  newView: NewViewMessage | undefined;
  /** A view whose root this node lacks; asked for. */
  awaited: NewView | undefined;
  /** Entered at the end of the step, when it is later than the term that this node is in. */
  termWanted: number;
  /** The write that holds the ballot with which this term began: before it is durable, nothing is said in this term. */
  termWrite: number;
  /** Certificates of this term on their way to the disk, oldest first, and the newest that is there. */
  readonly locksWritten: { readonly write: number; readonly place: BlockPlace }[];
  committed: BlockPlace;
  readonly peers: Map<NodeId, PeerVotes>;
  /** Votes of terms that have not begun here. */
  readonly early: Map<NodeId, SignedVote>;
  readonly views: Map<NodeId, HeldView>;
  /** The newest term in which each node was seen. */
  readonly termSeen: Map<NodeId, number>;
  /** The highest height that each node says is final. */
  readonly finalClaimed: Map<NodeId, number>;
  supply: Supply;
  /** When each node was last asked for what is missing here. */
  readonly askedMs: Map<NodeId, number>;
  /** What was last told to everybody. */
  voteSent: SignedVote | undefined;
  /** The leader's newest vote for a block of this log: it lets others pass the block on. */
  leaderVote: SignedVote | undefined;
  /** Proposals that stand on states which are not computed here yet. */
  readonly held: { readonly from: NodeId; readonly message: Proposal }[];
  /** Roots by the height after which they hold: a node never votes for one that it did not compute. */
  readonly executed: Map<number, ExecutedRoots>;
  executedNum: number;
  readonly clock: BftClock;
  readonly reads: BftReads;
  /** The highest height whose finality was given to the driver as a certificate. */
  certifiedNum: number;
  /** Whom evidence was told of, so that it is told once for each term. */
  readonly accused: Map<NodeId, number>;
  /** Votes and view changes whose signature was checked. */
  readonly checked: WeakSet<SignedVote | SignedViewChange>;
  /** To whom the leader's word was passed on in this term, because they vote for another block. */
  readonly warned: Set<NodeId>;
  /** Who asked how this term began, or was told. */
  readonly viewAsks: Map<NodeId, ViewAsk>;
};

export type Proposal = Extract<BftMessage, { kind: "proposal" }>;
type NewViewMessage = Extract<BftMessage, { kind: "new-view" }>;

/** A node asks how this term began, again and again until it knows. */
type ViewAsk = { readonly sinceMs: number; readonly lastMs: number };

type ExecutedRoots = Pick<Executed, "stateRoot" | "eventRoot" | "wanted">;

/** Of one producer, in this term. */
export type PeerVotes = {
  latest: SignedVote;
  /** The newest vote whose prepared block stands in this log, and the same for the committed one. */
  prepared: SignedVote | undefined;
  committed: SignedVote | undefined;
};

type HeldView = {
  readonly view: SignedViewChange;
  readonly certificate: Certificate | undefined;
};

type BftClock = {
  /** Since when the current leader has what it needs to make progress and made none; restarted by progress. */
  progressMs: number;
  /** When the leader was last heard from in this term. */
  heardMs: number;
  /** While a term has not begun: since when a quorum is in it. */
  readyMs: number | undefined;
  /** When this term began here. */
  enteredMs: number;
  timeoutMs: number;
  /** Next heartbeat, or repetition of what was said. */
  repeatAtMs: number;
  /** Since when the driver has had something to order; undefined: it has nothing. */
  demandMs: number | undefined;
  /** Whether something became final in this term. */
  advanced: boolean;
  /** Whom to ask next, of those who are ahead. */
  asked: number;
};

type BftReads = {
  round: number;
  /** Asked for, and waiting for a round of their own. */
  waiting: number[];
  asking: ReadRound | undefined;
};

type ReadRound = {
  readonly round: number;
  readonly requests: readonly number[];
  readonly answers: Map<NodeId, number>;
  readonly sinceMs: number;
};

export const noPlace: BlockPlace = { num: blockNumOf(0), id: blockIdOf("0".repeat(64)) };

export function newBftState(config: ConsensusConfig, nowMs: number): BftState {
  return {
    begun: false,
    lock: undefined,
    root: undefined,
    rootBefore: undefined,
    newView: undefined,
    awaited: undefined,
    termWanted: 0,
    termWrite: 0,
    locksWritten: [],
    committed: noPlace,
    peers: new Map(),
    early: new Map(),
    views: new Map(),
    termSeen: new Map(),
    finalClaimed: new Map(),
    supply: newSupply(),
    askedMs: new Map(),
    voteSent: undefined,
    leaderVote: undefined,
    held: [],
    executed: new Map(),
    executedNum: 0,
    clock: {
      progressMs: nowMs,
      heardMs: nowMs,
      readyMs: undefined,
      enteredMs: nowMs,
      timeoutMs: config.viewTimeoutMsMin,
      repeatAtMs: nowMs,
      demandMs: undefined,
      advanced: false,
      asked: 0,
    },
    reads: { round: 0, waiting: [], asking: undefined },
    certifiedNum: 0,
    accused: new Map(),
    checked: new WeakSet(),
    warned: new Set(),
    viewAsks: new Map(),
  };
}
