import { readFileSync } from "node:fs";

/** What one process has used since it started, from /proc. */
export type Usage = {
  readonly cpuMs: number;
  readonly memoryMb: number;
  /** Bytes that this process caused to be sent to the disk. */
  readonly writtenBytes: number;
};

/** Jiffies of /proc/pid/stat; Linux reports them in hundredths of a second. */
const jiffyMs = 10;

export function readUsage(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [userJiffies, systemJiffies] = [Number(fields[11]), Number(fields[12])];
  return {
    cpuMs: (userJiffies + systemJiffies) * jiffyMs,
    memoryMb: numberAfter(readFileSync(`/proc/${pid}/status`, "utf8"), "VmRSS:") / 1024,
    writtenBytes: numberAfter(readFileSync(`/proc/${pid}/io`, "utf8"), "write_bytes:"),
  };
}

function numberAfter(text: string, label: string): number {
  return Number(new RegExp(`${label}\\s*(\\d+)`).exec(text)?.[1] ?? Number.NaN);
}
