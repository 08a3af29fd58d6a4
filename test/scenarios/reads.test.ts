import assert from "node:assert/strict";
import { test } from "node:test";

import { Cluster } from "./cluster.ts";

const fixed = { electionTimeoutMsMin: 1000, electionTimeoutMsMax: 1000 };
const loose = { ...fixed, preVote: false, leaderStickiness: false };

function three(config = {}): Cluster {
  const cluster = new Cluster({ producers: ["a", "b", "c"], config: { ...fixed, ...config } });
  cluster.elect("a");
  cluster.propose("a", "one");
  cluster.deliverAll();
  cluster.member("a").takeEffects();
  return cluster;
}

function answers(cluster: Cluster, name: string): readonly string[] {
  return cluster
    .member(name)
    .takeEffects()
    .flatMap((effect) => {
      if (effect.kind === "read-ready") return [`${effect.request} ready at ${effect.num}`];
      return effect.kind === "read-refused" ? [`${effect.request} refused`] : [];
    });
}

test("a read is ready when a quorum has followed since it was asked", () => {
  const cluster = three();
  cluster.input("a", { kind: "read-index", request: 1 });
  assert.deepEqual(answers(cluster, "a"), []);
  cluster.deliverAll();
  assert.deepEqual(answers(cluster, "a"), ["1 ready at 2"]);
});

test("an answer to an earlier round makes no read ready", () => {
  const cluster = three();
  cluster.pass("a", 150);
  cluster.deliverFrom("a");
  cluster.input("a", { kind: "read-index", request: 1 });
  cluster.deliverFrom("b", 1);
  cluster.deliverFrom("c", 1);
  assert.deepEqual(answers(cluster, "a"), []);
  cluster.deliverAll();
  assert.deepEqual(answers(cluster, "a"), ["1 ready at 2"]);
});

test("pitfall 17: a paused leader that was replaced answers no read", () => {
  const cluster = three(loose);
  cluster.isolate("a");
  cluster.elect("b");
  cluster.propose("b", "news");
  cluster.deliverAll();
  cluster.input("a", { kind: "read-index", request: 7 });
  cluster.deliverAll();
  assert.deepEqual(answers(cluster, "a"), []);
  cluster.healAll();
  cluster.pass("b", 150);
  cluster.deliverAll();
  assert.deepEqual(answers(cluster, "a"), ["7 refused"]);
});

test("pitfall 18: a new leader answers reads only when something of its own term is final", () => {
  const cluster = three(loose);
  cluster.elect("b");
  cluster.member("b").takeEffects();
  assert.equal(cluster.member("b").state.log.head.num, 2);
  cluster.input("b", { kind: "read-index", request: 3 });
  assert.deepEqual(answers(cluster, "b"), []);
  cluster.deliverAll();
  assert.deepEqual(answers(cluster, "b"), ["3 ready at 3"]);
});

test("reads that come together share one round", () => {
  const cluster = three();
  cluster.input("a", { kind: "read-index", request: 1 });
  for (let request = 2; request <= 100; request += 1) {
    cluster.input("a", { kind: "read-index", request });
  }
  assert.equal(cluster.queue("a").length, 2);
  cluster.deliverAll();
  assert.equal(answers(cluster, "a").length, 100);
});

test("a follower refuses a read, and a leader more than the limit", () => {
  const cluster = three({ readsPendingMax: 2 });
  cluster.member("b").takeEffects();
  cluster.input("b", { kind: "read-index", request: 1 });
  assert.deepEqual(answers(cluster, "b"), ["1 refused"]);
  for (const request of [1, 2, 3, 4]) cluster.input("a", { kind: "read-index", request });
  assert.deepEqual(answers(cluster, "a"), ["4 refused"]);
});

test("a single producer answers reads by itself", () => {
  const cluster = new Cluster({ producers: ["a"], config: fixed });
  cluster.elect("a");
  cluster.propose("a", "one");
  cluster.member("a").takeEffects();
  cluster.input("a", { kind: "read-index", request: 5 });
  assert.deepEqual(answers(cluster, "a"), ["5 ready at 2"]);
});
