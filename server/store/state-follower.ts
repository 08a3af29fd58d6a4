import { latin1Of } from "@kith/protocol/hashes";
import type { BlockNum } from "@kith/protocol/ids";

import { BySpace } from "./by-space.ts";
import { HotRows } from "./hot-rows.ts";
import { mergedRows } from "./merged-rows.ts";
import { PendingTable } from "./pending-table.ts";
import { rowsInTurn } from "./rows-in-turn.ts";
import { openStateReader, type FileView, type StateReader } from "./state-reader.ts";
import type { Applied, RowAddress, RowReader } from "./state-store.ts";

/** What consecutive blocks changed, all of it or a part that others follow, and the state after the last of them. */
export type NewBlocks = {
  readonly first: BlockNum;
  readonly applied: Applied;
  readonly changes: Iterable<{
    readonly address: RowAddress;
    readonly row: Uint8Array | undefined;
  }>;
};

/** The newest state. Without `sql` the file, which is all that SQL sees, is behind it. */
export type FollowedView = RowReader & Partial<Pick<FileView, "sql">>;

export type StateFollower = {
  /** Blocks that the file may not have yet. They follow those that were added before, or the file has what is between. */
  add(blocks: NewBlocks): void;
  /** Everything that `query` reads is the state after one block: the newest that was added, or that the file has. */
  read<T>(query: (rows: FollowedView, applied: Applied | undefined) => T): T;
  /** The same of what the file has, which is what SQL sees. */
  readFile<T>(query: (rows: FileView, applied: Applied | undefined) => T): T;
  close(): void;
};

/** Blocks that were added do not follow what the file has: whoever adds them has left some out. */
export class FollowerGap extends Error {}

/** Follows, on a read-only connection, the state of a node that writes its file some time after its blocks. */
export function openStateFollower(folder: string): StateFollower {
  return new Follower(openStateReader(folder));
}

/** What blocks changed since the file had another height. */
type Layer = { readonly first: BlockNum; applied: Applied; readonly tables: BySpace<PendingTable> };

class Follower implements StateFollower {
  private readonly reader: StateReader;
  /** Newest first. */
  private layers: readonly Layer[] = [];
  private readonly hot = new HotRows();
  /** The file has moved on since the newest layer was begun: the next blocks begin another, so that this one can go. */
  private layerIsOld = true;

  constructor(reader: StateReader) {
    this.reader = reader;
  }

  add({ first, applied, changes }: NewBlocks): void {
    const layer = this.layerFor(first, applied);
    for (const { address, row } of changes) {
      const { service, space, key } = address;
      let table = layer.tables.get(service, space);
      if (table === undefined) {
        table = new PendingTable({ service, space });
        layer.tables.set(service, space, table);
      }
      table.set(latin1Of(key), { key, row });
    }
  }

  read<T>(query: (rows: FollowedView, applied: Applied | undefined) => T): T {
    return this.reader.read((file, inFile) => {
      this.advance(inFile);
      const rows = { getRow: this.getRow(file), rangeRows: this.rangeRows(file) };
      const [newest] = this.layers;
      if (newest !== undefined) return query(rows, newest.applied);
      return query({ ...rows, sql: file.sql }, inFile);
    });
  }

  readFile<T>(query: (rows: FileView, applied: Applied | undefined) => T): T {
    return this.reader.read(query);
  }

  close(): void {
    this.reader.close();
  }

  private layerFor(first: BlockNum, applied: Applied): Layer {
    const [newest] = this.layers;
    const continues = newest !== undefined && first <= newest.applied.num + 1;
    if (continues && !this.layerIsOld && applied.num >= newest.applied.num) {
      newest.applied = applied;
      return newest;
    }
    const layer: Layer = { first, applied, tables: new BySpace() };
    this.layers = [layer, ...this.layers];
    this.layerIsOld = false;
    return layer;
  }

  /** A layer of which the file has everything goes; one of which it has a part says nothing else than the file there. */
  private advance(inFile: Applied | undefined): void {
    const num = inFile?.num ?? 0;
    if (this.hot.moveTo(num)) this.layerIsOld = true;
    this.layers = this.layers.filter(({ applied }) => applied.num > num);
    let next = num + 1;
    for (const { first, applied } of this.layers.toReversed()) {
      if (first > next) throw new FollowerGap(`block ${next} is missing before ${first}`);
      next = applied.num + 1;
    }
  }

  private getRow(file: RowReader): RowReader["getRow"] {
    return (address) => {
      const { service, space, key } = address;
      const keyText = latin1Of(key);
      for (const { tables } of this.layers) {
        const change = tables.get(service, space)?.get(keyText);
        if (change !== undefined) return change.row;
      }
      return this.hot.get(address, keyText, file);
    };
  }

  private rangeRows(file: RowReader): RowReader["rangeRows"] {
    return (range) => {
      const { service, space } = range;
      const above = this.layers.flatMap(({ tables }) => tables.get(service, space) ?? []);
      if (above.length === 0) return file.rangeRows(range);
      if (range.limit === 0) return [];
      const stored = rowsInTurn(range, (part) => file.rangeRows(part));
      return mergedRows([...above.map((table) => table.range(range)), stored], range);
    };
  }
}
