import type { Chain } from "@kith/chain/chain";
import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type BlockNum, type NodeId, type TransactionId } from "@kith/protocol/ids";
import { prepareTransaction, type PreparedTransaction } from "@kith/protocol/transactions";

import { outcomeMsMax, passAgainMs, submitTransactionsMax } from "./limits.ts";
import {
  parseSubmitError,
  type OnOutcome,
  type SubmitError,
  type SubmitOutcome,
  type TryOutcome,
} from "./outcome.ts";
import { firstActionOf, type Pool, type PoolEntry } from "./pool.ts";
import type { ClockPort, LinksPort } from "./ports.ts";
import type { SenderWork } from "./sender-work.ts";
import type { Verdicts } from "./verdicts.ts";

type SubmissionsPorts = {
  readonly chain: Chain;
  readonly pool: Pool;
  readonly work: SenderWork;
  readonly verdicts: Verdicts;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly leader: () => { readonly self: boolean; readonly node: NodeId | undefined };
  /** Everybody who may have to see to it that a transaction is ordered, where the leader is not trusted; else nobody. */
  readonly watchmen: () => readonly NodeId[];
  /** This node leads and the queue has grown. */
  readonly onQueued: () => void;
  /** Something waits, here or with the leader. */
  readonly onWaiting: () => void;
  readonly onPrepared: (prepared: PreparedTransaction) => void;
};

/** Who gets the outcome: a client of this node, or nobody here when another node passed the transaction on. */
type Submitter = { readonly done: OnOutcome | undefined; readonly source: NodeId | undefined };

/**
 * From bytes to the pool of the leader: decode, admit against the final state, judge the proofs off the main path,
 * queue. A node that does not lead does the same and passes the transaction on, again and again until it is executed.
 */
export class Submissions {
  readonly #ports: SubmissionsPorts;
  #passing = false;
  /** Whom to ask next, where nobody leads that this node knows of. */
  #turn = 0;
  #watching = false;

  constructor(ports: SubmissionsPorts) {
    this.#ports = ports;
  }

  submit(bytes: Uint8Array, done: OnOutcome): void {
    this.#admit(bytes, { done, source: undefined });
  }

  /**
   * Runs the transaction against the final state at once; when that succeeds it is passed on like any other, and the
   * order of other transactions may still change the result.
   */
  tryOut(bytes: Uint8Array, done: (outcome: TryOutcome) => void): void {
    const from = {
      source: undefined,
      done: (outcome: SubmitOutcome): void => {
        if (outcome.kind !== "final") done(outcome);
        else done({ kind: "applied", receipt: outcome.receipt });
      },
    };
    this.#check(bytes, from.done, (prepared) => {
      const { chain, clock, work } = this.#ports;
      const { wallMicros, monotonicMs } = clock.now();
      const first = firstActionOf(prepared);
      // Nobody pays for a try, and it holds up blocks as a transaction does.
      if (work.roomFor(first, 0, monotonicMs) <= 0) {
        return done({ kind: "unavailable", reason: "pool-full", id: prepared.id });
      }
      const receipt = chain.dryRun(prepared, true, wallMicros);
      const endMs = clock.now().monotonicMs;
      work.tried(first, endMs - monotonicMs, endMs);
      if (receipt.failure === undefined) this.#enqueue(prepared, { ...from, done: undefined });
      done({ kind: "applied", receipt });
    });
  }

  /** Another node passes transactions on. */
  receive(from: NodeId, transactions: readonly Uint8Array[]): void {
    for (const bytes of transactions) {
      const done = (outcome: SubmitOutcome): void => {
        if (outcome.kind === "refused") this.#refuseTo(from, bytes, outcome.error);
      };
      this.#admit(bytes, { done, source: from });
    }
  }

  /** The leader changed: what was on its way to the old one starts again. Others see to what they have passed on. */
  restart(): void {
    const { pool, clock } = this.#ports;
    const leads = this.#ports.leader().self;
    const isWatched = this.#ports.watchmen().length > 0;
    for (const entry of pool.entries()) {
      if (leads || entry.isOwn) pool.requeue(entry);
      else if (!isWatched) pool.remove(entry.prepared.id);
      else if (entry.stage === "proposed") pool.markPassed(entry, clock.now().monotonicMs);
    }
    this.#dispatch();
  }

  /** The leader will not take it. Where it may lie, that counts only as far as this node finds the same. */
  onRefused(message: { readonly transactionId: TransactionId; readonly error: string }): void {
    const { pool, chain, clock } = this.#ports;
    const error = parseSubmitError(message.error);
    const entry = pool.get(message.transactionId);
    if (error === undefined || entry === undefined) return;
    const isBelieved =
      this.#ports.watchmen().length === 0 ||
      !chain.checkAdmission(entry.prepared, clock.now().wallMicros).ok;
    if (isBelieved) pool.settle(message.transactionId, { kind: "refused", error });
  }

  /** A block that held transactions was overruled: those that are still here go into the next one. */
  onDropped(block: SealedBlock): void {
    for (const bytes of block.transactions) {
      const prepared = prepareTransaction(bytes);
      const entry = prepared.ok ? this.#ports.pool.get(prepared.value.id) : undefined;
      if (entry !== undefined) this.#ports.pool.requeue(entry);
    }
  }

  /** A snapshot took the place of blocks that nobody executed here: whoever waits hears what is known. */
  onSnapshot(): void {
    const { chain, pool, clock } = this.#ports;
    for (const { prepared } of pool.entries()) {
      const admitted = chain.checkAdmission(prepared, clock.now().wallMicros);
      if (!admitted.ok) pool.settle(prepared.id, { kind: "refused", error: admitted.error });
    }
  }

  #admit(bytes: Uint8Array, from: Submitter & { readonly done: OnOutcome }): void {
    this.#check(bytes, from.done, (prepared) => this.#enqueue(prepared, from));
  }

  /** All that can be known before the transaction has its place in the order. */
  #check(bytes: Uint8Array, done: OnOutcome, admit: (prepared: PreparedTransaction) => void): void {
    const { chain, pool, verdicts, clock } = this.#ports;
    const decoded = prepareTransaction(bytes);
    if (!decoded.ok) return done({ kind: "refused", error: decoded.error });
    const prepared = decoded.value;
    const receipt = chain.receipt(prepared.id);
    if (receipt !== undefined) return done({ kind: "final", receipt });
    if (pool.get(prepared.id) !== undefined) return admit(prepared);
    if (!pool.hasRoomFor(prepared)) {
      return done({ kind: "unavailable", reason: "pool-full", id: prepared.id });
    }
    const admitted = chain.checkAdmission(prepared, clock.now().wallMicros);
    if (!admitted.ok) return done({ kind: "refused", error: admitted.error });
    const wanted = chain.signatureChecks(prepared, this.#nextNum());
    if (!wanted.ok) return done({ kind: "refused", error: wanted.error });
    const judged = (valid: boolean): void => {
      if (!valid) return done({ kind: "refused", error: { code: "proof-invalid" } });
      const proved = chain.checkCustomProofs(prepared, clock.now().wallMicros);
      if (proved.ok) admit(prepared);
      else done({ kind: "refused", error: proved.error });
    };
    verdicts.check(prepared.id, wanted.value, judged, true);
  }

  /** About where it will be included: the block after the last executed one, or a little later. */
  #nextNum(): BlockNum {
    return blockNumOf((this.#ports.chain.applied()?.num ?? 0) + 1);
  }

  #enqueue(prepared: PreparedTransaction, { done, source }: Submitter): void {
    const { chain, pool, clock } = this.#ports;
    const receipt = chain.receipt(prepared.id);
    if (receipt !== undefined) return done?.({ kind: "final", receipt });
    const waiting = done === undefined || source !== undefined ? [] : [done];
    const known = pool.get(prepared.id);
    if (known !== undefined) {
      // The same transaction is already here: its outcome is told to everybody who sent it.
      known.waiting.push(...waiting);
      if (source === undefined) known.isOwn = true;
      return;
    }
    this.#ports.onPrepared(prepared);
    const addedMs = clock.now().monotonicMs;
    const isOwn = source === undefined;
    pool.add({ prepared, waiting, isOwn, stage: "queued", addedMs, passedMs: 0 });
    this.#dispatch();
  }

  #dispatch(): void {
    if (this.#ports.pool.size === 0) return;
    this.#watch();
    this.#ports.onWaiting();
    if (this.#ports.leader().self) this.#ports.onQueued();
    else this.#passSoon();
  }

  /** Everything that arrives in one turn travels in one message. */
  #passSoon(): void {
    if (this.#passing) return;
    this.#passing = true;
    this.#ports.clock.after(0, () => {
      this.#passing = false;
      this.#pass();
    });
  }

  #pass(): void {
    const { node, self } = this.#ports.leader();
    if (self) return;
    if (node === undefined) return this.#passToAny();
    const { monotonicMs } = this.#ports.clock.now();
    for (;;) {
      const batch = this.#ports.pool.nextBatch({
        bytesMax: submitBytesMax,
        countMax: submitTransactionsMax,
        eachMax: submitTransactionsMax,
      });
      if (batch.length === 0) return;
      const transactions = batch.map((entry) => entry.prepared.bytes);
      for (const entry of batch) this.#ports.pool.markPassed(entry, monotonicMs);
      if (!this.#ports.links.send(node, { kind: "submit", transactions })) return;
    }
  }

  #refuseTo(to: NodeId, bytes: Uint8Array, error: SubmitError): void {
    const prepared = prepareTransaction(bytes);
    if (!prepared.ok) return;
    this.#ports.links.send(to, {
      kind: "submit-refused",
      transactionId: prepared.value.id,
      error: JSON.stringify(error),
    });
  }

  /** While anything waits: pass again what got lost, and end waits that took too long. */
  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#ports.clock.after(passAgainMs, () => {
      this.#watching = false;
      const { monotonicMs } = this.#ports.clock.now();
      for (const entry of this.#ports.pool.entries()) this.#review(entry, monotonicMs);
      this.#passToAll(monotonicMs);
      this.#dispatch();
    });
  }

  #review(entry: PoolEntry, nowMs: number): void {
    if (nowMs - entry.addedMs > outcomeMsMax && entry.stage !== "proposed") {
      const reason = this.#ports.leader().node === undefined ? "no-leader" : "not-final-yet";
      const id = entry.prepared.id;
      this.#ports.pool.settle(id, { kind: "unavailable", reason, id });
    } else if (isStuck(entry, nowMs) && this.#ports.watchmen().length === 0) {
      this.#ports.pool.requeue(entry);
    }
  }

  /**
   * Who knows of no leader may be the only one (decision 0111: alone in a later term): another producer passes on what clients of this
   * node have sent.
   */
  #passToAny(): void {
    const { links, pool } = this.#ports;
    const connected = new Set(links.connected());
    const others = this.#ports.watchmen().filter((node) => connected.has(node));
    const to = others[this.#turn++ % Math.max(1, others.length)];
    if (to === undefined) return;
    const queued = someOf(pool.entries(), ({ isOwn, stage }) => isOwn && stage === "queued");
    this.#passTo([to], queued);
  }

  /** What the leader has left waiting is shown to everybody, so that all of them wait for it (decision 0141). */
  #passToAll(nowMs: number): void {
    const watchmen = this.#ports.watchmen();
    if (watchmen.length === 0) return;
    const { pool } = this.#ports;
    this.#passTo(
      watchmen,
      someOf(pool.entries(), (entry) => entry.isOwn && isStuck(entry, nowMs)),
    );
  }

  #passTo(nodes: readonly NodeId[], entries: readonly PoolEntry[]): void {
    if (entries.length === 0) return;
    const { pool, clock, links } = this.#ports;
    const { monotonicMs } = clock.now();
    for (const entry of entries) pool.markPassed(entry, monotonicMs);
    const transactions = entries.map(({ prepared }) => prepared.bytes);
    for (const node of nodes) links.send(node, { kind: "submit", transactions });
  }
}

/** As many as one message carries. */
function someOf(
  entries: Iterable<PoolEntry>,
  isWanted: (entry: PoolEntry) => boolean,
): readonly PoolEntry[] {
  const some: PoolEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (!isWanted(entry)) continue;
    bytes += entry.prepared.bytes.length;
    if (some.length > 0 && bytes > submitBytesMax) break;
    some.push(entry);
    if (some.length === submitTransactionsMax) break;
  }
  return some;
}

function isStuck({ stage, passedMs }: PoolEntry, nowMs: number): boolean {
  return stage === "passed" && nowMs - passedMs > passAgainMs;
}

const submitBytesMax = 1024 * 1024;
