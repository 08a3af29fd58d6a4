import { readFileSync } from "node:fs";

/** What a process takes and has taken. */
export type ProcessUsage = { readonly residentBytes: number; readonly cpuMs: number };

/** As Linux reports them wherever Kith has run so far; larger pages would err on the safe side. */
const pageBytes = 4096;
const jiffyMs = 10;

/** Undefined where the system has no `/proc`, or no such process (proc_pid_stat(5)). */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is a name in parentheses, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [userJiffies, systemJiffies, pages] = [fields[11], fields[12], fields[21]];
    const cpuMs = (Number(userJiffies) + Number(systemJiffies)) * jiffyMs;
    return { residentBytes: Number(pages) * pageBytes, cpuMs };
  } catch {
    return undefined;
  }
}
