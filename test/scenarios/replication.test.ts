import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";

import { Cluster } from "./cluster.ts";

const fixed = { electionTimeoutMsMin: 1000, electionTimeoutMsMax: 1000 };

function three(config = {}): Cluster {
  const cluster = new Cluster({ producers: ["a", "b", "c"], config: { ...fixed, ...config } });
  cluster.elect("a");
  return cluster;
}

test("an append that is lost is sent again after the next heartbeat, without an election", () => {
  const cluster = three();
  const { term } = cluster.member("a").state;
  cluster.propose("a", "lost twice");
  cluster.drop("a");
  cluster.pass("a", 150);
  cluster.deliverAll();
  const { state } = cluster.member("a");
  assert.equal(state.commitNum, 2);
  assert.equal(state.term, term);
});

test("a confirm that is lost is asked for again by the next heartbeat", () => {
  const cluster = three();
  cluster.propose("a", "one");
  cluster.deliverFrom("a");
  cluster.drop("b");
  cluster.drop("c");
  assert.equal(cluster.member("a").state.commitNum, 1);
  cluster.pass("a", 150);
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.commitNum, 2);
});

test("a network that loses a third of all messages keeps making blocks final", () => {
  const cluster = three();
  let count = 0;
  const lossy = (): void => {
    for (const name of ["a", "b", "c"]) {
      const kept = cluster.queue(name).filter(() => (count += 1) % 3 !== 0);
      cluster.drop(name);
      for (const letter of kept) cluster.post(name, letter);
    }
  };
  for (let i = 0; i < 200; i += 1) {
    cluster.propose("a", `block ${i}`);
    for (let j = 0; j < 4; j += 1) {
      lossy();
      cluster.deliverAllOnce();
    }
    for (const name of ["a", "b", "c"]) cluster.pass(name, 50);
  }
  const { state } = cluster.member("a");
  assert.equal(state.role, "leader");
  assert.ok(state.commitNum > 50, `${state.commitNum} blocks are final`);
});

test("followers learn at once that a block is final when nothing else is on its way", () => {
  const cluster = three();
  cluster.propose("a", "one");
  cluster.deliverAll();
  for (const { state } of cluster.members.values()) assert.equal(state.commitNum, 2);
});

test("while blocks are on their way, the news that earlier ones are final travels with them", () => {
  const cluster = three({ windowBlocks: 100 });
  for (let i = 0; i < 10; i += 1) cluster.propose("a", `block ${i}`);
  cluster.deliverFrom("a");
  cluster.propose("a", "one more");
  const before = cluster.queue("a").length;
  cluster.deliverOne("b", "a");
  assert.equal(cluster.queue("a").length, before);
});

test("no more blocks are on their way than the window allows", () => {
  const cluster = three({ windowBlocks: 4 });
  cluster.member("a").takeEffects();
  for (let i = 0; i < 10; i += 1) cluster.propose("a", `block ${i}`);
  const refusals = cluster
    .member("a")
    .takeEffects()
    .filter((effect) => effect.kind === "propose-refused");
  assert.equal(refusals.length, 6);
  assert.equal(cluster.member("a").state.log.head.num, 5);
  cluster.deliverAll();
  assert.equal(cluster.member("c").state.commitNum, 5);
});

test("a follower that is away gets no more than a window until it answers", () => {
  const cluster = three({ windowBlocks: 4 });
  cluster.propose("a", "known");
  cluster.deliverAll();
  for (let i = 0; i < 40; i += 1) {
    cluster.propose("a", `block ${i}`);
    cluster.deliverOne("a", "b");
    cluster.deliverOne("b", "a");
    cluster.deliverOne("a", "b");
  }
  const waiting = cluster.queue("a").flatMap(({ to, message }) => {
    return to === "c" && message.kind === "append" ? message.blocks : [];
  });
  assert.ok(waiting.length <= 4, `${waiting.length} blocks wait for c`);
  cluster.deliverAll();
  cluster.pass("a", 150);
  cluster.deliverAll();
  assert.equal(cluster.member("c").state.log.head.id, cluster.member("a").state.log.head.id);
});

test("memory holds the recent blocks only, and a follower far behind is served from disk", () => {
  const cluster = three({ recentBlocks: 5 });
  cluster.isolate("c");
  for (let i = 0; i < 100; i += 1) {
    cluster.propose("a", `block ${i}`);
    cluster.deliverAll();
  }
  const { log } = cluster.member("a").state;
  assert.ok(log.head.num - log.firstNum <= 6);
  cluster.healAll();
  cluster.run(3000, 50);
  assert.equal(cluster.member("c").state.log.head.id, log.head.id);
});

test("a node that needs blocks from before the log gets a snapshot, and then the rest", () => {
  const cluster = three({ recentBlocks: 5 });
  for (let i = 0; i < 30; i += 1) {
    cluster.propose("a", `block ${i}`);
    cluster.deliverAll();
  }
  const a = cluster.member("a");
  cluster.input("a", { kind: "log-start", first: blockNumOf(20) });
  const d = cluster.add("d");
  cluster.input("a", { kind: "observers", nodes: [d.config.self] });
  a.takeEffects();
  cluster.run(500);
  const asked = a.takeEffects().filter((effect) => effect.kind === "send-snapshot");
  assert.equal(asked.length, 1);
  const block = a.state.log.block(28);
  assert.ok(block);
  const consensus = a.state.consensus.point;
  d.blocks = [block];
  cluster.input("d", { kind: "snapshot-installed", block, consensus });
  cluster.run(500);
  assert.equal(d.state.log.head.id, a.state.log.head.id);
  assert.equal(d.state.commitNum, a.state.commitNum);
});

test("pitfall 15: a snapshot of what is final already is ignored", () => {
  const cluster = three();
  for (let i = 0; i < 5; i += 1) {
    cluster.propose("a", `block ${i}`);
    cluster.deliverAll();
  }
  const b = cluster.member("b");
  const block = b.state.log.block(3);
  assert.ok(block);
  cluster.input("b", { kind: "snapshot-installed", block, consensus: b.state.consensus.point });
  assert.equal(b.state.log.head.num, 6);
  assert.equal(b.state.commitNum, 6);
});

test("an observer follows, never campaigns and never counts", () => {
  const cluster = three();
  const d = cluster.add("d");
  cluster.input("a", { kind: "observers", nodes: [d.config.self] });
  cluster.deliverAll();
  cluster.propose("a", "seen by d");
  cluster.deliverAll();
  assert.equal(d.state.commitNum, 2);
  assert.equal(d.state.role, "observer");
  cluster.isolate("b");
  cluster.isolate("c");
  cluster.propose("a", "not by d alone");
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.commitNum, 2);
  cluster.age(10_000);
  cluster.pass("d", 10_000);
  assert.equal(d.state.role, "observer");
  assert.equal(cluster.queue("d").length, 0);
});

test("pitfall 8: leadership goes to a node that has every block, and no block is made meanwhile", () => {
  const cluster = three();
  cluster.propose("a", "one");
  cluster.drop("a", "b");
  const a = cluster.member("a");
  cluster.input("a", { kind: "transfer", to: cluster.member("b").config.self });
  a.takeEffects();
  cluster.propose("a", "too late");
  assert.ok(
    a
      .takeEffects()
      .some((effect) => effect.kind === "propose-refused" && effect.reason === "transferring"),
  );
  cluster.deliverAll();
  const b = cluster.member("b");
  assert.equal(b.state.role, "leader");
  assert.equal(b.state.term, a.state.term);
  assert.equal(b.state.log.block(2)?.id, a.state.log.block(2)?.id);
});

test("a transfer to a node that does not answer ends after an election timeout", () => {
  const cluster = three();
  cluster.isolate("b");
  cluster.propose("a", "b lacks this");
  cluster.deliverAll();
  cluster.input("a", { kind: "transfer", to: cluster.member("b").config.self });
  for (let i = 0; i < 10; i += 1) {
    cluster.pass("a", 100);
    cluster.deliverAll();
  }
  cluster.propose("a", "goes on");
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.role, "leader");
  assert.equal(cluster.member("a").state.log.head.num, 3);
});

test("a leader whose clock is an hour ahead makes blocks that the others take", () => {
  const cluster = three();
  cluster.deliverAll();
  cluster.member("a").clockAheadMicros = 3_600_000_000;
  for (let i = 0; i < 5; i += 1) {
    cluster.propose("a", `block ${i}`);
    cluster.deliverAll();
  }
  const { state } = cluster.member("a");
  assert.equal(state.commitNum, 6);
  const ahead = state.log.head.time - cluster.member("b").now().wallMicros;
  assert.ok(ahead <= state.config.clockAheadMicrosMax);
});

test("block time grows strictly, also when the leader's clock is set back", () => {
  const cluster = three();
  let last = 0;
  for (let i = 0; i < 5; i += 1) {
    cluster.member("a").clockAheadMicros -= 1_000_000_000;
    cluster.propose("a", `block ${i}`);
    cluster.deliverAll();
    const { time, num } = cluster.member("c").state.log.head;
    assert.equal(num, i + 2);
    assert.ok(time > last);
    last = time;
  }
});

test("a follower does not confirm a block from the future until it is due or final", () => {
  const cluster = three();
  cluster.propose("a", "now");
  cluster.deliverAll();
  for (const name of ["b", "c"]) cluster.member(name).clockAheadMicros = -60_000_000;
  cluster.pass("a", 10);
  cluster.propose("a", "a minute ahead of b and c");
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.commitNum, 2);
  for (const name of ["b", "c"]) cluster.member(name).clockAheadMicros = 0;
  cluster.pass("a", 150);
  cluster.deliverAll();
  cluster.pass("a", 150);
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.commitNum, 3);
});
