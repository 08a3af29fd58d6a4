import assert from "node:assert/strict";
import { test } from "node:test";

import type { NodeMessage } from "@kith/protocol/node-message";

import { acceptBunSocket, dialWebSocket, type AcceptedSocket } from "./link-socket.ts";
import { openLinks, type Links } from "./links.ts";
import { submitOf, testChain, testIdentity } from "./test-support.ts";

const clock = {
  now: () => ({ monotonicMs: performance.now() }),
  after: (delayMs: number, run: () => void) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

type RealNode = { readonly links: Links; readonly received: NodeMessage[]; stop(): Promise<void> };

/** A node on a real port. */
function listen(number: number, port: number, addresses: readonly string[]): RealNode {
  const received: NodeMessage[] = [];
  const links = openLinks({
    identity: testIdentity(number),
    chainId: testChain,
    listenUrl: `ws://127.0.0.1:${port}/p2p`,
    addresses,
    clock,
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    onMessage: (_from, message) => received.push(message),
    limits: { backoffMsMin: 20 },
  });
  const server = Bun.serve<{ accepted?: AcceptedSocket }>({
    port,
    hostname: "127.0.0.1",
    fetch: (request, self) =>
      self.upgrade(request, { data: {} }) ? undefined : new Response("no", { status: 404 }),
    websocket: {
      open(ws) {
        ws.data.accepted = acceptBunSocket(ws);
        links.accept(ws.data.accepted.socket);
      },
      message: (ws, data) => ws.data.accepted?.message(data),
      drain: (ws) => ws.data.accepted?.drained(),
      close: (ws, code, reason) => ws.data.accepted?.closed(code, reason),
    },
  });
  return {
    links,
    received,
    stop: async () => {
      links.close();
      await server.stop(true);
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, "it did not happen within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("nodes talk over real sockets, in messages up to the limit, and find each other again", async () => {
  const nodes = [listen(1, 21_101, []), listen(2, 21_102, ["ws://127.0.0.1:21101/p2p"])];
  const [alice, bob] = nodes;
  assert.ok(alice !== undefined && bob !== undefined);
  try {
    const [aliceId, bobId] = [testIdentity(1).nodeId, testIdentity(2).nodeId];
    await until(() => alice.links.connected().length + bob.links.connected().length === 2);
    const large = submitOf(8_000_000, 3);
    assert.ok(alice.links.send(bobId, large) && bob.links.send(aliceId, large));
    for (let i = 0; i < 1_000; i++) assert.ok(bob.links.send(aliceId, submitOf(200, i & 255)));
    await until(() => alice.received.length === 1_001 && bob.received.length === 1);
    assert.deepEqual(bob.received, [large]);
    assert.deepEqual(alice.received[1_000], submitOf(200, 999 & 255));

    await alice.stop();
    await until(() => bob.links.connected().length === 0);
    const reborn = listen(1, 21_101, []);
    nodes.push(reborn);
    await until(() => bob.links.connected().length === 1 && reborn.links.connected().length === 1);
    assert.ok(bob.links.send(aliceId, submitOf(5)));
    await until(() => reborn.received.length === 1);
  } finally {
    for (const node of nodes) await node.stop();
  }
});

test("an address that the runtime does not like fails like one where nobody listens", async () => {
  for (const url of ["ws://127.0.0.1:0/", "not an address"]) {
    const socket = dialWebSocket(url);
    const code = await new Promise<number>((resolve) => {
      socket.onClose = resolve;
    });
    assert.equal(code, 1006);
  }
});
