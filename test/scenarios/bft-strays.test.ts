import assert from "node:assert/strict";
import { test } from "node:test";

import { Cluster } from "./cluster.ts";

const names = ["a", "b", "c", "d"] as const;

/** A cluster whose leader is named, and another node that gave its term up alone. */
function withStray(): { cluster: Cluster; leader: string; stray: string } {
  const cluster = new Cluster({ producers: names, algorithm: "bft" });
  cluster.run(50);
  const leader = cluster.leader()?.name ?? assert.fail("nobody leads");
  const stray = names.find((name) => name !== leader) ?? "";
  cluster.isolate(stray);
  cluster.pass(stray, 600);
  assert.ok(cluster.member(stray).state.term > cluster.member(leader).state.term);
  cluster.healAll();
  return { cluster, leader, stray };
}

const termsOf = (cluster: Cluster): readonly number[] =>
  [...cluster.members.values()].map(({ state }) => state.term);

test("a producer that gave the term up alone is with the others again before long, and votes", () => {
  const { cluster, stray } = withStray();
  cluster.run(11_000, 50);
  assert.equal(new Set(termsOf(cluster)).size, 1);
  const leader = cluster.leader()?.name ?? assert.fail("nobody leads");
  // Now one of the others may be away.
  const away = names.find((name) => name !== stray && name !== leader) ?? "";
  cluster.crash(away);
  cluster.propose(leader, "one");
  cluster.deliverAll();
  assert.equal(cluster.member(leader).state.commitNum, 2);
});

test("until then the others go on as they were, and the stray learns what becomes final", () => {
  const { cluster, leader, stray } = withStray();
  const { term } = cluster.member(leader).state;
  for (let count = 0; count < 20; count += 1) {
    cluster.propose(leader, `${count}`);
    cluster.run(200, 50);
  }
  assert.equal(cluster.member(leader).state.term, term);
  assert.ok(cluster.member(stray).state.commitNum >= 20);
});

test("a producer that always runs ahead makes the others change leaders rarely", () => {
  const { cluster, stray } = withStray();
  const before = Math.max(...termsOf(cluster));
  let ownChanges = 0;
  for (let passed = 0; passed < 60_000; passed += 50) {
    cluster.run(50, 50);
    const { state } = cluster.member(stray);
    if (state.role === "leader") {
      // A leader may go whenever it likes.
      ownChanges += 1;
      cluster.input(stray, { kind: "transfer", to: state.config.self });
      cluster.run(50, 50);
    } else if (state.bft.root !== undefined) {
      // As soon as the others have come, it is ahead again.
      cluster.isolate(stray);
      cluster.pass(stray, 600);
      cluster.healAll();
    }
  }
  const changes = Math.max(...termsOf(cluster)) - before - ownChanges;
  assert.ok(changes >= 3 && changes <= 7, `${changes} terms in a minute`);
});

test("leaders that are lost while nothing is to be ordered make nobody more patient", () => {
  const cluster = new Cluster({ producers: names, algorithm: "bft" });
  cluster.run(50);
  for (let count = 0; count < 8; count += 1) {
    const leader = cluster.leader()?.name ?? assert.fail("nobody leads");
    cluster.isolate(leader);
    cluster.run(900);
    cluster.healAll();
    cluster.run(200);
  }
  const { viewTimeoutMsMin } = cluster.member("a").config;
  for (const { state } of cluster.members.values()) {
    assert.equal(state.bft.clock.timeoutMs, viewTimeoutMsMin);
  }
});
