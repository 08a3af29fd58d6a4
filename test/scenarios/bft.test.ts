import assert from "node:assert/strict";
import { test } from "node:test";

import { Cluster } from "./cluster.ts";

const names = ["a", "b", "c", "d"] as const;

function begun(producers: readonly string[] = names): Cluster {
  const cluster = new Cluster({ producers, algorithm: "bft" });
  cluster.run(50);
  return cluster;
}

function leaderName(cluster: Cluster): string {
  const leader = cluster.leader();
  assert.ok(leader !== undefined, "nobody leads");
  return leader.name;
}

function finalNums(cluster: Cluster): readonly number[] {
  return [...cluster.members.values()].map(({ state }) => state.announcedNum);
}

test("four nodes agree on a leader and make a block final", () => {
  const cluster = begun();
  cluster.propose(leaderName(cluster), "one");
  cluster.deliverAll();
  assert.deepEqual(finalNums(cluster), [2, 2, 2, 2]);
});

test("a producer that is alone decides alone", () => {
  const cluster = begun(["a"]);
  cluster.propose("a", "one");
  assert.deepEqual(finalNums(cluster), [2]);
});

test("a block takes three messages in a row: the block, prepares, commits", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  cluster.propose(leader, "one");
  cluster.deliverAllOnce();
  cluster.deliverAllOnce();
  assert.ok(finalNums(cluster).every((num) => num === 1));
  cluster.deliverAllOnce();
  assert.ok(finalNums(cluster).every((num) => num === 2));
});

test("blocks are pipelined: the next one does not wait for the votes on the last one", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  for (const text of ["one", "two", "three"]) cluster.propose(leader, text);
  cluster.deliverAll();
  assert.deepEqual(finalNums(cluster), [4, 4, 4, 4]);
});

test("one of four may be away", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  const away = names.find((name) => name !== leader) ?? "";
  cluster.crash(away);
  cluster.propose(leader, "one");
  cluster.deliverAll();
  assert.equal(cluster.member(leader).state.commitNum, 2);
});

test("with two of four away nothing becomes final, and with one of them back it goes on", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  const [first = "", second = ""] = names.filter((name) => name !== leader);
  cluster.crash(first);
  cluster.crash(second);
  cluster.propose(leader, "one");
  cluster.run(5_000);
  assert.ok(finalNums(cluster).every((num) => num === 1));
  cluster.restart(first);
  cluster.run(3_000);
  cluster.propose(leaderName(cluster), "two");
  cluster.deliverAll();
  assert.ok(cluster.member(leader).state.commitNum >= 2);
});

test("when the leader dies the next one leads within a second, and nothing that was prepared is lost", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  cluster.propose(leader, "one");
  cluster.deliverAllOnce();
  cluster.deliverAllOnce();
  cluster.crash(leader);
  cluster.run(900);
  const next = leaderName(cluster);
  assert.notEqual(next, leader);
  assert.equal(cluster.member(next).state.commitNum, 2);
  cluster.propose(next, "two");
  cluster.deliverAll();
  assert.equal(cluster.member(next).state.commitNum, 3);
});

test("a node that comes back learns the term and what became final without it", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  const away = names.find((name) => name !== leader) ?? "";
  cluster.crash(away);
  for (let count = 0; count < 20; count += 1) {
    cluster.propose(leader, `${count}`);
    cluster.deliverAll();
  }
  cluster.restart(away);
  cluster.run(1_000);
  assert.deepEqual(finalNums(cluster), [21, 21, 21, 21]);
  assert.equal(cluster.member(away).state.leader, cluster.member(leader).state.leader);
});

test("pitfall 25: all nodes lose power and go on where they were", () => {
  const cluster = begun();
  cluster.propose(leaderName(cluster), "one");
  cluster.deliverAll();
  for (const name of names) cluster.crash(name);
  for (const name of names) cluster.restart(name);
  cluster.run(2_000);
  cluster.propose(leaderName(cluster), "two");
  cluster.deliverAll();
  assert.deepEqual(finalNums(cluster), [3, 3, 3, 3]);
});

test("messages that get lost are said again", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  cluster.propose(leader, "one");
  for (const name of names) cluster.drop(name);
  cluster.run(400);
  assert.deepEqual(finalNums(cluster), [2, 2, 2, 2]);
});

test("an idle network keeps its leader", () => {
  const cluster = begun();
  const { term } = cluster.member("a").state;
  cluster.run(20_000, 50);
  assert.ok([...cluster.members.values()].every(({ state }) => state.term === term));
});

test("timeouts grow while terms fail and shrink with progress", () => {
  const cluster = begun();
  for (const name of ["a", "b", "c", "d"])
    for (const other of names) if (name !== other) cluster.cut(name, other);
  cluster.run(3_000);
  cluster.healAll();
  const base = cluster.member("a").config.viewTimeoutMsMin;
  for (let count = 0; count < 3; count += 1) {
    const leader = leaderNameAfter(cluster);
    for (const other of names) if (other !== leader) cluster.cut(leader, other);
    cluster.run(4_000);
    cluster.healAll();
  }
  cluster.run(10_000);
  cluster.propose(leaderName(cluster), "one");
  cluster.deliverAll();
  for (let count = 0; count < 6; count += 1) {
    cluster.propose(leaderName(cluster), `more ${count}`);
    cluster.deliverAll();
  }
  for (const { state } of cluster.members.values()) assert.equal(state.bft.clock.timeoutMs, base);
});

function leaderNameAfter(cluster: Cluster): string {
  cluster.run(5_000);
  return leaderName(cluster);
}

test("pitfall 29: a transaction that the leader keeps out of its blocks costs it the lead", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  for (const name of names) {
    if (name === leader) continue;
    cluster.input(name, { kind: "demand", sinceMs: cluster.member(name).nowMs });
  }
  for (let count = 0; count < 30 && leaderName(cluster) === leader; count += 1) {
    cluster.propose(leader, `its own ${count}`);
    cluster.run(100);
  }
  assert.notEqual(leaderName(cluster), leader);
});

test("a reader on any node sees what was final when it asked, also while the leader is silent", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  cluster.propose(leader, "one");
  cluster.deliverAll();
  const reader = names.find((name) => name !== leader) ?? "";
  cluster.isolate(leader);
  cluster.member(reader).takeEffects();
  cluster.input(reader, { kind: "read-index", request: 7 });
  cluster.deliverAll();
  const answers = cluster
    .member(reader)
    .takeEffects()
    .filter(({ kind }) => kind === "read-ready");
  assert.deepEqual(answers, [{ kind: "read-ready", request: 7, num: 2 }]);
});

test("a reader that is cut off is refused", () => {
  const cluster = begun();
  cluster.isolate("a");
  cluster.member("a").takeEffects();
  cluster.input("a", { kind: "read-index", request: 7 });
  cluster.run(5_000);
  const kinds = cluster
    .member("a")
    .takeEffects()
    .map(({ kind }) => kind);
  assert.ok(kinds.includes("read-refused") && !kinds.includes("read-ready"));
});

test("an observer follows votes by itself and catches up by certificates", () => {
  const cluster = begun();
  cluster.add("o");
  for (const name of [...names, "o"]) {
    const others = [...names, "o"].filter((other) => other !== name);
    const nodes = others.map((other) => cluster.member(other).config.self);
    cluster.input(name, { kind: "observers", nodes });
  }
  cluster.run(500);
  for (let count = 0; count < 3; count += 1) {
    cluster.propose(leaderName(cluster), `${count}`);
    cluster.deliverAll();
  }
  assert.equal(cluster.member("o").state.commitNum, 4);
});

/** Who sent the reborn node a new view since the last look, and how often. */
function newViewsTo(cluster: Cluster, name: string): readonly string[] {
  const { self } = cluster.member(name).config;
  return [...cluster.members.values()].flatMap((member) =>
    member
      .takeEffects()
      .filter((effect) => effect.kind === "send" && effect.message.kind === "new-view")
      .filter((effect) => effect.kind === "send" && effect.to === self)
      .map(() => member.name),
  );
}

test("how the term began is told to a node that comes back by the leader alone", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  const away = names.find((name) => name !== leader) ?? "";
  cluster.crash(away);
  cluster.run(1_000);
  newViewsTo(cluster, away);
  cluster.restart(away);
  cluster.run(1_000);
  assert.deepEqual(newViewsTo(cluster, away), [leader]);
  assert.equal(cluster.member(away).state.role, "follower");
});

test("where the leader does not tell it, the others do after a view timeout", () => {
  const cluster = begun();
  const leader = leaderName(cluster);
  const away = names.find((name) => name !== leader) ?? "";
  const others = names.filter((name) => name !== leader && name !== away);
  cluster.crash(away);
  cluster.run(1_000);
  cluster.restart(away);
  cluster.cut(leader, away);
  newViewsTo(cluster, away);
  const timeoutMs = cluster.member(away).config.viewTimeoutMsMin;
  cluster.run(timeoutMs - 10);
  assert.deepEqual(newViewsTo(cluster, away), []);
  cluster.run(timeoutMs);
  assert.deepEqual(newViewsTo(cluster, away).toSorted(), others.toSorted());
  assert.equal(cluster.member(away).state.leader, cluster.member(leader).config.self);
});
