import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { blockOfSequence, sequenceOf, sequenceEnd } from "./event-store.ts";
import { prunedEventsMax } from "./limits.ts";
import { eventOverheadBytes } from "./pending-events.ts";
import { numberOf, textOf, type Connection, type Statement } from "./sqlite.ts";

/** How long a node keeps events. What is left out is no limit. */
export type EventsKept = {
  /** Older ones go, by the time of their blocks. */
  readonly ageSeconds?: number;
  /** The oldest go while the others, with what the file needs for them, take more than this. */
  readonly sizeBytes?: number;
  /** Services with a rule of their own, for which the two above do not count: an age, or everything. */
  readonly services?: ReadonlyMap<AccountName, number | "all">;
};

type Version = {
  readonly id: number;
  readonly service: AccountName;
  readonly sizeBytes: number;
};

/**
 * Removes what is not to be kept, a few rows a step, each step a transaction of its own. That rows are gone is in the
 * file before the first of them goes, so readers never take a part of a block for all of it.
 */
export class EventRetention {
  private readonly connection: Connection;
  private readonly statements: Readonly<Record<StatementName, Statement>>;

  constructor(connection: Connection) {
    this.connection = connection;
    this.statements = prepareStatements(connection);
  }

  *prune(kept: EventsKept, nowMicros: number): Generator<void> {
    const own = kept.services ?? new Map<AccountName, number | "all">();
    for (const [service, age] of own) {
      if (age !== "all") yield* this.pruneService(service, this.blockBefore(nowMicros, age));
    }
    const others = [...new Set(this.versions().map(({ service }) => service))].filter(
      (service) => !own.has(service),
    );
    if (kept.ageSeconds !== undefined) {
      const before = this.blockBefore(nowMicros, kept.ageSeconds);
      for (const service of others) yield* this.pruneService(service, before);
    }
    if (kept.sizeBytes !== undefined) yield* this.pruneToSize(new Set(others), kept.sizeBytes);
    yield* this.pruneBlocks();
  }

  /** The first block that is younger. */
  private blockBefore(nowMicros: number, ageSeconds: number): number {
    const last = this.statements.lastOlder.get(nowMicros - ageSeconds * 1_000_000)?.[0];
    return typeof last === "number" ? last + 1 : 0;
  }

  private *pruneService(service: AccountName, before: number): Generator<void> {
    const known = numberOf(this.statements.prunedBefore.get(service)?.[0] ?? 0);
    if (before > known) this.statements.putPruned.run(service, before);
    const until = sequenceOf(Math.max(before, known), 0);
    for (const version of this.versions()) {
      if (version.service === service) yield* this.pruneVersion(version.id, until);
    }
  }

  private *pruneVersion(id: number, until: number): Generator<void> {
    for (;;) {
      const rows = this.statements.oldest.all(id, until, prunedEventsMax);
      const last = rows.at(-1);
      if (last === undefined) return;
      let sizeBytes = 0;
      for (const [, length] of rows) sizeBytes += numberOf(length) + eventOverheadBytes;
      this.transaction(() => {
        this.statements.remove.run(id, numberOf(last[0]));
        this.statements.addSize.run(-sizeBytes, id);
      });
      yield;
    }
  }

  /** Whole blocks of all these services go together, the oldest first. */
  private *pruneToSize(services: ReadonlySet<AccountName>, sizeBytesMax: number): Generator<void> {
    for (;;) {
      const versions = this.versions().filter(({ service }) => services.has(service));
      const total = versions.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      if (total <= sizeBytesMax) return;
      const before = this.blockBehind(versions, total - sizeBytesMax);
      if (before === undefined) return;
      for (const service of services) yield* this.pruneService(service, before);
    }
  }

  /** The block below which events go, so that about so many bytes are saved; looks at a few rows only. */
  private blockBehind(versions: readonly Version[], excessBytes: number): number | undefined {
    const ids = new Set(versions.map(({ id }) => id));
    const first = this.firstSequence(ids);
    if (first === undefined) return undefined;
    let [sizeBytes, last] = [0, first];
    for (const [sequence, id, length] of this.statements.inOrder.all(first, prunedEventsMax)) {
      if (!ids.has(numberOf(id))) continue;
      last = numberOf(sequence);
      sizeBytes += numberOf(length) + eventOverheadBytes;
      if (sizeBytes >= excessBytes) break;
    }
    return blockOfSequence(last) + 1;
  }

  private firstSequence(ids: ReadonlySet<number>): number | undefined {
    let first: number | undefined;
    for (const id of ids) {
      const [found] = this.statements.oldest.all(id, sequenceEnd, 1);
      const sequence = found === undefined ? undefined : numberOf(found[0]);
      if (sequence !== undefined) first = Math.min(first ?? sequence, sequence);
    }
    return first;
  }

  /** Blocks none of whose events are left, and the part of the event tree that only their proofs would need. */
  private *pruneBlocks(): Generator<void> {
    const first = this.statements.firstEvent.get()?.[0];
    const complete = numberOf(this.statements.complete.get()?.[0] ?? 0);
    const before = typeof first === "number" ? blockOfSequence(first) : complete + 1;
    for (;;) {
      const last = this.statements.oldestBlocks.all(before, prunedEventsMax).at(-1)?.[0];
      if (last === undefined) break;
      this.statements.removeBlocks.run(numberOf(last));
      yield;
    }
    const leaf = this.statements.firstLeaf.get()?.[0];
    if (typeof leaf !== "number") return;
    // A subtree is needed while its sibling, or what the sibling is a part of, has a block that is kept.
    for (let height = 0; 2 ** height <= leaf; height++) {
      const needed = 2 * Math.floor(leaf / 2 ** (height + 1));
      this.statements.removeNodes.run(height, needed);
      yield;
    }
  }

  private versions(): readonly Version[] {
    return this.statements.versions.all().map(([id, service, sizeBytes]) => ({
      id: numberOf(id),
      service: accountNameConstant(textOf(service)),
      sizeBytes: numberOf(sizeBytes),
    }));
  }

  private transaction(run: () => void): void {
    this.connection.exec("BEGIN IMMEDIATE");
    run();
    this.connection.exec("COMMIT");
  }
}

type StatementName =
  | "versions"
  | "lastOlder"
  | "prunedBefore"
  | "putPruned"
  | "oldest"
  | "inOrder"
  | "remove"
  | "addSize"
  | "firstEvent"
  | "complete"
  | "oldestBlocks"
  | "removeBlocks"
  | "firstLeaf"
  | "removeNodes";

function prepareStatements(connection: Connection): Readonly<Record<StatementName, Statement>> {
  const prepare = (sql: string): Statement => connection.prepare(sql);
  return {
    versions: prepare("SELECT id, service, size_bytes FROM event_types"),
    lastOlder: prepare(
      "SELECT num FROM event_blocks WHERE time < ? ORDER BY time DESC, num DESC LIMIT 1",
    ),
    prunedBefore: prepare("SELECT before FROM pruned WHERE service = ?"),
    putPruned: prepare("INSERT OR REPLACE INTO pruned VALUES (?, ?)"),
    oldest: prepare(
      "SELECT sequence, length(data) FROM events WHERE type_id = ? AND sequence < ? ORDER BY sequence LIMIT ?",
    ),
    inOrder: prepare(
      "SELECT sequence, type_id, length(data) FROM events WHERE sequence >= ? ORDER BY sequence LIMIT ?",
    ),
    remove: prepare("DELETE FROM events WHERE type_id = ? AND sequence <= ?"),
    addSize: prepare("UPDATE event_types SET size_bytes = size_bytes + ? WHERE id = ?"),
    firstEvent: prepare("SELECT MIN(sequence) FROM events"),
    complete: prepare("SELECT value FROM marks WHERE name = 'complete'"),
    oldestBlocks: prepare("SELECT num FROM event_blocks WHERE num < ? ORDER BY num LIMIT ?"),
    removeBlocks: prepare("DELETE FROM event_blocks WHERE num <= ?"),
    firstLeaf: prepare("SELECT MIN(tree_index) FROM event_blocks WHERE tree_index IS NOT NULL"),
    removeNodes: prepare("DELETE FROM event_tree WHERE height = ? AND place < ?"),
  };
}
