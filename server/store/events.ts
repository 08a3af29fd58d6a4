import { pathToFileURL } from "node:url";

import type { EventProof } from "@kith/protocol/event-proof";
import { eventRecordCodec } from "@kith/protocol/event-tree";
import { blockNumOf, type BlockId, type BlockNum, type TransactionId } from "@kith/protocol/ids";
import { merklePath } from "@kith/protocol/merkle-path";
import { methodNameConstant } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";

import { openEventFile, type EventFile, type OpenEventsError } from "./event-file.ts";
import { pageOf } from "./event-pages.ts";
import { EventPaths } from "./event-paths.ts";
import { EventRetention, type EventsKept } from "./event-retention.ts";
import { EventRows, storedEvent } from "./event-rows.ts";
import {
  blockOfSequence,
  type EventBlock,
  type EventPage,
  type EventQuery,
  type EventQueryError,
  type EventReader,
  type StoredEvent,
} from "./event-store.ts";
import { Versions } from "./event-versions.ts";
import { EventWriter } from "./event-writer.ts";
import { pendingBytesMax, pendingMsMax } from "./limits.ts";
import { PendingEvents, type PendingEvent } from "./pending-events.ts";
import { Connection } from "./sqlite.ts";
import type { WrittenAhead } from "./state-writer.ts";
import { storeBrokenOf, type StoreBroken } from "./store-broken.ts";

export type { OpenEventsError } from "./event-file.ts";

export type OpenEventsOptions = {
  readonly folder: string;
  /** The events of another chain are refused; a new file is marked as this chain's. */
  readonly chain?: BlockId;
  /** Everything is kept when left out. */
  readonly kept?: EventsKept;
  /** What waits is brought into the file when it takes this much memory; `pendingBytesMax` when left out. */
  readonly pendingBytesMax?: number;
  /** Told once when the disk fails behind the scenes; the node stops. */
  readonly onBroken: (broken: StoreBroken) => void;
};

export type EventProofMissing =
  /** This node keeps no Merkle event at this place of the transaction. */
  | { readonly code: "event-unknown" }
  /** The event happened in `blockNum`, behind the block whose root was asked for. */
  | { readonly code: "event-not-yet"; readonly blockNum: BlockNum }
  /** This node has not seen all blocks between the event and the root: another node has. */
  | { readonly code: "event-path-unknown"; readonly blockNum: BlockNum };

export type FoundProof = { readonly event: StoredEvent; readonly proof: EventProof };

export type OpenedEvents = EventReader &
  WrittenAhead & {
    /**
     * Takes the events of an executed block. Blocks come in order; one that is here already, because state.db was
     * behind, is passed over, and blocks that are skipped become a gap.
     */
    append(block: EventBlock): void;
    /** The last block whose events are known; 0 for none. */
    newestNum(): BlockNum;
    /** The time of a block with events, in microseconds since the Unix epoch. */
    timeOf(num: BlockNum): number | undefined;
    /** Proves a transaction's Merkle event, by its place among them, against the event root after block `at`. */
    proveEvent(
      transactionId: TransactionId,
      index: number,
      at: BlockNum,
    ): Result<FoundProof, EventProofMissing>;
    /** Removes what is not to be kept, bit by bit; microseconds since the Unix epoch. */
    prune(nowMicros: number): void;
    /** The same, at once. */
    pruneNow(nowMicros: number): void;
    close(): Promise<void>;
  };

/** Opens (or makes) `events.db`: the events of final blocks, for as long as this node keeps them. */
export function openEvents(options: OpenEventsOptions): Result<OpenedEvents, OpenEventsError> {
  const { folder, chain } = options;
  const file = openEventFile({ folder, chain }, (error) =>
    options.onBroken(storeBrokenOf("events.db", error)),
  );
  return file.ok ? ok(new Events(file.value, options)) : file;
}

/** The file, what is on its way into the file, and what blocks brought since. */
class Events implements OpenedEvents {
  private readonly options: OpenEventsOptions;
  private readonly file: EventFile;
  /** Sees only what is committed, while the file's own connection is in the middle of writing. */
  private readonly connection: Connection;
  private readonly rows: EventRows;
  private readonly paths: EventPaths;
  private readonly retention: EventRetention;
  private readonly versions = new Versions();
  private readonly writer: EventWriter;
  private pending = new PendingEvents();
  private newest: BlockNum;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(file: EventFile, options: OpenEventsOptions) {
    this.options = options;
    this.file = file;
    this.connection = new Connection(`${pathToFileURL(file.path).href}?mode=ro`);
    this.rows = new EventRows(this.connection);
    this.paths = new EventPaths(this.connection);
    this.retention = new EventRetention(file.connection);
    for (const version of file.versions.listAfter(0)) this.versions.add(version);
    this.newest = file.completeNum();
    this.writer = new EventWriter({
      file,
      takePending: () => this.takePending(),
      isLate: () => this.pending.sizeBytes > this.sizeBytesMax / 4,
      onBroken: (error) => options.onBroken(storeBrokenOf("events.db", error)),
    });
  }

  append(block: EventBlock): void {
    if (block.num <= this.newest) return;
    const next = blockNumOf(this.newest + 1);
    if (block.num > next) {
      this.pending.addGap({ first: next, last: blockNumOf(block.num - 1) }, block.tree);
    }
    this.pending.add(block, this.versions);
    this.newest = block.num;
    if (this.pending.sizeBytes >= this.sizeBytesMax) this.writer.run();
    else this.timer ??= setTimeout(() => this.onTimer(), pendingMsMax);
  }

  newestNum(): BlockNum {
    return this.newest;
  }

  timeOf(num: BlockNum): number | undefined {
    for (const { blocks } of this.layers()) {
      const found = blocks.find((block) => block.num === num);
      if (found !== undefined) return found.time;
    }
    return this.rows.timeOf(num);
  }

  eventsOf(query: EventQuery): Result<EventPage, EventQueryError> {
    const layers = this.layers();
    const { rows, versions, newest } = this;
    return pageOf(
      {
        rows,
        versions,
        newest,
        gaps: layers.flatMap((layer) => layer.gaps),
        pending: (whole) => layers.flatMap((layer) => layer.find(whole)).map(storedOf),
      },
      query,
    );
  }

  proveEvent(
    transactionId: TransactionId,
    index: number,
    at: BlockNum,
  ): Result<FoundProof, EventProofMissing> {
    this.writer.finish();
    const found = this.paths.find(transactionId, index);
    const version = found === undefined ? undefined : this.versions.get(found.versionId);
    if (found === undefined || version === undefined) return err({ code: "event-unknown" });
    const event = this.rows.get(found.sequence, version);
    const block = this.paths.blockOf(found);
    const isKept = blockOfSequence(found.sequence) >= this.rows.keptFrom(version.service);
    if (event?.merkle === undefined || block === undefined || !isKept) {
      return err({ code: "event-unknown" });
    }
    const { num: blockNum, treeIndex, leaves, firstId } = block;
    if (at < blockNum) return err({ code: "event-not-yet", blockNum });
    const blocks = this.paths.treeLeavesAt(at, this.rows);
    const blocksPath = blocks === undefined ? undefined : this.paths.path(treeIndex, blocks);
    if (blocks === undefined || blocksPath === undefined) {
      return err({ code: "event-path-unknown", blockNum });
    }
    const { id } = event.merkle;
    const { service, data: rawData } = event;
    const type = methodNameConstant(event.event);
    const record = eventRecordCodec.pack({ id, service, type, rawData, transactionId });
    const place = { index: id - firstId, events: leaves.length };
    const path = merklePath(leaves, place.index);
    const proof = { record, ...place, path, blockNum, blockIndex: treeIndex, blocks, blocksPath };
    return ok({ event, proof });
  }

  isDurable(num: BlockNum): boolean {
    return this.writer.isDurable(num);
  }

  makeDurable(num: BlockNum): void {
    if (!this.writer.isDurable(num)) this.writer.finishDurably();
  }

  prune(nowMicros: number): void {
    if (this.options.kept === undefined) return;
    this.writer.remove(this.retention.prune(this.options.kept, nowMicros));
  }

  pruneNow(nowMicros: number): void {
    this.writer.finish();
    this.prune(nowMicros);
    this.writer.finishRemoval();
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.writer.isBroken) this.writer.finish();
    this.writer.close();
    this.connection.close();
    await this.file.close();
  }

  /** Oldest first. */
  private layers(): readonly PendingEvents[] {
    const { writing } = this.writer;
    return writing === undefined ? [this.pending] : [writing, this.pending];
  }

  private takePending(): PendingEvents | undefined {
    const { pending } = this;
    if (pending.lastNum === undefined) return undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending = new PendingEvents();
    return pending;
  }

  private onTimer(): void {
    this.timer = undefined;
    this.writer.run();
  }

  private get sizeBytesMax(): number {
    return this.options.pendingBytesMax ?? pendingBytesMax;
  }
}

function storedOf({ sequence, version, event }: PendingEvent): StoredEvent {
  const { transactionId, data, merkle } = event;
  return storedEvent(version, { sequence, transactionId, data, merkle });
}
