import type { Applied } from "@kith/chain/ports";
import type { AccountQuota } from "@kith/chain/quota/quotas";
import type { ChangeSource } from "@kith/changes/change-source";
import type { Algorithm, JointConsensus } from "@kith/protocol/block";
import type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
import type {
  AccountName,
  BlockId,
  BlockNum,
  NodeId,
  Term,
  TransactionId,
} from "@kith/protocol/ids";
import type { Roster } from "@kith/protocol/node-message";
import type { Receipt } from "@kith/protocol/receipt";
import type { Result } from "@kith/protocol/result";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import type { SubmitError, UnavailableReason } from "@kith/replica/outcome";

import type { HistoryPort } from "./history-port.ts";
import type { LightPort } from "./light-port.ts";
import type { LoginPort } from "./login-port.ts";
import type { LinkAddresses } from "./node-urls.ts";

/** Everything that HTTP needs from the node it stands in front of. `server/node` implements it. */
export type NodePort = {
  chainId(): BlockId | undefined;
  /** The packed genesis block: what another node needs to join. */
  genesis(): Uint8Array | undefined;
  /** Who the producers are at the last executed block: what a node that joins believes once. */
  roster(): Roster | undefined;
  /** The same with their accounts and how they agree; `next` takes over when the change is final. */
  consensus(): JointConsensus | undefined;
  /** Where this node and the others of its network take links. */
  linkAddresses(): LinkAddresses;
  taposReference(): TaposReference | undefined;
  /** The last executed final block. */
  applied(): Applied | undefined;
  /**
   * Resolves at once when the transaction is refused; otherwise when it is final (or tried out, for `applied`).
   */
  submit(bytes: Uint8Array, waitFor: WaitFor): Promise<SubmitOutcome>;
  /**
   * Resolves when this node has executed everything that any node had acknowledged at the time of the call: what is read
   * here from then on is linearizable.
   */
  catchUp(msMax: number): Promise<Result<void, CatchUpError>>;
  receipt(id: TransactionId): FinalReceipt | undefined;
  /** Also where its receipt is not here. */
  isExecuted(id: TransactionId): boolean;
  hasAccount(name: AccountName): boolean;
  /** What the account may use within the quota window, what it has used, and who pays for it. */
  quota(name: AccountName): AccountQuota;
  /** What the service that is installed on the account says about itself. */
  definition(name: AccountName): ServiceDefinition | undefined;
  /** True when a service with `serve` is installed on the account. */
  hasServer(name: AccountName): boolean;
  /**
   * Runs `serve` of the service against the newest final state; undefined when it leaves the request to `sites`. Of a GET
   * the service is shown what its answer may depend on and no more, so that one answer is good for all who ask the same.
   * `user` is who asks, where that is proved.
   */
  query(
    service: AccountName,
    request: HttpRequest,
    user?: AccountName,
  ): Promise<Result<HttpReply | undefined, QueryError>>;
  /** Producers that this node has caught lying, oldest finding first. */
  evidence(): readonly EvidenceFound[];
  /** What happened, and proofs of that and of rows. */
  readonly history: HistoryPort;
  /** For those who believe no node. */
  readonly light: LightPort;
  /** Who asks, as tokens say. */
  readonly logins: LoginPort;
  /** What blocks change, for those who listen. */
  readonly changes: ChangeSource;
  status(): NodeStatus;
  readiness(): Readiness;
  metrics(): NodeMetrics;
  /** Calls `listener` after each executed block that changed something; returns the function that ends it. */
  onTouched(listener: (touched: Touched) => void): () => void;
};

export type CatchUpError =
  /** Nobody who leads has said in time what is final. */
  { readonly code: "leader-silent" } | { readonly code: "catching-up"; readonly timeoutMs: number };

/** A query that has no answer, through no fault of its form. */
export type QueryError =
  | { readonly code: "query-timeout"; readonly timeoutMs: number }
  | { readonly code: "query-queue-full" }
  | { readonly code: "query-crashed" };

export type WaitFor = "final" | "applied";

export type SubmitOutcome =
  | ({ readonly kind: "final" } & FinalReceipt)
  /** Tried out against final state and passed on; the order of other transactions may still change the result. */
  | { readonly kind: "applied"; readonly receipt: Receipt }
  | { readonly kind: "refused"; readonly error: SubmitError }
  /** The same bytes may be sent again: an id is executed at most once. */
  | {
      readonly kind: "unavailable";
      readonly reason: UnavailableReason;
      readonly id?: TransactionId;
    };

/** `blockId` is absent when this node no longer keeps the block. */
export type FinalReceipt = { readonly receipt: Receipt; readonly blockId?: BlockId };

/** What a signer needs: the byte to store and the id to sign, good for days (`Chain.taposReference`). */
export type TaposReference = { readonly refBlockIndex: number; readonly refBlockId: BlockId };

export type NodeRole = "leader" | "follower" | "candidate" | "observer";

export type BlockAt = { readonly num: BlockNum; readonly id: BlockId };

export type NodeStatus = {
  readonly node: NodeId;
  readonly account?: AccountName;
  readonly role: NodeRole;
  readonly algorithm: Algorithm;
  readonly term: Term;
  /** Under BFT: whether the term has begun, or producers are still agreeing on where it does. */
  readonly view?: "begun" | "changing";
  /** The number of the block that began to introduce the producers in force. */
  readonly epoch?: BlockNum;
  /**
   * This producer does not know all that it ever said, and only follows (`unknown`), or is about to take part again (`behind`); or
   * another process has its key (`shared`).
   */
  readonly memory?: "unknown" | "behind" | "shared";
  /** The newest block of which this node keeps the proof that it is final. */
  readonly certified?: BlockAt;
  readonly leader?: { readonly node: NodeId; readonly account?: AccountName };
  readonly head?: BlockAt;
  readonly final?: BlockAt;
  readonly executed?: Applied;
  readonly peers: readonly PeerStatus[];
};

/** Two signed votes that no honest node signs both. */
export type EvidenceFound = {
  readonly node: NodeId;
  readonly account?: AccountName;
  readonly term: Term;
  readonly epoch: BlockNum;
  /** The two blocks that it voted for. */
  readonly blocks: readonly [BlockAt, BlockAt];
  /** Microseconds since the Unix epoch. */
  readonly foundMicros: number;
  /** What shows it to anybody who has the genesis block: `Evidence` of @kith/protocol, packed. */
  readonly proof: Uint8Array;
};

export type PeerStatus = {
  readonly node: NodeId;
  readonly account?: AccountName;
  readonly producer: boolean;
  readonly connected: boolean;
  readonly url?: string;
};

/** `reasons` says, for people, why a node that is not ready is not. */
export type Readiness = { readonly ready: boolean; readonly reasons: readonly string[] };

export type NodeMetrics = {
  readonly transactionsWaiting: number;
  readonly transactionsExecuted: number;
  readonly transactionsFailed: number;
  readonly blocksExecuted: number;
  readonly elections: number;
  readonly queries: QueryMetrics;
};

export type QueryMetrics = {
  readonly processes: number;
  readonly waiting: number;
  /** Answers by processes, and those that were kept from an earlier time. */
  readonly answered: number;
  readonly cached: number;
  readonly timedOut: number;
  readonly refused: number;
  /** Processes that were started in place of others. */
  readonly restarts: number;
  readonly cacheBytes: number;
};

export type Touched = {
  readonly num: BlockNum;
  /** Accounts whose files or site settings changed; "all" when the node cannot tell. */
  readonly sites: ReadonlySet<AccountName> | "all";
  /** True when a service was installed, replaced or removed, so that routing may have changed. */
  readonly services: boolean;
};
