import type { SnapshotError } from "@kith/chain/errors";
import type { Applied } from "@kith/chain/ports";

import type { MakeError } from "./make-snapshot.ts";

/** What a snapshot process tells the node that started it, one JSON text a line. */
export type FromProcess =
  /** Everything is read as it was after this block: the node may go on writing. */
  | { readonly kind: "pinned"; readonly num: number }
  /** The rows are in the file. */
  | { readonly kind: "rows"; readonly applied: Applied }
  /** The file is whole, and on the disk. */
  | { readonly kind: "finished" }
  /** So many chunks are in the state that is made. */
  | { readonly kind: "progress"; readonly chunks: number }
  /** The state is made, and on the disk. */
  | { readonly kind: "staged"; readonly num: number }
  | { readonly kind: "fault"; readonly fault: ProcessFault };

export type ProcessFault =
  | MakeError
  | SnapshotError
  | { readonly code: "snapshot-process-failed"; readonly message: string };

/** What the node answers to `rows`: the packed blocks and the packed proof, in hexadecimal digits. */
export type Ends = { readonly block: string; readonly genesis: string; readonly proof: string };

/** What a process is started for: its first argument. */
export type ProcessTask = "make" | "stage";
