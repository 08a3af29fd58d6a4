import type { AccountName } from "@kith/protocol/ids";

import type { ExecutedBlock } from "./change-source.ts";
import { lingerMs, logBytesMax, serviceLogBytesMax } from "./limits.ts";

/** A row that a block changed. `entry` is what is there now: of an index the primary key. */
export type LoggedRow = {
  readonly space: number;
  readonly key: Uint8Array;
  readonly entry: Uint8Array | undefined;
};

/** `position` is its place among all events of the block. */
type LoggedEvent = {
  readonly name: string;
  readonly position: number;
  readonly data: Uint8Array;
};

export type LoggedBlock = {
  readonly num: number;
  readonly rows: readonly LoggedRow[];
  readonly events: readonly LoggedEvent[];
  readonly sizeBytes: number;
};

/** What recent blocks changed of one service. */
export class ServiceLog {
  /** Everything behind this block is here. */
  knownFrom: number;
  sizeBytes = 0;
  listeners = 0;
  idleSinceMs = 0;
  /** Blocks that changed something, oldest first. */
  private blocks: LoggedBlock[] = [];

  constructor(knownFrom: number) {
    this.knownFrom = knownFrom;
  }

  /** Blocks behind `num`, oldest first. */
  after(num: number): readonly LoggedBlock[] {
    let at = this.blocks.length;
    while (at > 0 && (this.blocks[at - 1]?.num ?? 0) > num) at--;
    return this.blocks.slice(at);
  }

  add(block: LoggedBlock): void {
    this.blocks.push(block);
    this.sizeBytes += block.sizeBytes;
    while (this.sizeBytes > serviceLogBytesMax) this.dropOldest();
  }

  /** Forgets the oldest block; who has not had it reads anew. */
  dropOldest(): void {
    const oldest = this.blocks.shift();
    if (oldest === undefined) return;
    this.sizeBytes -= oldest.sizeBytes;
    this.knownFrom = oldest.num;
  }

  /** Everything may have changed. */
  restart(num: number): void {
    this.blocks = [];
    this.sizeBytes = 0;
    this.knownFrom = num;
  }
}

/** The logs of the services that somebody listens to, or listened to a short while ago. */
export class ChangeLog {
  private readonly services = new Map<AccountName, ServiceLog>();

  get isEmpty(): boolean {
    return this.services.size === 0;
  }

  of(service: AccountName): ServiceLog | undefined {
    return this.services.get(service);
  }

  /** One more listener; a log that is new knows what comes after `headNum`. */
  join(service: AccountName, headNum: number): ServiceLog {
    const log = this.services.get(service) ?? new ServiceLog(headNum);
    this.services.set(service, log);
    log.listeners++;
    return log;
  }

  leave(service: AccountName, nowMs: number): void {
    const log = this.services.get(service);
    if (log === undefined) return;
    log.listeners--;
    log.idleSinceMs = nowMs;
  }

  /** Gives the services that the block changed something of. */
  add(block: ExecutedBlock): ReadonlySet<AccountName> {
    const drafts = new Map<AccountName, { rows: LoggedRow[]; events: LoggedEvent[] }>();
    const draftOf = (service: AccountName) => {
      if (!this.services.has(service)) return undefined;
      const draft = drafts.get(service) ?? { rows: [], events: [] };
      drafts.set(service, draft);
      return draft;
    };
    for (const { address, row } of block.changes()) {
      const { service, space, key } = address;
      // Of the rows themselves the newest state is read when it is told.
      const entry = space % indexesOfTable === 0 ? row && isThere : row;
      draftOf(service)?.rows.push({ space, key, entry });
    }
    for (const [position, { service, name, data }] of block.events.entries()) {
      draftOf(service)?.events.push({ name, position, data });
    }
    for (const [service, { rows, events }] of drafts) {
      this.services
        .get(service)
        ?.add({ num: block.num, rows, events, sizeBytes: sizeOf(rows, events) });
    }
    this.makeRoom();
    return new Set(drafts.keys());
  }

  /** Another state has taken the place of the one that the log is about. */
  restart(num: number): void {
    for (const log of this.services.values()) log.restart(num);
  }

  /** Lets go of logs whose last listener left long ago. */
  forgetIdle(nowMs: number): void {
    for (const [service, { listeners, idleSinceMs }] of this.services) {
      if (listeners === 0 && nowMs - idleSinceMs > lingerMs) this.services.delete(service);
    }
  }

  private makeRoom(): void {
    for (;;) {
      let largest: ServiceLog | undefined;
      let sizeBytes = 0;
      for (const log of this.services.values()) {
        sizeBytes += log.sizeBytes;
        if (log.sizeBytes > (largest?.sizeBytes ?? 0)) largest = log;
      }
      if (sizeBytes <= logBytesMax || largest === undefined) return;
      largest.dropOldest();
    }
  }
}

/** `RowAddress.space` in `@kith/chain`. */
const indexesOfTable = 16;
const isThere = new Uint8Array();

/** What an object and its parts take, roughly. */
const entryBytes = 128;

function sizeOf(rows: readonly LoggedRow[], events: readonly LoggedEvent[]): number {
  let bytes = entryBytes;
  for (const { key, entry } of rows) bytes += entryBytes + key.length + (entry?.length ?? 0);
  for (const { data } of events) bytes += entryBytes + data.length;
  return bytes;
}
