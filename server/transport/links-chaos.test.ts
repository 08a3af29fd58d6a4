import assert from "node:assert/strict";
import { test } from "node:test";

import type { NodeId } from "@kith/protocol/ids";
import { nextFloat, seedRandom } from "@kith/protocol/random";

import { MemoryNetwork, startNode, submitOf, urlOf, type TestNode } from "./test-support.ts";

const nodesCount = 4;

/** The number that `send` put into the message. */
function numberOf(node: TestNode, from: NodeId): number[] {
  return node.received.flatMap(({ from: sender, message }) => {
    if (sender !== from || message.kind !== "submit") return [];
    const [bytes] = message.transactions;
    return bytes === undefined ? [] : [new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)];
  });
}

async function runChaos(seed: number): Promise<void> {
  const state = seedRandom(seed);
  const below = (limit: number): number => Math.floor(nextFloat(state) * limit);
  const network = new MemoryNetwork();
  const nodes = Array.from({ length: nodesCount }, (_, index) =>
    startNode(network, index + 1, { addresses: [urlOf(1), urlOf(2)] }),
  );
  let sent = 0;
  for (let step = 0; step < 300; step++) {
    const connection = network.connections[below(network.connections.length)];
    const [near, far] = connection ?? [];
    const [from, to] = [nodes[below(nodesCount)], nodes[below(nodesCount)]];
    switch (below(6)) {
      case 0:
        near?.lose(1006, "");
        far?.lose(1006, "");
        break;
      case 1:
        if (near !== undefined) near.stalled = true;
        break;
      case 2:
        if (far !== undefined) far.stalled = true;
        break;
      case 3:
        for (const pair of network.connections) for (const end of pair) end.resume();
        break;
      default:
        if (from !== undefined && to !== undefined && from !== to) {
          const message = submitOf(4 + below(200_000));
          assert.ok(message.kind === "submit");
          const [first] = message.transactions;
          if (first !== undefined) new DataView(first.buffer).setUint32(0, ++sent);
          from.links.send(to.id, message);
        }
    }
    await network.run(below(10) === 0 ? below(8_000) : below(100));
  }
  for (const pair of network.connections) for (const end of pair) end.resume();
  await network.run(40_000);

  const open = network.connections.filter(([near]) => near.closedWith === undefined);
  assert.equal(open.length, (nodesCount * (nodesCount - 1)) / 2, "one connection a pair");
  let arrived = 0;
  for (const node of nodes) {
    assert.equal(node.links.connected().length, nodesCount - 1);
    for (const { id } of nodes) {
      const numbers = numberOf(node, id);
      arrived += numbers.length;
      assert.deepEqual(
        numbers,
        [...new Set(numbers)].toSorted((a, b) => a - b),
        "in order and once",
      );
    }
  }
  assert.ok(arrived > 10, `only ${arrived} of ${sent} messages arrived`);
}

test("whatever happens to connections, messages come in order and once, and links heal", async () => {
  const seeds = Array.from({ length: 8 }, (_, index) => index + 1);
  seeds.push(Math.floor(performance.timeOrigin) % 1_000_000_007);
  for (const seed of seeds) {
    try {
      await runChaos(seed);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});
