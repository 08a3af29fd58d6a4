import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { Cluster, settleMs, type ClusterNode } from "./cluster.ts";
import { request } from "./http-client.ts";
import { until } from "./until.ts";
import { Writer } from "./writer.ts";

/** Where the system tells which processes another one has started. */
const tellsChildren = existsSync(`/proc/${process.pid}/task/${process.pid}/children`);
const killsWanted = 3;

let cluster: Cluster;

before(async () => {
  cluster = await Cluster.start(1);
});
after(() => cluster.close());

/** The name as the service of accounts tells it, or what it says instead. */
async function askFor(node: ClusterNode, name: string): Promise<unknown> {
  const query = new URLSearchParams({ query: `{ accountsByKey(name: "${name}") { name } }` });
  const answer = await request(node, "accounts", `/graphql?${query.toString()}`);
  return [answer.status, await answer.text()];
}

function isFound(name: string): unknown {
  return [200, JSON.stringify({ data: { accountsByKey: { name } } })];
}

test("everybody reads what they have been told, also while query processes are killed", async () => {
  const [node] = cluster.nodes;
  assert.ok(node !== undefined);
  const writer = new Writer("q", [node]);
  writer.start();
  const asked = { count: 0 };
  const reader = async (): Promise<void> => {
    while (asked.count < 200) {
      const newest = writer.acknowledged.at(-1);
      if (newest === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        continue;
      }
      assert.deepEqual(await askFor(node, newest.account), isFound(newest.account));
      asked.count++;
    }
  };
  const killing = async (): Promise<void> => {
    for (let kills = 0; kills < killsWanted && asked.count < 200; kills++) {
      const count = asked.count;
      const goesOn = (): boolean => asked.count > count + 20;
      await until("queries go on", settleMs, goesOn);
      for (const pid of queryProcessesOf(node)) process.kill(pid, "SIGKILL");
    }
  };
  await Promise.all([reader(), reader(), reader(), ...(tellsChildren ? [killing()] : [])]);
  await writer.stop();
  assert.deepEqual(writer.hung, []);
  const metrics = await (await request(node, "", "/metrics")).text();
  const restarts = /^kith_query_process_restarts_total (\d+)$/m.exec(metrics)?.[1];
  if (tellsChildren) assert.ok(Number(restarts) >= killsWanted, `${restarts} restarts`);
});

test("an answer carries a tag, and who knows it gets no second copy until a block changes it", async () => {
  const [node] = cluster.nodes;
  assert.ok(node !== undefined);
  const query = new URLSearchParams({
    query: "{ accounts(first: 1) { edges { node { name } } } }",
  });
  const path = `/graphql?${query.toString()}`;
  const first = await request(node, "accounts", path);
  const etag = first.headers.get("etag") ?? "";
  assert.match(etag, /^"[0-9a-f]+"$/);
  const again = await request(node, "accounts", path, { headers: { "if-none-match": etag } });
  assert.equal(again.status, 304);
});

test("a node that is killed leaves no query process behind, and has them again when it is back", async () => {
  const [node] = cluster.nodes;
  assert.ok(node !== undefined);
  const pids = tellsChildren ? queryProcessesOf(node) : [];
  if (tellsChildren) assert.equal(pids.length, 1);
  await node.process.kill();
  await until("its query processes have ended", settleMs, () => !pids.some(runs));
  node.start();
  await node.ready();
  assert.deepEqual(await askFor(node, "q0"), isFound("q0"));
});

function queryProcessesOf(node: ClusterNode): readonly number[] {
  const { pid } = node.process;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return children
    .map(Number)
    .filter((child) => child > 0 && commandOf(child).includes("query-process.ts"));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** What has ended and was not asked about by its parent has no command any more. */
function runs(pid: number): boolean {
  return commandOf(pid) !== "";
}
