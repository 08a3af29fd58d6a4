import { join } from "node:path";

/** What a node hands out, below its data folder: one file, and what it is made of. */
export function handedOutFolder(dataFolder: string): string {
  return join(dataFolder, "snapshot");
}

/** What it gets from others. */
export function incomingFolder(dataFolder: string): string {
  return join(dataFolder, "incoming");
}

export const snapshotName = "state.snapshot";
/** The same while it is made. A process that has lost its node may still be writing another. */
export function draftName(pid: number): string {
  return `draft-${pid}`;
}
