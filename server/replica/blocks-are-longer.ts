import { blockNumOf } from "@kith/protocol/ids";

import {
  blocksLongerBytesMin,
  blocksLongerMin,
  blocksSampled,
  blocksTimesLonger,
} from "./limits.ts";
import type { LogPort } from "./ports.ts";

/** Whether blocks from `from` to `to` are so much more than a snapshot that whoever lacks them is better off with that. */
export function blocksAreLonger(
  log: Pick<LogPort, "readBlock">,
  { from, to }: { readonly from: number; readonly to: number },
  snapshotBytes: number,
): boolean {
  const count = to - from + 1;
  if (count < blocksLongerMin) return false;
  // Reading all to know how long they are would take as long as sending them.
  const sizes: number[] = [];
  for (let sample = 0; sample < blocksSampled; sample += 1) {
    const num = from + Math.floor(((sample + 0.5) * count) / blocksSampled);
    const block = log.readBlock(blockNumOf(num));
    if (block.kind === "found") sizes.push(block.block.bytes.length);
  }
  // The median: a few long ones among many short ones would count for many.
  const [typical = 0] = sizes.toSorted((a, b) => a - b).slice(Math.floor(sizes.length / 2));
  const longerThan = Math.max(blocksLongerBytesMin, blocksTimesLonger * snapshotBytes);
  return typical * count > longerThan;
}
