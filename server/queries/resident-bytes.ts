import { readFileSync } from "node:fs";

/** Linux on every machine that Kith runs on so far; elsewhere pages may be larger, which errs on the safe side. */
const pageBytes = 4096;

/** The memory of a process; undefined where the system has no `/proc`, or no such process. */
export function residentBytesOf(pid: number): number | undefined {
  try {
    const pages = readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1];
    return pages === undefined ? undefined : Number(pages) * pageBytes;
  } catch {
    return undefined;
  }
}
