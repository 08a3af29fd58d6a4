import assert from "node:assert/strict";
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";
import { openLog } from "@kith/store/log";

import { Cluster, settleMs, type ClusterNode } from "./cluster.ts";
import { damageBlock, rangeOf } from "./damaged-block.ts";
import { kithDone, makeKey } from "./kith.ts";
import { builtSites, compareSite } from "./site-files.ts";
import { until } from "./until.ts";

const pageBytes = 4_096;

let cluster: Cluster;

before(async () => {
  cluster = await Cluster.start(3);
  await makeKey(cluster);
  const [first] = cluster.nodes;
  assert.ok(first !== undefined);
  await kithDone(cluster.folder, first, ["account", "create", "swagger"]);
  await kithDone(cluster.folder, first, ["publish", builtSites.swagger, "--app", "swagger"]);
});
after(() => cluster.close());

/** Turns every bit of one page around, as a disk that lost it might. */
function corruptPage(folder: string, pick: (pages: number) => number): void {
  const file = openSync(join(folder, "log.db"), "r+");
  try {
    const pages = Math.floor(fstatSync(file).size / pageBytes);
    assert.ok(pages > 100, `log.db has only ${pages} pages`);
    const at = pick(pages) * pageBytes;
    const page = Buffer.alloc(pageBytes);
    readSync(file, page, 0, pageBytes, at);
    writeSync(
      file,
      page.map((byte) => byte ^ 0xff),
      0,
      pageBytes,
      at,
    );
  } finally {
    closeSync(file);
  }
}

/** Every block of a stopped node's log; undefined for one that cannot be read. */
async function blocksOf({ folder }: ClusterNode): Promise<readonly (Buffer | undefined)[]> {
  const opened = openLog({ folder, onBroken: ({ code }) => assert.fail(code) });
  assert.ok(opened.ok, opened.ok ? "" : opened.error.code);
  const { log } = opened.value;
  try {
    const last = log.range()?.last ?? 0;
    return Array.from({ length: last }, (_, index) => {
      const read = log.readBlock(blockNumOf(index + 1));
      return read.kind === "found" ? Buffer.from(read.block.bytes) : undefined;
    });
  } finally {
    await log.close();
  }
}

/** The node must come back whole, or end and say why; "whole" and "ended" are the only outcomes. */
async function restartAndWatch(node: ClusterNode): Promise<"whole" | "ended"> {
  node.start();
  const outcome = await until(`${node.name} serves or ends`, settleMs, async () => {
    if (!node.running) return "ended";
    return (await node.status()).readiness.ready ? "whole" : undefined;
  });
  if (outcome === "ended") {
    assert.notEqual(node.process.status, 0);
    assert.match(node.process.output, /log\.db/, "it names the file");
  }
  return outcome;
}

async function checkOthersServe(node: ClusterNode, account: string): Promise<void> {
  const others = cluster.nodes.filter((other) => other !== node);
  const [near] = others;
  assert.ok(near !== undefined);
  await kithDone(cluster.folder, near, ["account", "create", account]);
  await cluster.settled(others);
  await compareSite(near, "swagger", builtSites.swagger);
}

test("a node whose log lost a page of blocks gets them again from its peers", async () => {
  const node = await cluster.follower();
  const [other] = cluster.nodes.filter((each) => each !== node);
  assert.ok(other !== undefined);
  assert.equal(await node.process.stop(), 0);
  corruptPage(node.folder, (pages) => Math.floor(pages / 2));
  const damaged = (await blocksOf(node)).filter((block) => block === undefined).length;
  assert.ok(damaged > 0, "the page held part of a block");

  assert.equal(await restartAndWatch(node), "whole");
  await checkOthersServe(node, "meanwhile");
  await cluster.settled();
  await until("the node has said that its log is repaired", settleMs, () => {
    const repaired = node.process.output.match(/block \d+ of log\.db is repaired/g) ?? [];
    return repaired.length === damaged;
  });
  await compareSite(node, "swagger", builtSites.swagger);

  assert.equal(await node.process.stop(), 0);
  assert.equal(await other.process.stop(), 0);
  assert.deepEqual(await blocksOf(node), await blocksOf(other));
  node.start();
  other.start();
  await cluster.ready();
});

test("a node whose newest block is damaged and executed already serves at once, and gets it again from its peers", async () => {
  const node = await cluster.follower();
  assert.equal(await node.process.stop(), 0);
  const { last } = await rangeOf(node);
  await damageBlock(node, last);
  assert.equal(await restartAndWatch(node), "whole");
  await until("the node has said that its newest block is repaired", settleMs, () =>
    node.process.output.includes(`block ${last} of log.db is repaired`),
  );
  await checkOthersServe(node, "again");
  await cluster.settled();
});

test("a node whose log lost a page that holds it together stops and says so, the others serve on", async () => {
  const node = await cluster.follower();
  assert.equal(await node.process.stop(), 0);
  corruptPage(node.folder, () => 1);
  const outcome = await restartAndWatch(node);
  await checkOthersServe(node, `later-${outcome}`.slice(0, 10));
  if (outcome === "whole") await cluster.settled();
});
