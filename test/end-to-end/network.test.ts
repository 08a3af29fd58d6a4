import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { Child } from "./child.ts";
import { settleMs } from "./cluster.ts";
import { request, rootHost } from "./http-client.ts";
import { chainIdOf, readNodes, readProducers, readStatus } from "./node-status.ts";
import { freePorts } from "./ports.ts";
import { Hopeless, until } from "./until.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-end-to-end-"));
const children: Child[] = [];
after(async () => {
  await Promise.all(children.map((child) => child.stop()));
  rmSync(folder, { recursive: true, force: true });
});

function started(name: string, ...words: readonly string[]): Child {
  const child = new Child(name, words);
  children.push(child);
  return child;
}

/** All of them serve, and the command that started them runs. */
async function ready(command: Child, ports: readonly number[]): Promise<void> {
  await until("the nodes are ready", settleMs, async () => {
    if (command.status !== undefined) throw new Hopeless(command.output);
    const all = await Promise.all(ports.map((port) => readStatus({ port })));
    return all.every(({ readiness }) => readiness.ready);
  });
}

test("one command makes a network and starts it again; what it says of a node that ended starts that node", async () => {
  const port = await freePorts(3);
  const ports = [port, port + 1, port + 2];
  const words = ["--nodes", "3", "--algorithm", "bft", "--port", `${port}`, "--data", folder];
  const start = (): Child =>
    started("network", "server/network.ts", ...words, "--root-host", rootHost);

  const first = start();
  await ready(first, ports);
  assert.match(first.output, /^a new network, /m);
  const chain = await chainIdOf({ port });
  assert.equal((await readProducers({ port })).current.algorithm, "bft");
  const rules = await request({ port }, "accounts", "/query/rules");
  assert.deepEqual(await rules.json(), { openRegistration: true, freeNameCharsMin: 8 });
  for (const each of ports) {
    await until("it knows where all nodes are", settleMs, async () => {
      const listed = await readNodes({ port: each });
      const urls = listed.map(({ url }) => url).toSorted();
      const selves = listed.filter(({ self }) => self === true).map(({ url }) => url);
      assert.deepEqual(selves, [`http://${rootHost}:${each}`]);
      return urls.join() === ports.map((other) => `http://${rootHost}:${other}`).join();
    });
  }
  assert.equal(await first.stop(), 0);

  const again = start();
  await ready(again, ports);
  assert.doesNotMatch(again.output, /a new network/);
  assert.equal(await chainIdOf({ port }), chain);
  const pid = /^node-2 {2}process (\d+), /m.exec(again.output)?.[1];
  process.kill(Number(pid), "SIGKILL");
  const told = /^node-2 {2}start it again with: bun run node (.*)$/m;
  const line = await until("it says how", settleMs, () => told.exec(again.output)?.[1]);
  started("node-2", "server/main.ts", ...line.split(" "));
  await ready(again, ports);
  assert.equal(await again.stop(), 0);
});
