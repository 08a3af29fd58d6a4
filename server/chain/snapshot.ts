import type { SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { snapshotRowsCodec, type SnapshotRow } from "@kith/protocol/entry-points";
import { eventRootOf } from "@kith/protocol/event-tree";
import { toHex } from "@kith/protocol/hashes";
import { blockNumOf, checksumOf, type AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import type { ChainParts } from "./apply-block.ts";
import { declareAllTables } from "./declare-tables.ts";
import type { SnapshotError } from "./errors.ts";
import { eventTreeOf } from "./event-root.ts";
import { executedIds } from "./executed-ids.ts";
import { rangeRowsMax, snapshotChunkBytes } from "./limits.ts";
import { chainAccount, ownSpaces } from "./own-rows.ts";
import { keyText, placeOf } from "./place.ts";
import type { Applied, KeyedRow, RowAddress, StateStore } from "./ports.ts";
import type { RowChange } from "./state-tree.ts";
import { treeChange } from "./tree-change.ts";

/** All rows after a block, in order of service, space and key, cut into chunks. */
export type Snapshot = { readonly applied: Applied; readonly chunks: readonly Uint8Array[] };

export function exportSnapshot(state: StateStore): Snapshot | undefined {
  const applied = state.applied();
  if (applied === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  let rows: SnapshotRow[] = [];
  let sizeBytes = 0;
  for (const row of allRows(state)) {
    if (sizeBytes > 0 && sizeBytes + row.row.length > snapshotChunkBytes) {
      chunks.push(snapshotRowsCodec.pack(rows));
      rows = [];
      sizeBytes = 0;
    }
    rows.push(row);
    sizeBytes += row.row.length + row.key.length + rowOverheadBytes;
  }
  chunks.push(snapshotRowsCodec.pack(rows));
  return { applied, chunks };
}

/** Everything or nothing: what the chunks hold must give the root that the network has agreed on. */
export function installSnapshot(
  parts: ChainParts,
  applied: Applied,
  snapshot: { readonly chunks: Iterable<Uint8Array>; readonly block: SealedBlock | undefined },
): Result<Applied, SnapshotError> {
  const { state, stored, tree, quotas } = parts;
  const { chunks, block } = snapshot;
  state.begin();
  stored.reset();
  tree.reset();
  let result: Result<Applied, SnapshotError> | undefined;
  try {
    state.clear();
    result = writeRows(parts, applied, chunks);
    if (result.ok) {
      declareAllTables({ state, machine: parts.machine, rows: stored });
      rebuildReceipts(parts);
      if (block !== undefined) state.putRow(snapshotBlockAddress, block.bytes);
      state.commit(applied);
    }
    return result;
  } finally {
    if (result?.ok !== true) state.abandon();
    stored.reset();
    tree.reset();
    quotas.reset();
  }
}

/** Beside the spaces that snapshots carry and the tree covers: this node's own business. */
const snapshotBlockAddress: RowAddress = {
  service: chainAccount,
  space: ownSpaces.facts + 15,
  key: new Uint8Array(),
};

/** The block of the last snapshot, while nothing was executed behind it. */
export function snapshotBlock(state: StateStore): SealedBlock | undefined {
  const bytes = state.getRow(snapshotBlockAddress);
  const block = bytes === undefined ? undefined : decodeBlock(bytes);
  return block?.ok === true && block.value.id === state.applied()?.id ? block.value : undefined;
}

const rowOverheadBytes = 64;

function* allRows(state: StateStore): Generator<SnapshotRow> {
  for (const { service, space } of state.listSpaces()) {
    if (space % 16 !== 0) continue;
    for (const { key, row } of rowsOf(state, service, space)) yield { service, space, key, row };
  }
}

function* rowsOf(state: StateStore, service: AccountName, space: number): Generator<KeyedRow> {
  let from = new Uint8Array();
  for (;;) {
    const page = state.rangeRows({ service, space, from, reverse: false, limit: rangeRowsMax });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    from = new Uint8Array([...last.key, 0]);
  }
}

function writeRows(
  { state, stored, tree }: ChainParts,
  applied: Applied,
  chunks: Iterable<Uint8Array>,
): Result<Applied, SnapshotError> {
  let at = 0;
  let before = "";
  let root = tree.update([]);
  for (const chunk of chunks) {
    const rows = snapshotRowsCodec.unpack(chunk);
    if (!rows.ok) return err({ code: "snapshot-malformed", chunk: at });
    const changes: RowChange[] = [];
    for (const { service, space, key, row } of rows.value) {
      const order = `${service}/${String(space).padStart(10, "0")}/${keyText(key)}`;
      if (order <= before || space % 16 !== 0)
        return err({ code: "snapshot-malformed", chunk: at });
      before = order;
      const place = placeOf(service, space, key);
      state.putRow(place.address, row);
      changes.push(treeChange({ place, row }));
    }
    root = tree.update(changes);
    at++;
  }
  const computed = checksumOf(toHex(root));
  if (computed !== applied.stateRoot) {
    return err({ code: "snapshot-root-differs", expected: applied.stateRoot, computed });
  }
  const eventRoot = eventRootOf(eventTreeOf(stored));
  if (eventRoot === applied.eventRoot) return ok(applied);
  return err({
    code: "snapshot-event-root-differs",
    expected: applied.eventRoot,
    computed: eventRoot,
  });
}

/** Receipts themselves stay where they were made; that a transaction was executed is known here too. */
function rebuildReceipts({ state, stored }: ChainParts): void {
  for (const { id, expiration, blockNum } of executedIds(stored)) {
    state.putReceipt(id, {
      blockNum: blockNumOf(blockNum),
      expirationSeconds: expiration,
      bytes: new Uint8Array(),
    });
  }
}
