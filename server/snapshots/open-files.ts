import { readdirSync, readlinkSync } from "node:fs";

/** For tests: the files below `folder` that this process has open, where the system tells (Linux does). */
export function openFilesBelow(folder: string): readonly string[] | undefined {
  let handles: readonly string[];
  try {
    handles = readdirSync("/proc/self/fd");
  } catch {
    return undefined;
  }
  return handles.map(targetOf).filter((path) => path.startsWith(`${folder}/`));
}

function targetOf(handle: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${handle}`);
  } catch {
    // The one that the list itself was read by.
    return "";
  }
}
