import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus } from "@kith/protocol/block";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";

import { Cluster } from "./cluster.ts";
import { consensusOf } from "./names.ts";

const fixed = { electionTimeoutMsMin: 1000, electionTimeoutMsMax: 1000 };
const loose = { ...fixed, preVote: false, leaderStickiness: false };

function network(producers: readonly string[], config = {}): Cluster {
  const cluster = new Cluster({ producers, config: { ...fixed, ...config } });
  cluster.elect(producers[0] ?? "");
  return cluster;
}

function refusals(cluster: Cluster, name: string): readonly string[] {
  return cluster
    .member(name)
    .takeEffects()
    .flatMap((effect) => (effect.kind === "propose-refused" ? [effect.reason] : []));
}

function proposeChange(cluster: Cluster, name: string, newConsensus: Consensus): void {
  cluster.input(name, {
    kind: "propose",
    transactions: [],
    executed: { num: blockNumOf(1), stateRoot: zeroChecksum, eventRoot: zeroChecksum },
    newConsensus,
  });
}

test("a producer joins: it gets the blocks, votes from the change on and counts", () => {
  const cluster = network(["a", "b"]);
  cluster.add("c");
  cluster.propose("a", "", ["a", "b", "c"]);
  cluster.run(500);
  const c = cluster.member("c");
  assert.equal(c.state.role, "follower");
  assert.deepEqual(c.state.voters.sets.length, 1);
  cluster.isolate("b");
  cluster.propose("a", "with c instead of b");
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.commitNum, cluster.member("a").state.log.head.num);
});

test("pitfall 20: while producers change, a quorum of each set decides, not one of their union", () => {
  const cluster = network(["a", "b", "c"]);
  for (const name of ["d", "e", "f", "g"]) cluster.add(name);
  cluster.isolate("b");
  cluster.isolate("c");
  cluster.propose("a", "", ["a", "d", "e", "f", "g"]);
  cluster.run(500);
  assert.equal(cluster.member("g").state.log.head.num, 2);
  assert.equal(cluster.member("a").state.commitNum, 1);
  cluster.heal("a", "b");
  cluster.run(500);
  assert.ok(cluster.member("a").state.commitNum >= 2);
});

test("while producers change, an election needs a majority of both sets", () => {
  const cluster = network(["a", "b", "c"], { ...loose, emptyBlocks: false });
  for (const name of ["d", "e"]) cluster.add(name);
  cluster.cut("b", "a", false);
  cluster.isolate("c");
  cluster.propose("a", "", ["c", "d", "e"]);
  cluster.run(500);
  assert.equal(cluster.member("d").state.log.head.num, 2);
  assert.equal(cluster.member("a").state.commitNum, 1);
  cluster.isolate("a");
  for (const name of ["d", "e"]) cluster.cut("b", name);
  cluster.elect("d");
  assert.equal(cluster.member("d").state.role, "candidate");
  for (const name of ["d", "e"]) cluster.heal("b", name);
  cluster.elect("d");
  assert.equal(cluster.member("d").state.role, "candidate");
  // c has never heard of d and asks b, which has.
  for (const name of ["b", "d", "e"]) cluster.heal("c", name);
  cluster.elect("d");
  assert.equal(cluster.member("d").state.role, "candidate");
  cluster.elect("d");
  assert.equal(cluster.member("d").state.role, "leader");
});

test("there is one change of producers at a time", () => {
  const cluster = network(["a", "b", "c"]);
  cluster.isolate("a");
  cluster.propose("a", "", ["a", "b"]);
  cluster.member("a").takeEffects();
  cluster.propose("a", "", ["a", "c"]);
  assert.deepEqual(refusals(cluster, "a"), ["change-pending"]);
  cluster.healAll();
  cluster.run(500);
  cluster.member("a").takeEffects();
  cluster.propose("a", "", ["a", "c"]);
  assert.deepEqual(refusals(cluster, "a"), []);
});

test("a change that gives somebody two votes, or nobody any, is refused", () => {
  const cluster = network(["a", "b", "c"]);
  cluster.member("a").takeEffects();
  const [a] = consensusOf(["a"]).producers;
  const [b] = consensusOf(["b"]).producers;
  assert.ok(a !== undefined && b !== undefined);
  const oneKeyTwice = { algorithm: "cft", producers: [a, { ...b, node: a.node }] } as const;
  const oneAccountTwice = {
    algorithm: "cft",
    producers: [a, { ...b, account: a.account }],
  } as const;
  proposeChange(cluster, "a", oneKeyTwice);
  proposeChange(cluster, "a", oneAccountTwice);
  proposeChange(cluster, "a", { algorithm: "cft", producers: [] });
  assert.deepEqual(
    refusals(cluster, "a"),
    Array.from({ length: 3 }, () => "change-invalid"),
  );
});

test("pitfall 21: a leader that its change removes leads until the change is over and hands over at once", () => {
  const cluster = network(["a", "b", "c"]);
  const { term } = cluster.member("a").state;
  cluster.propose("a", "", ["b", "c"]);
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.role, "observer");
  const leader = cluster.leader();
  assert.ok(leader);
  assert.equal(leader.state.term, term + 1);
  cluster.propose(leader.name, "without a");
  cluster.deliverAll();
  assert.equal(leader.state.commitNum, leader.state.log.head.num);
});

test("pitfall 6: a removed node that did not hear of it disturbs nobody", () => {
  const cluster = network(["a", "b", "c", "d"], {
    electionTimeoutMsMin: 1000,
    electionTimeoutMsMax: 2000,
  });
  cluster.isolate("d");
  cluster.propose("a", "", ["a", "b", "c"]);
  cluster.run(500);
  const { term } = cluster.member("a").state;
  cluster.healAll();
  cluster.run(20_000);
  assert.equal(cluster.member("a").state.role, "leader");
  assert.equal(cluster.member("a").state.term, term);
});

test("pitfall 19: two leaders that change the producers at once end up with one change", () => {
  const cluster = network(["a", "b", "c", "d"], loose);
  for (const name of ["e", "f"]) cluster.add(name);
  cluster.isolate("a");
  cluster.propose("a", "", ["a", "b", "c", "d", "e"]);
  cluster.elect("b");
  cluster.propose("b", "", ["a", "b", "c", "d", "f"]);
  cluster.deliverAll();
  cluster.healAll();
  cluster.run(3000);
  const expected = cluster.member("b").state.producers;
  for (const name of ["a", "b", "c", "d", "f"]) {
    const { state } = cluster.member(name);
    assert.deepEqual(state.producers, expected);
    assert.equal(state.voters.sets.length, 1);
    assert.equal(state.commitNum, state.log.head.num);
  }
  assert.ok(expected.includes(cluster.member("f").config.self));
  assert.ok(!expected.includes(cluster.member("e").config.self));
});

test("pitfall 23: dropping the block that carries a change undoes the change", () => {
  const cluster = network(["a", "b", "c"], loose);
  cluster.isolate("a");
  cluster.propose("a", "", ["a", "b"]);
  assert.equal(cluster.member("a").state.voters.sets.length, 2);
  cluster.elect("b");
  cluster.propose("b", "other");
  cluster.deliverAll();
  cluster.healAll();
  cluster.pass("b", 150);
  cluster.deliverAll();
  const { state } = cluster.member("a");
  assert.equal(state.voters.sets.length, 1);
  assert.equal(state.voters.nodes.length, 3);
  assert.equal(state.log.head.id, cluster.member("b").state.log.head.id);
});

test("a change survives a restart in the middle of it", () => {
  const cluster = network(["a", "b", "c"], { ...loose, electionTimeoutMsMax: 2000 });
  cluster.isolate("c");
  cluster.propose("a", "", ["a", "c"]);
  cluster.deliverAll();
  for (const name of ["a", "b"]) {
    cluster.crash(name);
    cluster.restart(name);
    assert.equal(cluster.member(name).state.voters.sets.length, 2);
  }
  cluster.healAll();
  cluster.run(10_000);
  for (const name of ["a", "c"]) {
    assert.equal(cluster.member(name).state.voters.sets.length, 1);
    assert.equal(cluster.member(name).state.producers.length, 2);
  }
});

test("a removed leader that alone has the end of the change brings the others there", () => {
  const cluster = network(["a"], { electionTimeoutMsMax: 2000 });
  cluster.add("b");
  cluster.propose("a", "", ["b"]);
  for (let i = 0; i < 20 && cluster.member("a").state.log.head.num < 3; i += 1) {
    cluster.pass("a", 150);
    cluster.deliverFrom("a");
    cluster.deliverFrom("b");
  }
  cluster.drop("a");
  assert.equal(cluster.member("a").state.log.head.num, 3);
  assert.equal(cluster.member("b").state.log.head.num, 2);
  cluster.crash("a");
  cluster.restart("a", "applied");
  cluster.run(10_000);
  const b = cluster.member("b");
  assert.equal(b.state.role, "leader");
  assert.equal(b.state.voters.nodes.length, 1);
  cluster.propose("b", "without a");
  assert.equal(b.state.commitNum, b.state.log.head.num);
  assert.equal(cluster.member("a").state.role, "observer");
});

test("a voter that has left by its own log still votes by its whole log", () => {
  const cluster = network(["a", "b", "c"], { ...loose, emptyBlocks: false });
  cluster.propose("a", "", ["a", "b"]);
  cluster.deliverAll();
  cluster.isolate("c");
  cluster.propose("a", "ends the change, unknown to c");
  cluster.deliverAll();
  cluster.heal("b", "c");
  const before = cluster.member("b").idAt(3);
  cluster.crash("b");
  cluster.restart("b");
  cluster.elect("c");
  assert.equal(cluster.member("c").state.role, "candidate");
  assert.equal(cluster.member("b").idAt(3), before);
});
