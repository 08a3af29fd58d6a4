import type { Applied } from "@kith/chain/ports";
import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import {
  blockNumOf,
  type BlockId,
  type BlockNum,
  type NodeId,
  type Term,
} from "@kith/protocol/ids";
import { manifestPartBytesMax } from "@kith/protocol/limits";
import type { NodeMessage } from "@kith/protocol/node-message";

import {
  snapshotIdleMs,
  snapshotMakeMsMax,
  snapshotNamedAgainMs,
  snapshotNamedMsMax,
  snapshotPlanAgainMs,
  snapshotPlanBlocks,
  snapshotPlanMsMax,
} from "./limits.ts";
import type {
  CertificatesPort,
  ClockPort,
  CompleteSnapshot,
  LinksPort,
  LogPort,
  SnapshotRows,
  SnapshotsPort,
} from "./ports.ts";
import { proveSnapshot } from "./snapshot-evidence.ts";

type Request = Extract<
  NodeMessage,
  { kind: "snapshot-wanted" | "snapshot-plan" | "manifest-request" | "snapshot-request" }
>;

export type SourcePorts = {
  readonly snapshots: SnapshotsPort;
  readonly log: LogPort;
  readonly certificates: Pick<CertificatesPort, "certificate" | "certifiedChanges">;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly applied: () => Applied | undefined;
  readonly leader: () => { readonly self: boolean; readonly node: NodeId | undefined };
  readonly term: () => Term;
  readonly headNum: () => number;
  /** As leader: the next block says what is true after this one. */
  readonly nameState: (num: BlockNum) => void;
  /** Waits, but not for ever, for a proof about block `num` or a later one. */
  readonly prove: (num: BlockNum, done: (isProved: boolean) => void) => void;
};

/** The state after this block is to be read when it is executed. */
type Plan = { readonly num: number; isHeld: boolean };

/** Rows that are read, or about to be, and the block that says that they are right. */
type Making = {
  readonly num: BlockNum;
  readonly sinceMs: number;
  carrier: BlockNum | undefined;
  rows: SnapshotRows | undefined;
  isProving: boolean;
};

/**
 * Makes the one snapshot that this node hands out, when somebody needs one. The leader says which block it is of, so that all make
 * the same and chunks come from several; and its next block names that state, so that a quorum's signature proves it.
 */
export class SnapshotSource {
  readonly #ports: SourcePorts;
  /** Who waits for an offer. */
  readonly #takers = new Set<NodeId>();
  /** People of this node who want one, whoever else does. */
  readonly #waiting = new Set<(complete: CompleteSnapshot | undefined) => void>();
  #plan: Plan | undefined;
  #making: Making | undefined;
  #touchedMs = 0;
  #isWatched = false;
  #isAsking = false;
  #followedMs = Number.NEGATIVE_INFINITY;

  constructor(ports: SourcePorts) {
    this.#ports = ports;
    if (ports.snapshots.complete() !== undefined) this.#touch();
  }

  /** Offers a snapshot, or makes one first. */
  offer(to: NodeId): void {
    const complete = this.#usable();
    if (complete !== undefined) return this.#sendOffer(to, complete);
    this.#takers.add(to);
    this.#begin();
  }

  /** Others are not linked any more: whoever comes back asks again. */
  keepTakers(linked: ReadonlySet<NodeId>): void {
    for (const taker of this.#takers) if (!linked.has(taker)) this.#takers.delete(taker);
  }

  /** One of the state as it is about now, for the people of this node; undefined when none could be made in time. */
  make(done: (complete: CompleteSnapshot | undefined) => void): void {
    const { clock } = this.#ports;
    const waiting = (complete: CompleteSnapshot | undefined): void => {
      if (!this.#waiting.delete(waiting)) return;
      done(complete);
    };
    this.#waiting.add(waiting);
    clock.after(snapshotMakeMsMax, () => waiting(undefined));
    this.#makeUntilDone();
  }

  /** A plan may come to nothing, and nobody else asks again for people. */
  #makeUntilDone(): void {
    if (this.#waiting.size === 0) return;
    this.#begin();
    this.#ports.clock.after(snapshotNamedAgainMs, () => this.#makeUntilDone());
  }

  /** Blocks from here on are needed by those who take what is handed out, or made. */
  get keepFrom(): number | undefined {
    const complete = this.#ports.snapshots.complete()?.manifest.block.header.blockNum;
    const nums = [complete, this.#making?.num, this.#plan?.num].filter((num) => num !== undefined);
    return nums.length === 0 ? undefined : Math.min(...nums);
  }

  receive(from: NodeId, message: Request): void {
    switch (message.kind) {
      case "snapshot-wanted":
        if (this.#ports.leader().self && this.#usable() === undefined) this.#begin();
        return;
      case "snapshot-plan":
        return this.#onPlan(from, message.num);
      case "manifest-request":
        return this.#sendManifest(from, message.snapshotId, message.at);
      case "snapshot-request":
        return this.#sendChunk(from, message.block, message.chunk);
    }
  }

  /** After every block, before the next one is executed. */
  onExecuted({ blockNum, executedNum }: BlockHeader): void {
    const making = this.#making;
    if (making !== undefined && making.carrier === undefined) {
      if (executedNum === making.num) making.carrier = blockNum;
      // No block will ever say what the state was after that one.
      else if (executedNum > making.num) this.#giveUp(making);
      this.#prove();
    }
    if (this.#plan !== undefined) this.#tryToMake(this.#plan);
  }

  /** Another state has taken the place of the one that was planned for. */
  onReplaced(): void {
    this.#dropPlan();
    if (this.#making !== undefined) this.#giveUp(this.#making);
    this.#ports.snapshots.dropComplete();
  }

  /** Behind one that is older than the log, the receiver would need another at once. */
  #usable(): CompleteSnapshot | undefined {
    const { snapshots, log } = this.#ports;
    const complete = snapshots.complete();
    if (complete === undefined) return undefined;
    const { blockNum } = complete.manifest.block.header;
    if (blockNum >= (log.range()?.first ?? 0)) return complete;
    snapshots.dropComplete();
    return undefined;
  }

  #begin(): void {
    if (this.#plan !== undefined || this.#making !== undefined) return;
    const { leader, links, applied, headNum, clock } = this.#ports;
    const num = applied()?.num;
    if (num === undefined || num === 0) return;
    const { self, node } = leader();
    if (self) {
      const planned = blockNumOf(headNum() === num ? num : headNum() + snapshotPlanBlocks);
      const plan = { kind: "snapshot-plan", num: planned } as const;
      for (const each of links.connected()) links.send(each, plan);
      return this.#start(planned);
    }
    if (this.#isAsking) return;
    this.#isAsking = true;
    if (node !== undefined) links.send(node, { kind: "snapshot-wanted", after: num });
    clock.after(snapshotPlanMsMax, () => {
      this.#isAsking = false;
      // A leader that says nothing names this state perhaps by chance.
      const isIdle = this.#plan === undefined && this.#making === undefined;
      if (isIdle && this.#isWanted) this.#start(applied()?.num ?? num);
    });
  }

  #onPlan(from: NodeId, num: BlockNum): void {
    const { leader, clock } = this.#ports;
    const nowMs = clock.now().monotonicMs;
    if (from !== leader().node || this.#making !== undefined) return;
    if (!this.#isWanted && nowMs - this.#followedMs < snapshotPlanAgainMs) return;
    this.#dropPlan();
    this.#followedMs = nowMs;
    this.#start(num);
  }

  get #isWanted(): boolean {
    return this.#takers.size > 0 || this.#waiting.size > 0;
  }

  #start(num: BlockNum): void {
    const { applied, clock, snapshots } = this.#ports;
    if (num < (applied()?.num ?? 0)) return;
    const plan: Plan = { num, isHeld: false };
    this.#plan = plan;
    snapshots.hold(() => {
      if (this.#plan !== plan) return;
      plan.isHeld = true;
      this.#tryToMake(plan);
    });
    clock.after(snapshotPlanMsMax, () => {
      if (this.#plan !== plan) return;
      this.#dropPlan();
      if (this.#isWanted) this.#begin();
    });
  }

  #dropPlan(): void {
    if (this.#plan === undefined) return;
    this.#plan = undefined;
    this.#ports.snapshots.release();
  }

  #tryToMake(plan: Plan): void {
    const { applied, clock, snapshots } = this.#ports;
    const num = applied()?.num ?? blockNumOf(0);
    if (num < plan.num) return;
    if (num > plan.num || !plan.isHeld) {
      // What is in the file by now may be of a later block.
      if (num > plan.num) this.#dropPlan();
      return;
    }
    this.#plan = undefined;
    const sinceMs = clock.now().monotonicMs;
    const making: Making = { num, sinceMs, carrier: undefined, rows: undefined, isProving: false };
    this.#making = making;
    snapshots.makeRows((rows) => {
      if (this.#making !== making) return rows?.abandon();
      if (rows?.applied.num !== num) {
        rows?.abandon();
        this.#making = undefined;
        return;
      }
      making.rows = rows;
      this.#prove();
    });
    this.#nameState(making);
  }

  /** Until a block says so: leaders change, and messages are lost. */
  #nameState(making: Making): void {
    if (this.#making !== making || making.carrier !== undefined) return;
    const { leader, links, nameState, clock } = this.#ports;
    if (clock.now().monotonicMs - making.sinceMs > snapshotNamedMsMax) return this.#giveUp(making);
    const { self, node } = leader();
    if (self) nameState(making.num);
    else if (node !== undefined) links.send(node, { kind: "header-wanted", num: making.num });
    clock.after(snapshotNamedAgainMs, () => this.#nameState(making));
  }

  #prove(): void {
    const making = this.#making;
    const carrier = making?.carrier;
    if (making?.rows === undefined || carrier === undefined || making.isProving) return;
    making.isProving = true;
    this.#ports.prove(carrier, (isProved) => {
      if (this.#making !== making) return;
      making.isProving = false;
      if (isProved) return this.#finish(making, carrier);
      if (this.#ports.clock.now().monotonicMs - making.sinceMs > snapshotNamedMsMax) {
        return this.#giveUp(making);
      }
      this.#ports.clock.after(snapshotNamedAgainMs, () => this.#prove());
    });
  }

  #finish(making: Making, carrier: BlockNum): void {
    const { log } = this.#ports;
    const proof = proveSnapshot(this.#ports, making.num, carrier);
    const block: SealedBlock | undefined = blockOf(log, making.num);
    if (proof === undefined || block === undefined || making.rows === undefined) {
      return this.#giveUp(making);
    }
    making.rows.finish({ block, proof }, (complete) => {
      if (this.#making === making) this.#making = undefined;
      if (complete === undefined) return;
      this.#touch();
      for (const waiting of this.#waiting) waiting(complete);
      const takers = [...this.#takers];
      this.#takers.clear();
      for (const taker of takers) this.#sendOffer(taker, complete);
    });
  }

  /** Whoever waits will ask again. */
  #giveUp(making: Making): void {
    if (this.#making !== making) return;
    this.#making = undefined;
    making.rows?.abandon();
  }

  #sendOffer(to: NodeId, { manifest, packed }: CompleteSnapshot): void {
    const { block } = manifest;
    this.#touch();
    this.#ports.links.send(to, {
      kind: "snapshot-offer",
      term: this.#ports.term(),
      block,
      snapshotId: block.header.blockNum,
      manifestBytes: packed.length,
    });
  }

  #sendManifest(to: NodeId, snapshotId: number, at: number): void {
    const complete = this.#ports.snapshots.complete();
    if (complete?.manifest.block.header.blockNum !== snapshotId) return;
    if (at >= complete.packed.length) return;
    this.#touch();
    const data = complete.packed.subarray(at, at + manifestPartBytesMax);
    this.#ports.links.send(to, { kind: "manifest-part", snapshotId, at, data });
  }

  #sendChunk(to: NodeId, block: BlockId, chunk: number): void {
    const complete = this.#ports.snapshots.complete();
    const isKnown = complete?.manifest.block.id === block && chunk < complete.manifest.chunks.count;
    if (!isKnown) return void this.#ports.links.send(to, { kind: "snapshot-chunk", block, chunk });
    this.#touch();
    const data = complete.chunk(chunk);
    const given = data === undefined ? {} : { data };
    this.#ports.links.send(to, { kind: "snapshot-chunk", block, chunk, ...given });
  }

  #touch(): void {
    this.#touchedMs = this.#ports.clock.now().monotonicMs;
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#dropWhenIdle();
  }

  #dropWhenIdle(): void {
    const { clock, snapshots } = this.#ports;
    const idleMs = clock.now().monotonicMs - this.#touchedMs;
    if (idleMs >= snapshotIdleMs) {
      this.#isWatched = false;
      snapshots.dropComplete();
      return;
    }
    clock.after(snapshotIdleMs - idleMs, () => this.#dropWhenIdle());
  }
}

function blockOf(log: LogPort, num: BlockNum): SealedBlock | undefined {
  const read = log.readBlock(num);
  return read.kind === "found" ? read.block : undefined;
}
