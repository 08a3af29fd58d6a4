import type { SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { eventRootOf } from "@kith/protocol/event-tree";
import { bytesOfTrustedHex, equalBytes } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";
import { unpackAddress } from "@kith/protocol/packed-address";
import { err, ok, type Result } from "@kith/protocol/result";
import {
  decodeSnapshotChunk,
  verifySnapshotChunk,
  type ChunkRow,
} from "@kith/protocol/snapshot-chunk";

import { declareAllTables } from "./declare-tables.ts";
import type { SnapshotError } from "./errors.ts";
import { eventTreeOf } from "./event-root.ts";
import { executedIds } from "./executed-ids.ts";
import type { Rows } from "./overlay.ts";
import { chainAccount, ownSpaces } from "./own-rows.ts";
import type { Applied, RowAddress, ServiceMachine, StateStore } from "./ports.ts";
import { treePath } from "./tree-path.ts";

/** What a snapshot is of, its chunks in order, and the block that it stands behind, where the log has to start. */
export type LoadedSnapshot = {
  readonly applied: Applied;
  readonly chunks: Iterable<Uint8Array>;
  readonly block: SealedBlock | undefined;
};

/** What a snapshot is written into. */
export type SnapshotTarget = Pick<
  StateStore,
  | "begin"
  | "clear"
  | "commit"
  | "abandon"
  | "getRow"
  | "rangeRows"
  | "putRow"
  | "putTreeNode"
  | "putReceipt"
  | "declareTables"
  | "declaredRevision"
>;

/** Everything or nothing: each chunk has to be what the state with the root of `applied` has there. */
export function loadSnapshot(
  { state, machine }: { readonly state: SnapshotTarget; readonly machine: ServiceMachine },
  { applied, chunks, block }: LoadedSnapshot,
): Result<Applied, SnapshotError> {
  state.begin();
  let result: Result<Applied, SnapshotError> | undefined;
  try {
    state.clear();
    const rows: Rows = {
      read: ({ address }) => state.getRow(address),
      range: (range) => state.rangeRows(range),
    };
    const fault = writeChunks(state, applied, chunks);
    if (fault === undefined) declareAllTables({ state, machine, rows });
    const wrong = fault ?? checkEvents(rows, applied);
    if (wrong === undefined) {
      rebuildReceipts(state, rows);
      if (block !== undefined) state.putRow(snapshotBlockAddress, block.bytes);
      state.commit(applied);
    }
    result = wrong === undefined ? ok(applied) : err(wrong);
    return result;
  } finally {
    if (result?.ok !== true) state.abandon();
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

function writeChunks(
  state: SnapshotTarget,
  applied: Applied,
  chunks: Iterable<Uint8Array>,
): SnapshotError | undefined {
  const root = bytesOfTrustedHex(applied.stateRoot);
  let next: Uint8Array | undefined = new Uint8Array(root.length);
  let at = 0;
  for (const bytes of chunks) {
    const wrong = (fault: Extract<SnapshotError, { code: "snapshot-chunk-wrong" }>["fault"]) =>
      ({ code: "snapshot-chunk-wrong", chunk: at, fault }) as const;
    const chunk = decodeSnapshotChunk(bytes);
    if (!chunk.ok) return wrong(chunk.error);
    const { range, rows } = chunk.value;
    if (next === undefined || !equalBytes(range.from, next))
      return wrong({ code: "chunk-not-next" });
    const proved = verifySnapshotChunk(root, chunk.value, (depth, address, node) => {
      const path = treePath(address.bytes.subarray(address.at), depth);
      state.putTreeNode(path, node);
    });
    if (!proved.ok) return wrong(proved.error);
    if (!rows.every((row) => writeRow(state, row))) return wrong({ code: "chunk-row-nowhere" });
    next = range.to;
    at++;
  }
  return next === undefined ? undefined : { code: "snapshot-ends-early", chunks: at };
}

function writeRow(state: SnapshotTarget, { address, row }: ChunkRow): boolean {
  const place = unpackAddress(address);
  if (place === undefined || place.space % 16 !== 0) return false;
  state.putRow(place, row);
  return true;
}

function checkEvents(rows: Rows, { eventRoot }: Applied): SnapshotError | undefined {
  const computed = eventRootOf(eventTreeOf(rows));
  if (computed === eventRoot) return undefined;
  return { code: "snapshot-event-root-differs", expected: eventRoot, computed };
}

/** Receipts themselves stay where they were made; that a transaction was executed is known here too. */
function rebuildReceipts(state: SnapshotTarget, rows: Rows): void {
  for (const { id, expiration, blockNum } of executedIds(rows)) {
    state.putReceipt(id, {
      blockNum: blockNumOf(blockNum),
      expirationSeconds: expiration,
      bytes: new Uint8Array(),
    });
  }
}
