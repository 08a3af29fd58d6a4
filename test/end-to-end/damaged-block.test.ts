import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { ClusterNode, settleMs } from "./cluster.ts";
import { damageBlock, rangeOf } from "./damaged-block.ts";
import { freePorts } from "./ports.ts";
import { until } from "./until.ts";
import { checkAcknowledged, Writer } from "./writer.ts";
import { moreOf } from "./writers.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-end-to-end-"));
const node = new ClusterNode("alone", join(folder, "alone"), await freePorts(1), {});
after(async () => {
  if (node.running) await node.process.kill();
  rmSync(folder, { recursive: true, force: true });
});

test("a lone node whose newest block is damaged says so, and goes on behind it: all of it is executed", async () => {
  node.start();
  await node.ready();
  const writer = new Writer("alone", [node]);
  writer.start();
  await moreOf(writer, 5);
  await writer.stop();
  assert.equal(await node.process.stop(), 0);
  const { last } = await rangeOf(node);
  await damageBlock(node, last);

  node.start();
  await node.ready();
  await until("the node says what is damaged", settleMs, () =>
    node.process.output.includes(`block ${last} of log.db is damaged; asking other nodes for it`),
  );
  const again = new Writer("again", [node]);
  again.start();
  await moreOf(again, 5);
  await again.stop();
  for (const one of [...writer.acknowledged, ...again.acknowledged]) {
    await checkAcknowledged(node, one);
  }
  const before = await node.status();
  assert.ok(before.executed !== undefined && before.executed.num > last);

  assert.equal(await node.process.stop(), 0);
  node.start();
  await node.ready();
  assert.ok(((await node.status()).executed?.num ?? 0) >= before.executed.num);
  assert.equal(await node.process.stop(), 0);
});
