import { toHex } from "@kith/protocol/hashes";
import { blockNumOf, transactionIdOf, type BlockNum } from "@kith/protocol/ids";

import {
  sequenceEnd,
  type BlockSpan,
  type EventQuery,
  type MerklePlace,
  type StoredEvent,
} from "./event-store.ts";
import type { NumberedVersion } from "./event-versions.ts";
import { bytesOf, numberOf, type Connection, type SqlRow, type Statement } from "./sqlite.ts";

/** Reads the events that are in `events.db`. */
export class EventRows {
  private readonly connection: Connection;
  private readonly scans = new Map<string, Statement>();
  private readonly prunedBefore: Statement;
  private readonly spans: Statement;
  private readonly lastOfVersion: Statement;
  private readonly complete: Statement;
  private readonly blockTime: Statement;

  constructor(connection: Connection) {
    this.connection = connection;
    this.prunedBefore = connection.prepare("SELECT before FROM pruned WHERE service = ?");
    this.spans = connection.prepare("SELECT first, last FROM gaps ORDER BY first");
    this.lastOfVersion = connection.prepare("SELECT MAX(sequence) FROM events WHERE type_id = ?");
    this.complete = connection.prepare("SELECT value FROM marks WHERE name = 'complete'");
    this.blockTime = connection.prepare("SELECT time FROM event_blocks WHERE num = ?");
  }

  /** The first so many events of some versions, in the direction of the query. */
  find(query: EventQuery, versions: readonly NumberedVersion[]): readonly StoredEvent[] {
    const { reverse, limit, from = 0, to = sequenceEnd } = query;
    const found = versions.flatMap((version) => {
      const slot = query.index === undefined ? -1 : version.indexes.indexOf(query.index.field);
      if (query.index === undefined) {
        const rows = this.scan(undefined, reverse).all(version.id, from, to, limit);
        return rows.map((row) => eventOf(row, version));
      }
      if (slot === -1) return [];
      const rows = this.scan(slot, reverse).all(version.id, query.index.value, from, to, limit);
      return rows.map((row) => eventOf(row, version));
    });
    found.sort((a, b) => (reverse ? b.sequence - a.sequence : a.sequence - b.sequence));
    return found.slice(0, limit);
  }

  get(sequence: number, version: NumberedVersion): StoredEvent | undefined {
    const [row] = this.scan(undefined, false).all(version.id, sequence, sequence + 1, 1);
    return row === undefined ? undefined : eventOf(row, version);
  }

  /** The last sequence of a version; 0 when it has no events here. */
  lastSequence(version: NumberedVersion): number {
    const last = this.lastOfVersion.get(version.id)?.[0];
    return typeof last === "number" ? last : 0;
  }

  /** Below this block, events of the service are gone. */
  keptFrom(service: string): BlockNum {
    const before = this.prunedBefore.get(service)?.[0];
    return blockNumOf(typeof before === "number" ? Math.max(1, before) : 1);
  }

  gaps(): readonly BlockSpan[] {
    return this.spans.all().map(([first, last]) => ({
      first: blockNumOf(numberOf(first)),
      last: blockNumOf(numberOf(last)),
    }));
  }

  completeNum(): BlockNum {
    const found = this.complete.get();
    return blockNumOf(found === undefined ? 0 : numberOf(found[0]));
  }

  /** Microseconds since the Unix epoch, of a block with events. */
  timeOf(num: BlockNum): number | undefined {
    const found = this.blockTime.get(num);
    return found === undefined ? undefined : numberOf(found[0]);
  }

  private scan(slot: number | undefined, reverse: boolean): Statement {
    const name = `${slot ?? ""} ${reverse}`;
    const known = this.scans.get(name);
    if (known !== undefined) return known;
    const condition = slot === undefined ? "" : `AND index_${slot} = ? `;
    const order = reverse ? "DESC" : "ASC";
    const statement = this.connection.prepare(
      `SELECT sequence, transaction_id, data, merkle_id, merkle_index FROM events WHERE type_id = ? ${condition}` +
        `AND sequence >= ? AND sequence < ? ORDER BY sequence ${order} LIMIT ?`,
    );
    this.scans.set(name, statement);
    return statement;
  }
}

function eventOf(
  [sequence, transactionId, data, id, index]: SqlRow,
  version: NumberedVersion,
): StoredEvent {
  const packed = bytesOf(data);
  const merkle = typeof id === "number" && typeof index === "number" ? { id, index } : undefined;
  return storedEvent(version, {
    sequence: numberOf(sequence),
    transactionId: transactionIdOf(toHex(bytesOf(transactionId))),
    data: packed,
    merkle,
  });
}

export function storedEvent(
  { service, name, kind, type }: NumberedVersion,
  facts: Pick<StoredEvent, "sequence" | "transactionId" | "data"> & {
    readonly merkle: MerklePlace | undefined;
  },
): StoredEvent {
  const { merkle, ...rest } = facts;
  return {
    ...rest,
    service,
    event: name,
    kind,
    ...(merkle === undefined ? {} : { merkle }),
    json: () => {
      const json = type.unpackJson(facts.data);
      return json.ok ? json.value : undefined;
    },
  };
}
