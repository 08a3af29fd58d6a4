import { mkdirSync, renameSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import type { ServiceMachine } from "@kith/chain/ports";
import type { SealedBlock } from "@kith/protocol/block";
import { decodeBlock } from "@kith/protocol/blocks";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { decodeSnapshotProof } from "@kith/protocol/snapshot-manifest";
import { stagedFolder } from "@kith/store/staged-file";
import { openStateReader } from "@kith/store/state-reader";

import { draftName, handedOutFolder, incomingFolder, snapshotName } from "./folders.ts";
import { IncomingFile } from "./incoming-file.ts";
import { makeRows, type MadeRows } from "./make-snapshot.ts";
import type { Ends, FromProcess, ProcessFault } from "./process-messages.ts";
import { stageSnapshot } from "./stage-snapshot.ts";

type RunOptions = {
  readonly task: string;
  readonly folder: string;
  readonly machine: () => ServiceMachine;
};

/** What a process does that a node has started with `startSnapshotProcess`. */
export async function runSnapshotProcess({ task, folder, machine }: RunOptions): Promise<void> {
  try {
    const fault = task === "make" ? await make(folder) : stage(folder, machine());
    if (fault !== undefined) tell({ kind: "fault", fault });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: "fault", fault: { code: "snapshot-process-failed", message } });
  }
}

async function make(dataFolder: string): Promise<ProcessFault | undefined> {
  const folder = handedOutFolder(dataFolder);
  mkdirSync(folder, { recursive: true });
  const reader = openStateReader(dataFolder);
  const rows = makeRows({
    reader,
    folder,
    name: draftName(process.pid),
    onPinned: ({ num }) => tell({ kind: "pinned", num }),
    onScanned: () => reader.close(),
  });
  if (!rows.ok) return rows.error;
  tell({ kind: "rows", applied: rows.value.applied });
  const line = await nextLine();
  // The node wants it no more, or has ended.
  if (line === undefined) rmSync(join(folder, draftName(process.pid)), { force: true });
  else finish(folder, rows.value, JSON.parse(line));
  return undefined;
}

function finish(folder: string, rows: MadeRows, ends: Ends): void {
  const proof = decodeSnapshotProof(bytesOfTrustedHex(ends.proof));
  if (!proof.ok) throw new Error(`the node's proof is ${proof.error.code}`);
  rows.finish({
    block: blockOf(ends.block),
    genesis: blockOf(ends.genesis),
    proof: proof.value,
  });
  renameSync(join(folder, draftName(process.pid)), join(folder, snapshotName));
  tell({ kind: "finished" });
}

function blockOf(hex: string): SealedBlock {
  const block = decodeBlock(bytesOfTrustedHex(hex));
  if (!block.ok) throw new Error(`the node's block is ${block.error.code}`);
  return block.value;
}

function stage(dataFolder: string, machine: ServiceMachine): ProcessFault | undefined {
  const incoming = IncomingFile.resume(incomingFolder(dataFolder));
  if (incoming === undefined) throw new Error("there is nothing to stage");
  const folder = stagedFolder(dataFolder);
  const { manifest } = incoming;
  const staged = stageSnapshot({ folder, machine, manifest, chunks: counted(incoming.all()) });
  if (!staged.ok) return staged.error;
  tell({ kind: "staged", num: staged.value.num });
  return undefined;
}

/** Telling fails when the node is gone, and ends this process with it. */
function* counted(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  let count = 0;
  for (const chunk of chunks) {
    if (count % chunksBetweenLines === 0) tell({ kind: "progress", chunks: count });
    count += 1;
    yield chunk;
  }
}

const chunksBetweenLines = 8;

function nextLine(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin });
    lines.once("line", (line) => {
      resolve(line);
      lines.close();
    });
    lines.once("close", () => resolve(undefined));
  });
}

/** At once: what waits in a buffer is lost when the process ends. */
function tell(message: FromProcess): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}
