import { preparedBytesMax, preparedRoomShare, preparedUnusedDaysMax } from "./limits.ts";

const dayMs = 86_400_000;

/** One file of the folder, and when it was last of use to anybody. */
export type PreparedFileFacts = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
};

/**
 * Those that go: what nobody has used for long, and, when all together take too much room, what was used longest ago.
 * Of those last used on one day the largest go first, so that somebody who wants to drive out what others use has to
 * install as much again of the smallest there is, and not a few services with large memories.
 */
export function filesToRemove(
  files: readonly PreparedFileFacts[],
  { nowMs, bytesMax = preparedBytesMax }: { readonly nowMs: number; readonly bytesMax?: number },
): readonly PreparedFileFacts[] {
  const daysUnused = ({ usedMs }: PreparedFileFacts): number =>
    Math.floor((nowMs - usedMs) / dayMs);
  const removed = files.filter((file) => daysUnused(file) > preparedUnusedDaysMax);
  const kept = files.filter((file) => daysUnused(file) <= preparedUnusedDaysMax);
  let keptBytes = kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (keptBytes <= bytesMax) return removed;
  kept.sort((a, b) => daysUnused(b) - daysUnused(a) || b.sizeBytes - a.sizeBytes);
  for (const file of kept) {
    if (keptBytes <= bytesMax * (1 - preparedRoomShare)) break;
    removed.push(file);
    keptBytes -= file.sizeBytes;
  }
  return removed;
}
