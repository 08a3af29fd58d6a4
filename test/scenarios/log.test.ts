import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf, termOf } from "@kith/protocol/ids";
import type { CftMessage } from "@kith/protocol/node-message";

import { Cluster, type Letter } from "./cluster.ts";

const fixed = { electionTimeoutMsMin: 1000, electionTimeoutMsMax: 1000 };
const loose = { ...fixed, preVote: false, leaderStickiness: false };

type Confirm = Extract<CftMessage, { kind: "confirm" }>;

function three(config = {}): Cluster {
  const cluster = new Cluster({ producers: ["a", "b", "c"], config: { ...fixed, ...config } });
  cluster.elect("a");
  assert.equal(cluster.member("a").state.role, "leader");
  return cluster;
}

function confirmOf(cluster: Cluster, changes: Partial<Confirm>): Confirm {
  const { state } = cluster.member("a");
  return {
    kind: "confirm",
    term: termOf(state.term),
    headNum: blockNumOf(state.log.head.num),
    headId: state.log.head.id,
    accepted: true,
    commitNum: blockNumOf(1),
    round: 1,
    clock: 0,
    ...changes,
  };
}

function receive(cluster: Cluster, to: string, from: string, message: CftMessage): void {
  cluster.input(to, { kind: "message", from: cluster.member(from).config.self, message });
}

test("pitfall 9: a block of an earlier term is not final because a majority has it (Raft figure 8)", () => {
  const cluster = new Cluster({
    producers: ["a", "b", "c", "d", "e"],
    config: { ...loose, emptyBlocks: false },
  });
  cluster.elect("a");
  for (const name of ["c", "d", "e"]) cluster.cut("a", name);
  cluster.propose("a", "term 1");
  cluster.deliverAll();
  assert.equal(cluster.member("b").state.log.head.num, 2);
  cluster.healAll();
  cluster.isolate("a");
  cluster.isolate("e");
  cluster.elect("b");
  const { state } = cluster.member("b");
  assert.equal(state.role, "leader");
  cluster.pass("b", 150);
  cluster.deliverAll();
  assert.equal(cluster.member("d").state.log.head.num, 2);
  assert.equal(state.commitNum, 1);
  cluster.propose("b", "own term");
  cluster.deliverAll();
  assert.equal(state.commitNum, 3);
});

test("a new leader makes an empty block of its own term when older ones are not final", () => {
  const cluster = three(loose);
  cluster.cut("a", "b");
  cluster.cut("a", "c");
  cluster.propose("a", "alone");
  cluster.healAll();
  cluster.drop("a");
  cluster.isolate("c");
  cluster.pass("a", 1000);
  cluster.elect("a");
  assert.equal(cluster.member("a").state.term, 2);
  assert.equal(cluster.member("a").state.commitNum, 3);
  assert.deepEqual(cluster.member("a").state.log.block(3)?.transactions, []);
});

test("a new leader of an idle network writes no block", () => {
  const cluster = three(loose);
  cluster.elect("b");
  cluster.elect("c");
  cluster.run(3000);
  for (const { state } of cluster.members.values()) assert.equal(state.log.head.num, 1);
});

test("an idle network writes nothing", () => {
  const cluster = three();
  cluster.propose("a", "one");
  cluster.run(1000);
  const before = [...cluster.members.values()].map(({ writes }) => writes);
  cluster.run(60_000, 50);
  assert.deepEqual(
    [...cluster.members.values()].map(({ writes }) => writes),
    before,
  );
});

test("pitfall 13: a confirm counts only when number and id are those of the leader's own block", () => {
  const cluster = three();
  cluster.isolate("a");
  cluster.propose("a", "mine");
  const { state } = cluster.member("a");
  receive(cluster, "a", "b", confirmOf(cluster, { headId: cluster.genesis.id }));
  assert.equal(state.commitNum, 1);
  receive(cluster, "a", "b", confirmOf(cluster, { headNum: blockNumOf(9) }));
  assert.equal(state.commitNum, 1);
  receive(cluster, "a", "b", confirmOf(cluster, {}));
  assert.equal(state.commitNum, 2);
});

test("pitfall 10: a refusal and a confirm of an earlier term make nothing final", () => {
  const cluster = three(loose);
  cluster.elect("b");
  cluster.elect("a");
  cluster.isolate("a");
  cluster.propose("a", "mine");
  const { state } = cluster.member("a");
  receive(cluster, "a", "b", confirmOf(cluster, { accepted: false }));
  receive(cluster, "a", "b", confirmOf(cluster, { term: termOf(state.term - 1) }));
  assert.equal(state.commitNum, 1);
});

test("pitfall 14: what a follower confirmed in one term is forgotten in the next", () => {
  const cluster = three(loose);
  cluster.propose("a", "one");
  cluster.deliverAll();
  cluster.elect("b");
  cluster.age(1000);
  cluster.pass("a", 0);
  for (const peer of ["b", "c"]) {
    cluster.deliverOne("a", peer);
    cluster.deliverOne(peer, "a");
  }
  const { leadership } = cluster.member("a").state;
  assert.ok(leadership);
  assert.deepEqual(
    [...leadership.peers.values()].map(({ matchNum }) => matchNum),
    [0, 0],
  );
});

test("pitfall 11: a late append drops nothing, and one against a final block breaks loudly", () => {
  const cluster = three();
  const late: Letter[] = [];
  cluster.propose("a", "two");
  late.push(...cluster.queue("a").filter(({ to }) => to === "b"));
  cluster.deliverAll();
  cluster.propose("a", "three");
  cluster.deliverAll();
  for (const letter of late) cluster.deliver("a", letter);
  const { state } = cluster.member("b");
  assert.equal(state.log.head.num, 3);
  const block = state.log.block(3);
  assert.ok(block);
  const foreign = { ...block, id: cluster.genesis.id };
  const message: CftMessage = {
    kind: "append",
    term: termOf(state.term),
    previousNum: blockNumOf(2),
    previousId: block.header.previous,
    blocks: [foreign],
    commitNum: blockNumOf(3),
    round: 9,
  };
  assert.throws(() => receive(cluster, "b", "a", message), /final and differs/);
});

test("pitfall 12: a write that finishes after its block was overwritten confirms nothing", () => {
  const cluster = three(loose);
  const b = cluster.member("b");
  b.syncsAtOnce = false;
  cluster.isolate("c");
  cluster.propose("a", "of term 1");
  cluster.deliverFrom("a");
  assert.equal(b.state.log.head.num, 2);
  const first = b.unsynced.at(-1)?.write ?? 0;
  cluster.healAll();
  cluster.isolate("a");
  cluster.age(1000);
  cluster.pass("c", 0);
  for (let i = 0; i < 5; i += 1) {
    cluster.deliverAll();
    cluster.pass("c", 150);
  }
  // b has more blocks than c; c can lead only with a's vote, so b's block is overwritten when a votes for c.
  cluster.healAll();
  cluster.crash("a");
  cluster.member("a").blocks = [cluster.genesis];
  cluster.restart("a");
  cluster.cut("b", "a");
  cluster.elect("c");
  assert.equal(cluster.member("c").state.role, "leader");
  cluster.cut("c", "a");
  cluster.propose("c", "of a later term");
  cluster.deliverAll();
  assert.equal(b.state.log.head.id, cluster.member("c").state.log.head.id);
  const head = b.state.log.head.num;
  cluster.sync("b", first);
  cluster.deliverAll();
  assert.equal(b.state.durableNum, 1);
  assert.ok(cluster.member("c").state.commitNum < head);
  cluster.sync("b");
  cluster.deliverAll();
  assert.equal(cluster.member("c").state.commitNum, head);
});

test("blocks that were overruled come back to the driver", () => {
  const cluster = three(loose);
  cluster.isolate("a");
  cluster.propose("a", "lost");
  const lost = cluster.member("a").state.log.head.id;
  cluster.elect("b");
  cluster.propose("b", "kept");
  cluster.deliverAll();
  cluster.healAll();
  cluster.member("a").takeEffects();
  cluster.pass("b", 150);
  cluster.deliverAll();
  const dropped = cluster
    .member("a")
    .takeEffects()
    .flatMap((effect) => (effect.kind === "dropped" ? effect.blocks : []));
  assert.deepEqual(
    dropped.map(({ id }) => id),
    [lost],
  );
});

test("a follower confirms a block only when it is on disk", () => {
  const cluster = three();
  cluster.member("b").syncsAtOnce = false;
  cluster.isolate("c");
  cluster.propose("a", "slow disk");
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.commitNum, 1);
  cluster.pass("a", 150);
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.commitNum, 1);
  cluster.sync("b");
  cluster.deliverAll();
  assert.equal(cluster.member("a").state.commitNum, 2);
});

test("a leader sends a block at once and counts itself only when it is on disk", () => {
  const cluster = three();
  const a = cluster.member("a");
  a.syncsAtOnce = false;
  cluster.isolate("c");
  cluster.propose("a", "slow disk");
  cluster.deliverAll();
  assert.equal(cluster.member("b").state.log.head.num, 2);
  assert.equal(a.state.commitNum, 1);
  cluster.sync("a");
  assert.equal(a.state.commitNum, 2);
});

test("the driver hears of a final block only when it is on its own disk", () => {
  const cluster = three();
  const a = cluster.member("a");
  a.syncsAtOnce = false;
  a.takeEffects();
  cluster.propose("a", "final on b and c");
  cluster.deliverAll();
  assert.equal(a.state.commitNum, 2);
  assert.ok(!a.takeEffects().some(({ kind }) => kind === "commit"));
  cluster.sync("a");
  assert.ok(a.takeEffects().some(({ kind }) => kind === "commit"));
});

test("pitfall 36: a power cut on all nodes loses nothing that was final", () => {
  const cluster = three({ electionTimeoutMsMax: 2000 });
  for (let i = 0; i < 10; i += 1) {
    cluster.propose("a", `block ${i}`);
    cluster.deliverAll();
  }
  const id = cluster.member("a").idAt(11);
  for (const name of ["a", "b", "c"]) cluster.crash(name);
  for (const name of ["a", "b", "c"]) cluster.restart(name);
  cluster.run(10_000);
  for (const member of cluster.members.values()) {
    assert.equal(member.idAt(11), id);
    assert.ok(member.state.commitNum >= 11);
  }
});
