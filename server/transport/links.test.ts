import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOf } from "@kith/protocol/ids";
import type { PeerAddress } from "@kith/protocol/node-message";
import { encodeNodeMessage } from "@kith/protocol/node-messages";

import { closeCodeOf } from "./errors.ts";
import { staticKeyOf } from "./identity.ts";
import { defaultLimits } from "./limits.ts";
import type { LinkSocket } from "./link-socket.ts";
import { Link, type LinkEvents } from "./link.ts";
import {
  chunkOf,
  countingBytes,
  MemoryNetwork,
  startNode,
  submitOf,
  testChain,
  testIdentity,
  urlOf,
  type TestNode,
} from "./test-support.ts";

const kindsOf = (node: TestNode): string[] => node.events.map(({ kind }) => kind);
const errorsOf = (node: TestNode): string[] =>
  node.events.flatMap((event) => {
    if (event.kind === "connected") return [];
    const { error } = event;
    return [error.code === "closed-by-peer" ? `peer: ${error.because ?? "?"}` : error.code];
  });

/** Two linked nodes, the first of which dialled. */
async function linkedPair(
  limits: Parameters<typeof startNode>[2] = {},
): Promise<{ network: MemoryNetwork; alice: TestNode; bob: TestNode }> {
  const network = new MemoryNetwork();
  const bob = startNode(network, 2, limits);
  const alice = startNode(network, 1, { addresses: [urlOf(2)], ...limits });
  await network.run();
  assert.deepEqual(alice.links.connected(), [bob.id]);
  assert.deepEqual(bob.links.connected(), [alice.id]);
  return { network, alice, bob };
}

/** The ends of the newest connection: that of the node that dialled, and the other. */
function newest(network: MemoryNetwork): NonNullable<(typeof network.connections)[0]> {
  const connection = network.connections.at(-1);
  assert.ok(connection !== undefined);
  return connection;
}

test("messages arrive both ways, in order, with the proven id of their sender", async () => {
  const { network, alice, bob } = await linkedPair();
  for (let i = 1; i <= 20; i++) assert.ok(alice.links.send(bob.id, submitOf(i, i)));
  assert.ok(bob.links.send(alice.id, submitOf(300_000)));
  await network.run();
  assert.deepEqual(
    bob.received,
    Array.from({ length: 20 }, (_, i) => ({ from: alice.id, message: submitOf(i + 1, i + 1) })),
  );
  assert.deepEqual(alice.received, [{ from: bob.id, message: submitOf(300_000) }]);
  const [status] = alice.links.status();
  assert.equal(status?.direction, "outbound");
  assert.equal(status.address, bob.url);
  assert.ok(status.bytesIn > 300_000);
});

test("a lone message is on its way before send returns; those behind it share a frame", async () => {
  const { network, alice, bob } = await linkedPair();
  const [near] = newest(network);
  alice.links.send(bob.id, submitOf(10));
  assert.equal(near.sent.length, 1);
  for (let i = 0; i < 9; i++) alice.links.send(bob.id, submitOf(10));
  assert.equal(near.sent.length, 1);
  await Promise.resolve();
  assert.equal(near.sent.length, 2);
  await network.run();
  assert.equal(bob.received.length, 10);
});

test("nothing is sent to a node without a link", async () => {
  const { alice } = await linkedPair();
  assert.equal(alice.links.send(testIdentity(9).nodeId, submitOf(1)), false);
});

test("a message beyond the limit is refused by the sender", async () => {
  const { alice, bob } = await linkedPair();
  assert.equal(alice.links.send(bob.id, submitOf(9 * 1024 * 1024)), false);
});

test("a node of another chain is told so, and both ends report it", async () => {
  const network = new MemoryNetwork();
  const bob = startNode(network, 2, { chainId: blockIdOf("ee".repeat(32)) });
  const alice = startNode(network, 1, { addresses: [bob.url] });
  await network.run();
  assert.deepEqual(errorsOf(bob), ["wrong-chain"]);
  assert.deepEqual(errorsOf(alice), ["peer: wrong-chain"]);
  assert.deepEqual(alice.links.connected(), []);
});

test("a node that does not own the name it claims gets no link", async () => {
  const network = new MemoryNetwork();
  const identity = { nodeId: testIdentity(3).nodeId, secretKey: testIdentity(4).secretKey };
  const bob = startNode(network, 2, { identity });
  const alice = startNode(network, 1, { addresses: [bob.url] });
  await network.run();
  assert.deepEqual(errorsOf(alice), ["identity-not-proven"]);
  assert.deepEqual(errorsOf(bob), ["peer: identity-not-proven"]);
});

test("two nodes that dial each other at once keep one link, the same at both ends", async () => {
  for (const [one, two] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const network = new MemoryNetwork();
    // Neither accepts before both have dialled.
    const alice = startNode(network, one, { addresses: [urlOf(two)] });
    const bob = startNode(network, two, { addresses: [urlOf(one)] });
    await network.run(3_000);
    assert.deepEqual(alice.links.connected(), [bob.id]);
    assert.deepEqual(bob.links.connected(), [alice.id]);
    const open = network.connections.filter(([near]) => near.closedWith === undefined);
    assert.equal(open.length, 1);
    const smallerDialled = alice.id < bob.id ? "outbound" : "inbound";
    assert.equal(alice.links.status()[0]?.direction, smallerDialled);
    assert.ok(alice.links.send(bob.id, submitOf(5)) && bob.links.send(alice.id, submitOf(6)));
    await network.run();
    assert.deepEqual([alice.received.length, bob.received.length], [1, 1]);
  }
});

test("a peer that lost its end without a word gets through with a new connection", async () => {
  const { network, alice, bob } = await linkedPair();
  const [near, far] = newest(network);
  await network.run(6_000);
  // Alice's machine was switched off: Bob hears nothing, not even the end.
  near.other = undefined;
  far.other = undefined;
  alice.links.close();
  const again = startNode(network, 1, { addresses: [bob.url] });
  await network.run(500);
  assert.deepEqual(again.links.connected(), [bob.id]);
  assert.ok(bob.links.send(alice.id, submitOf(7)));
  await network.run();
  assert.equal(again.received.length, 1);
  assert.deepEqual(kindsOf(bob), ["connected"]);
});

test("while a process lives, another one with its key gets no link, and is told why", async () => {
  const { network, alice, bob } = await linkedPair();
  const clone = startNode(network, 1, {
    addresses: [bob.url],
    randomBytes: countingBytes(99),
  });
  await network.run(30_000);
  assert.ok(alice.links.send(bob.id, submitOf(7, 1)));
  assert.equal(clone.links.send(bob.id, submitOf(8, 2)), false);
  await network.run();
  assert.deepEqual(bob.received, [{ from: alice.id, message: submitOf(7, 1) }]);
  assert.deepEqual(kindsOf(alice), ["connected"], "the first one has noticed nothing");
  assert.deepEqual(new Set(errorsOf(clone)), new Set(["peer: key-in-use"]));
  assert.ok(errorsOf(bob).includes("key-in-use"));
  // It may when the first one is gone.
  alice.links.close();
  await network.run(30_000);
  assert.deepEqual(clone.links.connected(), [bob.id]);
});

test("a process that was started again links as soon as the link of its former life is silent", async () => {
  const { network, alice, bob } = await linkedPair();
  const [near, far] = newest(network);
  near.other = undefined;
  far.other = undefined;
  alice.links.close();
  const again = startNode(network, 1, { addresses: [bob.url], randomBytes: countingBytes(99) });
  await network.run(2_000);
  assert.deepEqual(again.links.connected(), []);
  await network.run(18_000);
  assert.deepEqual(again.links.connected(), [bob.id]);
  assert.deepEqual(
    kindsOf(bob).filter((kind) => kind === "disconnected"),
    [],
  );
});

test("a node that finds itself behind an address stops dialling it", async () => {
  const network = new MemoryNetwork();
  network.listeners.set("ws://me.example/", (socket) => alice.links.accept(socket));
  const alice = startNode(network, 1, { addresses: ["ws://me.example/"] });
  await network.run(60_000);
  assert.deepEqual(network.dials, ["ws://me.example/"]);
  assert.deepEqual(alice.links.connected(), []);
  assert.ok(errorsOf(alice).includes("self"));
});

test("a link comes back after its peer was killed, with growing waits in between", async () => {
  const { network, alice, bob } = await linkedPair();
  await network.run(20_000);
  const [near, far] = newest(network);
  network.listeners.delete(bob.url);
  network.dials = [];
  far.lose(1006, "");
  near.lose(1006, "");
  bob.links.close();
  await network.run(30_000);
  assert.deepEqual(alice.links.connected(), []);
  assert.ok(network.dials.length >= 5 && network.dials.length <= 12, `${network.dials.length}`);
  const reborn = startNode(network, 2);
  await network.run(15_100);
  assert.deepEqual(alice.links.connected(), [bob.id]);
  assert.deepEqual(reborn.links.connected(), [alice.id]);
  assert.deepEqual(
    kindsOf(alice).filter((kind) => kind !== "failed"),
    ["connected", "disconnected", "connected"],
  );
});

test("nodes that know only one other node find each other", async () => {
  const network = new MemoryNetwork();
  const remembered: (readonly PeerAddress[])[] = [];
  const hub = startNode(network, 1);
  const bob = startNode(network, 2, { addresses: [hub.url] });
  await network.run(1_000);
  const carol = startNode(network, 3, {
    addresses: [hub.url],
    remember: (addresses) => remembered.push(addresses),
  });
  await network.run(1_000);
  assert.deepEqual(carol.links.connected().toSorted(), [hub.id, bob.id].toSorted());
  assert.deepEqual(bob.links.connected().toSorted(), [hub.id, carol.id].toSorted());
  assert.deepEqual(
    remembered
      .at(-1)
      ?.map(({ url }) => url)
      .toSorted(),
    [hub.url, bob.url],
  );
});

test("a node finds its peers again by the addresses it remembered", async () => {
  const network = new MemoryNetwork();
  const bob = startNode(network, 2);
  const alice = startNode(network, 1, { remembered: [{ node: bob.id, url: bob.url }] });
  await network.run(1_000);
  assert.deepEqual(alice.links.connected(), [bob.id]);
});

test("a peer that reads nothing costs bounded memory, then its link", async () => {
  const limits = { urgentBytesMax: 2_000_000, bulkBytesMax: 1_000_000, idleMs: 60_000 };
  const { network, alice, bob } = await linkedPair({ limits });
  const [near] = newest(network);
  near.stalled = true;
  let taken = 0;
  while (alice.links.send(bob.id, submitOf(100_000))) taken += 1;
  assert.ok(taken >= 20 && taken <= 40, `${taken}`);
  assert.ok(alice.links.send(bob.id, chunkOf(900_000, 1)), "the other lane has room");
  assert.equal(alice.links.send(bob.id, chunkOf(200_000, 2)), false);
  const [status] = alice.links.status();
  assert.ok(status !== undefined && status.waitingBytes < 4_500_000);
  await network.run(9_000);
  assert.deepEqual(alice.links.connected(), [bob.id]);
  await network.run(2_000);
  assert.deepEqual(errorsOf(alice).slice(0, 1), ["slow"]);
});

test("what consensus needs overtakes blocks and snapshots once a slow peer reads again", async () => {
  const { network, alice, bob } = await linkedPair();
  const [near] = newest(network);
  near.stalled = true;
  for (let i = 0; i < 4; i++) assert.ok(alice.links.send(bob.id, chunkOf(2_000_000, i)));
  assert.ok(alice.links.send(bob.id, submitOf(10)));
  await network.run(1_000);
  near.resume();
  await network.run(1_000);
  assert.deepEqual(
    bob.received.map(({ message }) => message.kind),
    ["submit", "snapshot-chunk", "snapshot-chunk", "snapshot-chunk", "snapshot-chunk"],
  );
});

test("a frame that is repeated, dropped, changed or cut ends the link, without blame", async () => {
  const tampers: ((bytes: Uint8Array) => readonly Uint8Array[])[] = [
    (bytes) => [bytes, bytes],
    (bytes) => [bytes.subarray(0, 3)],
    (bytes) => [bytes.map((byte, at) => (at === 5 ? byte ^ 1 : byte))],
    () => [new Uint8Array(0)],
    () => [new Uint8Array(500).fill(7)],
  ];
  for (const tamper of tampers) {
    const { network, alice, bob } = await linkedPair();
    newest(network)[0].tamper = tamper;
    alice.links.send(bob.id, submitOf(100));
    await network.run();
    assert.deepEqual(errorsOf(bob), ["not-authentic"]);
    await network.run(2_000);
    assert.deepEqual(alice.links.connected(), [bob.id], "the link comes back");
  }
});

test("a frame above the limit ends the link before it is opened", async () => {
  const { network, alice, bob } = await linkedPair();
  newest(network)[0].tamper = () => [new Uint8Array(70_000)];
  alice.links.send(bob.id, submitOf(100));
  await network.run();
  assert.deepEqual(errorsOf(bob), ["frame-too-long"]);
  assert.equal(
    newest(network)[1].closedWith,
    closeCodeOf({ code: "frame-too-long", sizeBytes: 0 }),
  );
});

test("a silent peer is noticed, but not when it was this process that stood still", async () => {
  const { network, alice } = await linkedPair();
  network.clock.freeze(60_000);
  await network.run(1_000);
  assert.deepEqual(kindsOf(alice), ["connected"]);
  const [near, far] = newest(network);
  near.stalled = true;
  far.stalled = true;
  await network.run(11_000);
  assert.ok(errorsOf(alice).some((error) => error.endsWith("idle")));
});

test("the round trip is measured", async () => {
  const { network, alice } = await linkedPair();
  await network.run(2_500);
  assert.equal(alice.links.status()[0]?.rttMs, 0);
});

test("a connection that does not finish its handshake is closed", async () => {
  const network = new MemoryNetwork();
  const bob = startNode(network, 2);
  const silent = network.dial(bob.url);
  let closed = 0;
  silent.onClose = (code) => {
    closed = code;
  };
  await network.run(4_900);
  assert.equal(closed, 0);
  await network.run(300);
  assert.equal(closed, closeCodeOf({ code: "handshake-timeout" }));
});

test("a crowd of silent connections cannot keep a node out", async () => {
  const network = new MemoryNetwork();
  const bob = startNode(network, 2, { limits: { unprovenMax: 10 } });
  const silent: LinkSocket[] = Array.from({ length: 50 }, () => network.dial(bob.url));
  await network.run();
  const alice = startNode(network, 1, { addresses: [bob.url] });
  for (let i = 0; i < 5; i++) silent.push(network.dial(bob.url));
  await network.run();
  assert.deepEqual(alice.links.connected(), [bob.id]);
  const open = network.connections.filter(([near]) => near.closedWith === undefined);
  assert.ok(open.length <= 11, `${open.length}`);
});

test("observers are limited, producers are not", async () => {
  const network = new MemoryNetwork();
  const bob = startNode(network, 1, { limits: { observersMax: 2 } });
  const producer = testIdentity(9).nodeId;
  bob.links.setProducers([bob.id, producer]);
  const observers = [3, 4, 5].map((number) => startNode(network, number, { addresses: [bob.url] }));
  await network.run();
  assert.deepEqual(
    observers.map(({ links }) => links.connected().includes(bob.id)),
    [true, true, false],
  );
  startNode(network, 9, { addresses: [bob.url] });
  await network.run();
  assert.ok(bob.links.connected().includes(producer));
  assert.equal(bob.links.status().filter((status) => status.producer).length, 1);
});

test("a node may refuse all observers, and lets go of a link when its peer becomes one", async () => {
  const network = new MemoryNetwork();
  const bob = startNode(network, 2, { allowObservers: false });
  const alice = startNode(network, 1, { addresses: [bob.url] });
  bob.links.setProducers([bob.id, alice.id]);
  await network.run();
  assert.deepEqual(bob.links.connected(), [alice.id]);
  bob.links.setProducers([bob.id]);
  await network.run(100);
  assert.deepEqual(bob.links.connected(), []);
  assert.ok(errorsOf(alice).includes("peer: observers-refused"));
});

test("a node that sends what is no message is left alone for a while", async () => {
  const network = new MemoryNetwork();
  const bob = startNode(network, 2, { limits: { banMsMin: 30_000 } });
  const rogue = testIdentity(7);
  const reasons: string[] = [];
  const context = {
    identity: rogue,
    staticKey: staticKeyOf(rogue),
    processId: new Uint8Array(8),
    chainId: testChain,
    clock: network.clock,
    randomBytes: countingBytes(7),
    limits: defaultLimits,
  };
  const speak = async (bytes: Uint8Array): Promise<void> => {
    const events: LinkEvents = {
      ready: (link) => void link.send("urgent", bytes),
      message: () => undefined,
      closed: (_link, error) =>
        reasons.push(error.code === "closed-by-peer" ? (error.because ?? "?") : error.code),
    };
    void new Link(context, events, network.dial(bob.url), { role: "initiator" });
    await network.run(100);
  };
  await speak(Uint8Array.of(255, 1, 2));
  assert.deepEqual(errorsOf(bob), ["message-malformed"]);
  await network.run(29_000);
  await speak(encodeNodeMessage(submitOf(1)));
  assert.deepEqual(reasons, ["message-malformed", "banned"]);
  await network.run(2_000);
  await speak(encodeNodeMessage(submitOf(1)));
  assert.deepEqual(bob.links.connected(), [rogue.nodeId]);
  assert.equal(bob.received.length, 1);
});

test("a producer seeks every producer, an observer only so many nodes", async () => {
  const network = new MemoryNetwork();
  const nodes = Array.from({ length: 8 }, (_, index) =>
    startNode(network, index + 1, {
      addresses: index === 0 ? [] : [urlOf(1)],
      limits: { outboundTarget: 2 },
    }),
  );
  const producers = nodes.slice(0, 5);
  for (const { links } of nodes) links.setProducers(producers.map(({ id }) => id));
  await network.run(5_000);
  for (const producer of producers) {
    const connected = producer.links.connected();
    for (const { id } of producers) assert.ok(id === producer.id || connected.includes(id));
  }
  for (const { links } of nodes.slice(5)) assert.ok(links.connected().length >= 1);
});

test("a closed transport links to nobody and leaves nothing open", async () => {
  const { network, alice, bob } = await linkedPair();
  alice.links.close();
  await network.run(5_000);
  assert.deepEqual(bob.links.connected(), []);
  assert.equal(alice.links.send(bob.id, submitOf(1)), false);
  assert.ok(network.connections.every(([near]) => near.closedWith !== undefined));
});
