import assert from "node:assert/strict";
import { test } from "node:test";

import { Cluster } from "./cluster.ts";
import { consensusOf } from "./names.ts";

const newcomers = ["b", "c", "d"] as const;

/**
 * Alone, `a` lets three others in. All but `b` have prepared that, and `a` is bound to it; `d` says nothing any more, so without `b` it does
 * not become final.
 */
function withoutB(): Cluster {
  let isLying = false;
  const cluster = new Cluster({
    producers: ["a"],
    algorithm: "bft",
    onSend: ({ name }, { message }) =>
      !isLying || name !== "d" || (message.kind === "vote" && message.vote.committed.num < 3),
  });
  for (const name of newcomers) cluster.add(name);
  for (const [name] of cluster.members) {
    const nodes = [...cluster.members.values()]
      .filter((member) => member.name !== name)
      .map(({ config }) => config.self);
    cluster.input(name, { kind: "observers", nodes });
  }
  cluster.run(50);
  cluster.propose("a", "one");
  cluster.run(50);
  cluster.isolate("b");
  isLying = true;
  cluster.want(consensusOf(["a", ...newcomers], "bft"));
  cluster.change("a");
  cluster.run(50);
  assert.equal(cluster.member("a").state.bft.lock?.num, 3);
  cluster.crash("d");
  // The term in which `b` could have heard of it is over.
  cluster.run(5_000);
  assert.equal(cluster.member("a").state.commitNum, 2);
  cluster.healAll();
  return cluster;
}

test("a producer to be that lacks the block which makes it one is given it in a view change, and joins that", () => {
  const cluster = withoutB();
  cluster.run(20_000, 50);
  for (const name of ["a", "b", "c"]) {
    const { commitNum, consensus } = cluster.member(name).state;
    assert.ok(commitNum >= 3, `${name} has ${commitNum}`);
    assert.ok(consensus.point.epoch > 1 || consensus.point.since <= commitNum);
  }
});
