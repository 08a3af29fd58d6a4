import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { ClusterNode, settleMs } from "./cluster.ts";
import { damageBlock, rangeOf } from "./damaged-block.ts";
import { request, rootHost } from "./http-client.ts";
import { freePorts } from "./ports.ts";
import { until } from "./until.ts";
import { checkAcknowledged, Writer } from "./writer.ts";

const keptBlocks = 256;
/** The log is looked at every 256 blocks: at the third time there is something to drop. */
const blocksMade = 3 * 256 + 1;

const folder = mkdtempSync(join(tmpdir(), "kith-end-to-end-"));
const nodes: ClusterNode[] = [];
after(async () => {
  await Promise.all(nodes.filter((node) => node.running).map((node) => node.process.kill()));
  rmSync(folder, { recursive: true, force: true });
});

function addNode(
  name: string,
  port: number,
  options: Record<string, string | number>,
): ClusterNode {
  const node = new ClusterNode(name, join(folder, name), port, { options });
  nodes.push(node);
  return node;
}

test("a log keeps as many blocks as it was told, and who comes later gets the state instead", async () => {
  const port = await freePorts(3);
  const trimmed = addNode("trimmed", port, { "keep-blocks": keptBlocks });
  trimmed.start();
  await trimmed.ready();
  const joining = (at: number) => ({
    join: `http://${rootHost}:${port}`,
    "public-url": `ws://127.0.0.1:${at}/p2p`,
  });
  const whole = new ClusterNode("whole", join(folder, "whole"), port + 2, {
    options: joining(port + 2),
  });
  whole.start();
  await whole.ready();
  const writer = new Writer("trim", [trimmed]);
  writer.start();
  await until("enough blocks are made", 4 * settleMs, async () => {
    return ((await trimmed.status()).final?.num ?? 0) >= blocksMade;
  });
  await writer.stop();
  assert.equal(await trimmed.process.stop(), 0);
  const { first } = await rangeOf(trimmed);
  assert.ok(first > 1 && first <= blocksMade - keptBlocks, `the log starts at block ${first}`);

  trimmed.start();
  await trimmed.ready();
  const late = addNode("late", port + 1, joining(port + 1));
  nodes.push(whole);
  late.start();
  await until("the late node has the same state", settleMs, async () => {
    const [ours, theirs] = await Promise.all([trimmed.status(), late.status()]);
    return ours.executed?.stateRoot === theirs.executed?.stateRoot;
  });
  const newest = writer.acknowledged.at(-1);
  assert.ok(newest !== undefined);
  await checkAcknowledged(trimmed, newest);
  const behind = new Writer("more", [trimmed]);
  behind.start();
  await until("the late node follows", settleMs, async () => {
    return ((await late.status()).executed?.num ?? 0) > newest.blockNum + 3;
  });
  await behind.stop();
  await checkHistory(trimmed, late);
  assert.equal(await late.process.stop(), 0);
  assert.ok((await rangeOf(late)).first > 1, "the late node got a snapshot");
});

test("a block that is lost everywhere costs a node its state, for which it gets another, and not its log", async () => {
  const [trimmed, , whole] = nodes;
  assert.ok(trimmed !== undefined && whole !== undefined);
  assert.equal(await whole.process.stop(), 0);
  const { first, last } = await rangeOf(whole);
  assert.equal(first, 1);
  // As people are told to do with a state that cannot be read.
  for (const name of readdirSync(whole.folder)) {
    if (name.startsWith("state.db")) rmSync(join(whole.folder, name), { recursive: true });
  }
  const lost = 5;
  await damageBlock(whole, lost);
  whole.start();
  await until("the node has said what it lacks, with a code", settleMs, () =>
    whole.process.output.includes(`block-lost: block ${lost} of log.db is damaged`),
  );
  await until("the node has another state", settleMs, async () => {
    const [ours, theirs] = await Promise.all([trimmed.status(), whole.status()]);
    return ours.executed?.stateRoot === theirs.executed?.stateRoot;
  });
  await whole.ready();
  assert.equal(await whole.process.stop(), 0);
  const kept = await rangeOf(whole);
  assert.ok(kept.first > lost && kept.last >= last, JSON.stringify(kept));
});

/** The node that executed every block has all events; the other knows genesis, and says what it never saw. */
async function checkHistory(whole: ClusterNode, late: ClusterNode): Promise<void> {
  const [all, some] = [await pageOf(whole), await pageOf(late)];
  assert.deepEqual([all["oldest"], all["gaps"]], [1, []]);
  const [gap, ...others] = some["gaps"] as readonly { first: number; last: number }[];
  assert.ok(gap !== undefined && gap.last > blocksMade - keptBlocks, JSON.stringify(some));
  assert.deepEqual([some["oldest"], gap.first, others], [1, 2, []]);
}

async function pageOf(node: ClusterNode): Promise<Record<string, unknown>> {
  const answer = await request(node, "", "/common/events?service=accounts");
  return (await answer.json()) as Record<string, unknown>;
}
