import assert from "node:assert/strict";
import { test } from "node:test";

import { Cluster } from "./cluster.ts";

/** With a leader, after the times in which nothing is said have passed. */
const longMs = 8_000;

function led(leader: string, producers: readonly string[] = ["a", "b", "c"]): Cluster {
  const cluster = new Cluster({ producers });
  cluster.elect(leader);
  cluster.propose(leader, "one");
  cluster.deliverAll();
  return cluster;
}

function propose(cluster: Cluster, text: string): void {
  cluster.propose(cluster.leader()?.name ?? assert.fail("nobody leads"), text);
  cluster.deliverAll();
}

test("a node in an old copy of its folder does not vote for a leader that lacks what it confirmed", () => {
  const cluster = led("a");
  const old = cluster.copyOf("c");
  cluster.isolate("b");
  cluster.propose("a", "acknowledged");
  cluster.deliverAll();
  const id = cluster.member("a").idAt(3);
  assert.equal(cluster.member("a").state.commitNum, 3);
  cluster.crash("a");
  cluster.healAll();
  cluster.restore("c", old);
  cluster.run(longMs);
  assert.equal(cluster.leader(), undefined, "the block of a and c is nowhere but with a");
  assert.equal(cluster.member("b").state.term, 1, "nobody was elected without it");
  cluster.restart("a");
  cluster.run(longMs);
  for (const name of ["a", "b", "c"]) assert.equal(cluster.member(name).idAt(3), id);
  const { memory } = cluster.member("c").state;
  assert.equal(memory.kind, "whole");
  assert.equal(cluster.member("c").isDoubtful, false);
});

test("a node that speaks again votes for nobody who has less than the others told it of", () => {
  let isHeldBack = false;
  const cluster = new Cluster({
    producers: ["a", "b", "c"],
    onSend: (_, { message }) =>
      !isHeldBack || message.kind !== "append" || message.blocks.length === 0,
  });
  cluster.elect("a");
  const old = cluster.copyOf("c");
  cluster.isolate("b");
  cluster.propose("a", "acknowledged");
  cluster.deliverAll();
  const { commitNum } = cluster.member("a").state;
  const id = cluster.member("a").idAt(commitNum);
  isHeldBack = true;
  cluster.healAll();
  cluster.restore("c", old);
  cluster.run(longMs);
  assert.equal(cluster.member("c").state.memory.kind, "behind");
  cluster.crash("a");
  cluster.run(longMs);
  assert.equal(cluster.leader(), undefined, "the block of a and c is nowhere but with a");
  isHeldBack = false;
  cluster.restart("a");
  cluster.run(longMs);
  for (const name of ["a", "b", "c"]) assert.equal(cluster.member(name).idAt(commitNum), id);
});

test("a node asks until the leader has answered, who may still count what it confirmed", () => {
  const cluster = led("a", ["a", "b", "c", "d", "e"]);
  cluster.restore("c", cluster.copyOf("c"));
  cluster.cut("a", "c");
  cluster.run(longMs);
  assert.equal(cluster.leader()?.name, "a");
  assert.equal(cluster.member("c").state.memory.kind, "asking");
  cluster.healAll();
  cluster.run(longMs);
  assert.equal(cluster.member("c").state.memory.kind, "whole");
});

test("a leader counts nothing more of what a node confirmed before it forgot it", () => {
  const cluster = led("a", ["a", "b", "c", "d", "e"]);
  const old = cluster.copyOf("c");
  for (const name of ["b", "d", "e"]) cluster.isolate(name);
  cluster.propose("a", "confirmed by c alone");
  cluster.deliverAll();
  cluster.restore("c", old);
  // It asks, and before it has the block again, one more confirms it.
  cluster.cut("a", "c", false);
  cluster.pass("c", 1);
  cluster.deliverAll();
  cluster.heal("a", "d");
  cluster.run(500);
  assert.equal(cluster.member("d").idAt(3), cluster.member("a").idAt(3));
  assert.equal(cluster.member("a").state.commitNum, 2, "a and d alone have it");
  cluster.heal("a", "e");
  cluster.run(500);
  assert.equal(cluster.member("a").state.commitNum, 3);
});

test("a node that asks confirms nothing to a leader that does not know of it", () => {
  const cluster = led("a");
  cluster.restore("c", cluster.copyOf("c"));
  cluster.propose("a", "two");
  cluster.deliverFrom("a");
  assert.ok(!cluster.queue("c").some(({ message }) => message.kind === "confirm"));
  cluster.pass("c", 1);
  cluster.deliverAll();
  cluster.propose("a", "three");
  cluster.deliverFrom("a");
  assert.ok(cluster.queue("c").some(({ message }) => message.kind === "confirm"));
});

test("a candidate does not count the vote of a node that has forgotten it", () => {
  const cluster = led("a", ["a", "b", "c", "d", "e"]);
  const old = cluster.copyOf("c");
  cluster.crash("a");
  cluster.crash("d");
  cluster.crash("e");
  cluster.elect("b");
  const c = cluster.member("c").config.self;
  const { state } = cluster.member("b");
  assert.equal(state.role, "candidate");
  assert.equal(state.candidacy?.votes.get(c), true, "its vote counted");
  cluster.restore("c", old);
  cluster.pass("c", 1);
  cluster.deliverAll();
  assert.ok(state.candidacy !== undefined);
  assert.notEqual(state.candidacy.votes.get(c), true);
});

test("a leader that hears less than was confirmed to it says so, and the node falls silent by itself", () => {
  const cluster = led("a");
  const old = cluster.copyOf("c");
  for (const text of ["two", "three"]) propose(cluster, text);
  cluster.restore("c", old, false);
  assert.equal(cluster.member("c").state.memory.kind, "whole");
  cluster.run(300);
  const { memory, role } = cluster.member("c").state;
  assert.equal(memory.kind, "asking");
  assert.equal(role, "observer");
  assert.equal(cluster.member("c").isDoubtful, true);
  cluster.run(longMs);
  assert.equal(cluster.member("c").state.memory.kind, "whole");
  assert.equal(cluster.member("c").state.role, "follower");
});

test("what is doubtful stays so over a restart", () => {
  const cluster = led("a");
  const old = cluster.copyOf("c");
  cluster.isolate("c");
  cluster.restore("c", old);
  cluster.run(longMs);
  cluster.crash("c");
  cluster.restart("c");
  assert.equal(cluster.member("c").state.memory.kind, "asking");
});

test("while it asks, a node follows as an observer and has every block", () => {
  const cluster = led("a");
  const old = cluster.copyOf("c");
  for (const text of ["two", "three"]) propose(cluster, text);
  cluster.isolate("b");
  cluster.restore("c", old);
  cluster.run(400);
  assert.equal(cluster.member("c").state.memory.kind, "asking");
  assert.equal(cluster.member("c").state.commitNum, 4);
});

test("a node that lost everything but its key follows, and takes part again", () => {
  const cluster = led("a");
  const { ballot, blocks } = cluster.copyOf("c");
  for (const text of ["two", "three"]) propose(cluster, text);
  cluster.restore("c", { ballot: { term: ballot.term }, blocks: blocks.slice(0, 1) });
  cluster.run(longMs);
  assert.equal(cluster.member("c").state.memory.kind, "whole");
  cluster.crash("a");
  cluster.run(longMs);
  propose(cluster, "four");
  assert.equal(cluster.leader()?.state.commitNum, cluster.member("c").state.commitNum);
});

test("nodes that are started for the first time say so to each other, and begin", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"] });
  cluster.crash("c");
  for (const name of ["a", "b"]) cluster.restore(name, cluster.copyOf(name));
  cluster.run(longMs);
  propose(cluster, "one");
  assert.ok((cluster.leader()?.state.commitNum ?? 0) >= 2);
});

test("when nobody knows what it said, nobody leads until the operator says that nothing newer exists", () => {
  const cluster = led("a");
  for (const name of ["a", "b", "c"]) cluster.restore(name, cluster.copyOf(name));
  cluster.run(10 * longMs);
  assert.equal(cluster.leader(), undefined);
  for (const name of ["a", "b", "c"]) cluster.restore(name, cluster.copyOf(name), false);
  cluster.run(longMs);
  propose(cluster, "two");
  assert.ok((cluster.leader()?.state.commitNum ?? 0) >= 3);
});

function changeTo(cluster: Cluster, leader: string, producers: readonly string[]): void {
  cluster.propose(leader, "", producers);
  cluster.run(1_000);
  for (const name of producers) {
    const { joint } = cluster.member(name).state.consensus.point;
    assert.equal(joint.next, undefined);
    assert.equal(joint.current.producers.length, producers.length);
  }
}

function observe(cluster: Cluster): void {
  for (const [name] of cluster.members) {
    const nodes = [...cluster.members.values()]
      .filter((member) => member.name !== name)
      .map(({ config }) => config.self);
    cluster.input(name, { kind: "observers", nodes });
  }
}

for (const [title, before, after] of [
  ["whom the old log does not name", ["a", "b", "c"], ["c", "d", "e"]],
  ["who counts it, as its old log does not know", ["a", "d"], ["a", "d", "c"]],
] as const) {
  test(`a node in a copy from before a change of producers follows a leader ${title}`, () => {
    const cluster = new Cluster({ producers: before });
    for (const name of after) if (!cluster.members.has(name)) cluster.add(name);
    if (!cluster.members.has("c")) cluster.add("c");
    observe(cluster);
    cluster.elect("a");
    cluster.propose("a", "one");
    cluster.run(500);
    const old = cluster.copyOf("c");
    changeTo(cluster, "a", after);
    cluster.run(longMs);
    for (const text of ["two", "three"]) propose(cluster, text);
    cluster.run(500);
    cluster.restore("c", old);
    observe(cluster);
    cluster.run(longMs);
    const leader = cluster.leader() ?? assert.fail("nobody leads");
    const { commitNum, memory } = cluster.member("c").state;
    assert.equal(commitNum, leader.state.commitNum);
    assert.equal(memory.kind, "whole");
    propose(cluster, "four");
    assert.equal(cluster.member("c").state.commitNum, leader.state.commitNum);
  });
}

for (const algorithm of ["cft", "bft"] as const) {
  test(`who decides alone under ${algorithm} has nobody to ask, and goes on at once`, () => {
    const cluster = new Cluster({ producers: ["a"], algorithm });
    cluster.run(100);
    cluster.propose("a", "one");
    cluster.run(100);
    cluster.restore("a", cluster.copyOf("a"));
    cluster.run(longMs);
    const { memory, commitNum } = cluster.member("a").state;
    assert.equal(memory.kind, "whole");
    propose(cluster, "two");
    assert.ok(cluster.member("a").state.commitNum > commitNum);
  });
}
