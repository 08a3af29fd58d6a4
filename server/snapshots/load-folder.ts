import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import type { SnapshotError } from "@kith/chain/errors";
import type { Applied, ServiceMachine } from "@kith/chain/ports";
import { certificatesOfSnapshot } from "@kith/protocol/certificate-of-snapshot";
import { err, ok, type Result } from "@kith/protocol/result";
import { lockFolder } from "@kith/store/folder-lock";
import { openLog, type OpenLogError } from "@kith/store/log";
import type { LogStore } from "@kith/store/log-store";
import { markReady, stagedFolder, takePlace } from "@kith/store/staged-file";
import { writeWhole } from "@kith/store/write-whole";

import type { SnapshotFile } from "./snapshot-file.ts";
import { stageSnapshot } from "./stage-snapshot.ts";

export type FolderFault =
  /** A node was here before: its state, and what it has promised as a producer, are not to be replaced. */
  | { readonly code: "folder-not-fresh"; readonly folder: string }
  | { readonly code: "folder-in-use"; readonly folder: string }
  | { readonly code: "log-not-made"; readonly folder: string; readonly why: OpenLogError["code"] };

export type LoadError = SnapshotError | FolderFault;

type LoadOptions = {
  /** Proved before; its chunks are checked on the way. */
  readonly file: SnapshotFile;
  /** The data folder of a node that was never started. */
  readonly folder: string;
  readonly machine: ServiceMachine;
  readonly onChunk: (loaded: number) => void;
};

/** The block that a node's network begins with, as `@kith/node` finds it. */
const genesisName = "genesis.block";

/**
 * Makes the data folder of a node that starts behind the snapshot's block. Interrupted anywhere, it can be done again: a log, which
 * a node would go on from, is what comes last.
 */
export async function loadFolder(options: LoadOptions): Promise<Result<Applied, LoadError>> {
  const { folder } = options;
  if (existsSync(join(folder, "log.db"))) return err({ code: "folder-not-fresh", folder });
  mkdirSync(folder, { recursive: true });
  const lock = lockFolder(folder);
  if (!lock.ok) return err({ code: "folder-in-use", folder });
  try {
    return await load(options);
  } finally {
    lock.value.release();
  }
}

async function load({
  file,
  folder,
  machine,
  onChunk,
}: LoadOptions): Promise<Result<Applied, LoadError>> {
  const { manifest, genesis } = file;
  const staged = stagedFolder(folder);
  const chunks = counted(file.chunks(), onChunk);
  const applied = stageSnapshot({ folder: staged, machine, manifest, chunks });
  if (!applied.ok) return applied;
  writeWhole(join(folder, genesisName), genesis.bytes);
  markReady(staged, applied.value.num);
  takePlace(folder);
  // A log that is begun and not finished is one that a node repairs: its state names the block to go on from.
  const opened = openLog({
    folder,
    chain: genesis.id,
    onBroken: (broken) => {
      throw broken;
    },
  });
  if (!opened.ok) return err({ code: "log-not-made", folder, why: opened.error.code });
  await beginLog(opened.value.log, file);
  return ok(applied.value);
}

async function beginLog(log: LogStore, { manifest }: SnapshotFile): Promise<void> {
  for (const certified of certificatesOfSnapshot(manifest)) log.keepCertificate(certified);
  await new Promise<void>((done) => log.restartAt(manifest.block, done));
  await log.close();
}

function* counted(
  chunks: Iterable<Uint8Array>,
  onChunk: (loaded: number) => void,
): Generator<Uint8Array> {
  let count = 0;
  for (const chunk of chunks) {
    yield chunk;
    onChunk(++count);
  }
}
