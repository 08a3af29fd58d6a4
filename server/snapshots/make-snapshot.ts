import { join } from "node:path";

import type { Applied } from "@kith/chain/ports";
import { sortableRows } from "@kith/chain/snapshot";
import { SnapshotCutter } from "@kith/chain/snapshot-cutter";
import type { SealedBlock } from "@kith/protocol/block";
import type { ChunkList } from "@kith/protocol/chunk-list";
import { toHex } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";
import type { SnapshotProof } from "@kith/protocol/snapshot-manifest";
import { RowSorter } from "@kith/store/row-sorter";
import type { StateReader } from "@kith/store/state-reader";

import { sortBytes } from "./limits.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";

export type MakeError =
  /** Nothing was executed yet. */
  | { readonly code: "state-empty" }
  /** The rows are not those of the root that this node has computed: state.db is damaged. */
  | {
      readonly code: "state-damaged";
      readonly num: number;
      readonly expected: string;
      readonly computed: string;
    };

type MakeOptions = {
  readonly reader: StateReader;
  /** The folder for the file, and for what is needed meanwhile. */
  readonly folder: string;
  readonly name: string;
  /** Everything is read as it was after this block, whatever is written meanwhile. */
  readonly onPinned?: (applied: Applied) => void;
  /** The state is not read any more. */
  readonly onScanned?: () => void;
};

/** A file with all rows, which lacks what makes it a snapshot that can be believed. */
export type MadeRows = {
  readonly applied: Applied;
  readonly chunks: ChunkList;
  /** Completes the file, and brings it to the disk. */
  finish(ends: {
    readonly block: SealedBlock;
    readonly genesis: SealedBlock;
    readonly proof?: SnapshotProof;
  }): void;
};

/**
 * Writes the rows of the state after the newest block in state.db. Blocks go on meanwhile: the rows are read in one
 * transaction of SQLite, which neither waits nor holds anybody up, and put in the order of snapshots behind it.
 */
export function makeRows(options: MakeOptions): Result<MadeRows, MakeError> {
  const { reader, folder, name, onPinned, onScanned } = options;
  const sorter = new RowSorter({ path: join(folder, `${name}.sort`), memoryBytesMax: sortBytes });
  try {
    const applied = reader.read((file, newest) => {
      if (newest === undefined) return undefined;
      onPinned?.(newest);
      for (const { hash, entry } of sortableRows(file, file.listSpaces())) {
        sorter.add({ key: hash, value: entry });
      }
      return newest;
    });
    onScanned?.();
    return applied === undefined
      ? err({ code: "state-empty" })
      : cutRows(sorter, applied, join(folder, name));
  } finally {
    sorter.close();
  }
}

function cutRows(sorter: RowSorter, applied: Applied, path: string): Result<MadeRows, MakeError> {
  const writer = new SnapshotWriter(path);
  const cutter = new SnapshotCutter((rows) => writer.rows(rows));
  for (const { key, value } of sorter.sorted()) cutter.add({ hash: key, entry: value });
  const cut = cutter.end();
  const computed = toHex(cut.root);
  const { num, stateRoot, eventRoot } = applied;
  if (computed !== stateRoot) {
    writer.abandon();
    return err({ code: "state-damaged", num, expected: stateRoot, computed });
  }
  const chunks = writer.heads(cut);
  return ok({
    applied,
    chunks,
    finish({ block, genesis, proof }) {
      const roots = { stateRoot, eventRoot };
      const manifest = { chain: genesis.id, block, ...roots, chunks };
      writer.finish(proof === undefined ? manifest : { ...manifest, proof }, genesis.bytes);
    },
  });
}
