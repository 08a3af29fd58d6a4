import { compareBytes, concatBytes, sha256 } from "@kith/protocol/hashes";
import { packAddress, type RowAddress } from "@kith/protocol/row-proof";
import { encodeChunkRow } from "@kith/protocol/snapshot-chunk";

import { rangeRowsMax } from "./limits.ts";
import type { Applied, KeyedRow, RowReader, StateStore } from "./ports.ts";
import { SnapshotCutter, type SortedRow } from "./snapshot-cutter.ts";

/** All rows after a block as chunks, each of which can be checked by itself, in the order of address hashes. */
export type Snapshot = { readonly applied: Applied; readonly chunks: readonly Uint8Array[] };

/** For states that fit into memory several times. */
export function exportSnapshot(state: StateStore): Snapshot | undefined {
  const applied = state.applied();
  if (applied === undefined) return undefined;
  const rows = [...sortableRows(state, state.listSpaces())];
  const parts: Uint8Array[] = [];
  const cutter = new SnapshotCutter((entries) => void parts.push(concatBytes(...entries)));
  for (const row of rows.toSorted((a, b) => compareBytes(a.hash, b.hash))) cutter.add(row);
  const { head } = cutter.end();
  return { applied, chunks: parts.map((part, at) => concatBytes(head(at), part)) };
}

type Space = Pick<RowAddress, "service" | "space">;

/** Everything that a snapshot holds, in the order in which it is stored. */
export function* sortableRows(state: RowReader, spaces: readonly Space[]): Generator<SortedRow> {
  for (const { service, space } of spaces) {
    if (space % 16 !== 0) continue;
    for (const { key, row } of rowsOf(state, { service, space })) {
      const address = packAddress({ service, space, key });
      yield { hash: sha256(address), entry: encodeChunkRow({ address, row }) };
    }
  }
}

function* rowsOf(state: RowReader, space: Space): Generator<KeyedRow> {
  let from = new Uint8Array();
  for (;;) {
    const page = state.rangeRows({ ...space, from, reverse: false, limit: rangeRowsMax });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    from = new Uint8Array(last.key.length + 1);
    from.set(last.key);
  }
}
