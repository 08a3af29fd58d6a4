import { readUsage } from "./process-usage.ts";

export type IdleResult = {
  readonly writtenBytes: number;
  readonly cpuPercent: number;
  readonly memoryMb: number;
};

/** What each process does while nobody asks anything of it. */
export async function measureIdle(
  pids: readonly number[],
  durationMs: number,
): Promise<IdleResult[]> {
  const before = pids.map(readUsage);
  await Bun.sleep(durationMs);
  return pids.map((pid, index) => {
    const now = readUsage(pid);
    return {
      writtenBytes: now.writtenBytes - (before[index]?.writtenBytes ?? 0),
      cpuPercent: ((now.cpuMs - (before[index]?.cpuMs ?? 0)) / durationMs) * 100,
      memoryMb: now.memoryMb,
    };
  });
}
