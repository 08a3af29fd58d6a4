import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { blockNumOf } from "@kith/protocol/ids";
import { openLog } from "@kith/store/log";

import type { ClusterNode } from "./cluster.ts";

/** The oldest and the newest block in the log of a node that does not run. */
export async function rangeOf({
  folder,
}: Pick<ClusterNode, "folder">): Promise<{ readonly first: number; readonly last: number }> {
  const opened = openLog({ folder, onBroken: assert.fail });
  assert.ok(opened.ok);
  const range = opened.value.log.range();
  await opened.value.log.close();
  return range ?? assert.fail("the log is empty");
}

/** Flips a bit of a block on the disk of a node that does not run, wherever it stands; which block it was is left readable. */
export async function damageBlock(node: ClusterNode, num: number): Promise<void> {
  const opened = openLog({ folder: node.folder, onBroken: assert.fail });
  assert.ok(opened.ok);
  const { log } = opened.value;
  const read = log.readBlock(blockNumOf(num));
  await log.close();
  assert.equal(read.kind, "found");
  assert.ok(read.kind === "found");
  const path = join(node.folder, "log.db");
  const file = readFileSync(path);
  const start = read.block.bytes.subarray(0, headBytes);
  let count = 0;
  for (let at = file.indexOf(start); at >= 0; at = file.indexOf(start, at + 1)) {
    const last = at + headBytes - 1;
    file[last] = (file[last] ?? 0) ^ 1;
    count += 1;
  }
  assert.ok(count > 0, `block ${num} stands in log.db`);
  writeFileSync(path, file);
}

/** Of each block: enough to be of no other one, as the id of the block before is in it. */
const headBytes = 64;
