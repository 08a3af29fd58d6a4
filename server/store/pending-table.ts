import { latin1Of } from "@kith/protocol/hashes";

import { SortedList } from "./sorted-list.ts";
import type { RowRange, Space } from "./state-store.ts";
import { blobTableName } from "./tables/table-names.ts";
import { setEntry, type Undo } from "./undo-log.ts";

/** What a row is now; without `row` it is gone. */
export type RowChange = { readonly key: Uint8Array; readonly row: Uint8Array | undefined };

/** The changed rows of one space. They are put in order only when somebody asks for a range. */
export class PendingTable {
  readonly space: Space;
  readonly changes = new Map<string, RowChange>();
  private order: SortedList | undefined;

  constructor(space: Space) {
    // Refuses what is no space before it gets anywhere.
    blobTableName(space.service, space.space);
    this.space = space;
  }

  get(keyText: string): RowChange | undefined {
    return this.changes.get(keyText);
  }

  set(keyText: string, change: RowChange): Undo {
    const isNew = !this.changes.has(keyText);
    const undo = setEntry(this.changes, keyText, change);
    if (isNew) this.order?.add(keyText);
    return () => {
      undo?.();
      if (isNew) this.order?.remove(keyText);
    };
  }

  /** The changes within a range, in its direction, however many. */
  *range({ from, to, reverse }: RowRange): Generator<RowChange> {
    const order = (this.order ??= inOrder(this.changes.keys()));
    const fromText = from === undefined ? "" : latin1Of(from);
    const toText = to === undefined ? undefined : latin1Of(to);
    const keys = reverse ? order.descending(toText) : order.ascending(fromText);
    for (const keyText of keys) {
      if (reverse ? keyText < fromText : toText !== undefined && keyText >= toText) return;
      const change = this.changes.get(keyText);
      if (change !== undefined) yield change;
    }
  }
}

function inOrder(keys: Iterable<string>): SortedList {
  const list = new SortedList();
  for (const key of keys) list.add(key);
  return list;
}
