import assert from "node:assert/strict";
import { test } from "node:test";

import { termOf } from "@kith/protocol/ids";

import { Cluster } from "./cluster.ts";

const five = ["a", "b", "c", "d", "e"];
const fixed = { electionTimeoutMsMin: 1000, electionTimeoutMsMax: 1000 };

test("pitfall 1: a voter that crashes before its vote is written has not voted", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"], config: { ...fixed, preVote: false } });
  const b = cluster.member("b");
  b.syncsAtOnce = false;
  cluster.pass("a", 1000);
  cluster.deliverOne("a", "b");
  assert.equal(cluster.queue("b").length, 0);
  cluster.crash("b");
  cluster.restart("b");
  b.syncsAtOnce = true;
  cluster.pass("c", 1000);
  cluster.deliverOne("c", "b");
  cluster.deliverOne("b", "c");
  assert.equal(cluster.member("c").state.role, "leader");
  cluster.deliverAll();
});

test("a voter that crashes after its vote was written does not vote again in that term", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"], config: { ...fixed, preVote: false } });
  cluster.pass("a", 1000);
  cluster.deliverOne("a", "b");
  cluster.crash("b");
  cluster.restart("b");
  cluster.drop("a", "c");
  cluster.pass("c", 1000);
  cluster.deliverOne("c", "b");
  cluster.deliverOne("b", "c");
  assert.equal(cluster.member("c").state.role, "candidate");
  assert.equal(cluster.member("b").state.votedFor, cluster.member("a").config.self);
});

test("a candidate counts its own vote only when that is on disk", () => {
  const cluster = new Cluster({ producers: ["a"], config: fixed });
  const a = cluster.member("a");
  a.syncsAtOnce = false;
  cluster.pass("a", 1000);
  assert.equal(a.state.role, "candidate");
  cluster.sync("a");
  assert.equal(a.state.role, "leader");
});

test("vote requests leave only when the candidate's own vote is on disk", () => {
  const cluster = new Cluster({ producers: ["a", "b"], config: { ...fixed, preVote: false } });
  cluster.member("a").syncsAtOnce = false;
  cluster.pass("a", 1000);
  assert.equal(cluster.queue("a").length, 0);
  cluster.sync("a");
  assert.deepEqual(
    cluster.queue("a").map((letter) => letter.message.kind),
    ["vote-request"],
  );
});

test("pitfall 2: a candidate that stepped down keeps the vote it gave itself", () => {
  const cluster = new Cluster({
    producers: five,
    config: { ...fixed, preVote: false, leaderStickiness: false },
  });
  for (const name of ["b", "c", "d"]) cluster.pass(name, 1000);
  for (const voter of ["a", "e"]) {
    cluster.deliverOne("c", voter);
    cluster.deliverOne(voter, "c");
  }
  assert.equal(cluster.member("c").state.role, "leader");
  cluster.drop("b");
  cluster.deliverOne("c", "b");
  cluster.deliverOne("c", "b");
  assert.equal(cluster.member("b").state.role, "follower");
  cluster.drop("b");
  cluster.deliverOne("d", "b");
  const [answer] = cluster.queue("b");
  assert.equal(answer?.message.kind === "vote-response" && answer.message.granted, false);
});

test("pitfall 3: after a restart the term comes from the ballot, not from the last block", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"], config: fixed });
  cluster.elect("a");
  cluster.propose("a", "block of term 1");
  cluster.deliverAll();
  const b = cluster.member("b");
  b.ballot = { term: termOf(7), votedFor: cluster.member("c").config.self };
  cluster.crash("b");
  cluster.restart("b");
  assert.equal(b.state.term, 7);
  assert.equal(b.state.votedFor, cluster.member("c").config.self);
});

test("pitfall 4: a stable leader stays when some links between others and it are down", () => {
  const cluster = new Cluster({ producers: five });
  cluster.run(5000);
  const leader = cluster.leader();
  assert.ok(leader);
  const others = five.filter((name) => name !== leader.name);
  const { term } = leader.state;
  cluster.cut(leader.name, others[0] ?? "");
  cluster.cut(others[1] ?? "", others[2] ?? "");
  cluster.run(20_000);
  assert.equal(cluster.leader()?.name, leader.name);
  assert.equal(leader.state.term, term);
});

test("pitfall 5: a node that can only send disturbs nobody", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"] });
  cluster.run(5000);
  const leader = cluster.leader();
  assert.ok(leader);
  const deaf = ["a", "b", "c"].find((name) => name !== leader.name) ?? "";
  for (const other of ["a", "b", "c"]) if (other !== deaf) cluster.cut(other, deaf, false);
  const { term } = leader.state;
  cluster.run(20_000);
  assert.equal(leader.state.role, "leader");
  assert.equal(leader.state.term, term);
});

test("a leader that can send but hears nobody steps down, and another one leads", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"] });
  cluster.run(5000);
  const deaf = cluster.leader();
  assert.ok(deaf);
  for (const other of ["a", "b", "c"])
    if (other !== deaf.name) cluster.cut(other, deaf.name, false);
  cluster.run(20_000);
  const leader = cluster.leader();
  assert.ok(leader);
  assert.notEqual(leader.name, deaf.name);
  cluster.propose(leader.name, "goes on");
  cluster.deliverAll();
  assert.equal(leader.state.commitNum, leader.state.log.head.num);
});

test("pitfall 7: a node that lags and has a later term comes back without a deadlock", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"] });
  cluster.run(5000);
  const leader = cluster.leader();
  assert.ok(leader);
  const lagging = ["a", "b", "c"].find((name) => name !== leader.name) ?? "";
  cluster.isolate(lagging);
  for (let i = 0; i < 5; i += 1) {
    cluster.propose(leader.name, `block ${i}`);
    cluster.deliverAll();
  }
  const member = cluster.member(lagging);
  cluster.crash(lagging);
  member.ballot = { term: termOf(30) };
  cluster.restart(lagging);
  cluster.healAll();
  cluster.run(20_000);
  const now = cluster.leader();
  assert.ok(now);
  assert.ok(now.state.term >= 30);
  cluster.propose(now.name, "together again");
  cluster.deliverAll();
  for (const { state } of cluster.members.values()) {
    assert.equal(state.commitNum, now.state.log.head.num);
    assert.equal(state.log.head.id, now.state.log.head.id);
  }
});

test("whoever hears from a leader votes for nobody else, unless the leader asks for it", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"], config: fixed });
  cluster.elect("a");
  cluster.pass("a", 150);
  cluster.deliverAll();
  const request = { kind: "vote-request", term: termOf(9), pre: false } as const;
  const { head } = cluster.member("b").state.log;
  const rest = { headTerm: termOf(head.term), headNum: cluster.genesis.header.blockNum };
  const c = cluster.member("c").config.self;
  cluster.drop("b");
  cluster.input("b", {
    kind: "message",
    from: c,
    message: { ...request, ...rest, transfer: false },
  });
  assert.equal(cluster.member("b").state.term, 1);
  assert.equal(cluster.queue("b").length, 0);
  cluster.input("b", {
    kind: "message",
    from: c,
    message: { ...request, ...rest, transfer: true },
  });
  assert.equal(cluster.member("b").state.votedFor, c);
});

test("pre-votes change no term and are refused by whoever has more blocks", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c"], config: fixed });
  cluster.elect("a");
  cluster.isolate("c");
  cluster.propose("a", "c lacks this");
  cluster.deliverAll();
  cluster.isolate("a");
  cluster.heal("b", "c");
  cluster.age(2000);
  cluster.pass("c", 1000);
  cluster.deliverAll();
  assert.equal(cluster.member("c").state.role, "candidate");
  assert.equal(cluster.member("c").state.term, 1);
  assert.equal(cluster.member("b").state.term, 1);
});

test("any sequence of crashes, partitions and lost messages keeps one leader a term", () => {
  const seed = Number(process.env["KITH_SEED"] ?? Date.now() % 1_000_000);
  // The seed replays the run: KITH_SEED=... bun test test/scenarios/elections.test.ts
  process.stdout.write(`seed ${seed}\n`);
  const random = lehmer(seed);
  const cluster = new Cluster({ producers: five });
  const names = five;
  const pick = (): string => names[random(names.length)] ?? "a";
  for (let round = 0; round < 3000; round += 1) {
    const kind = random(12);
    if (kind === 0) cluster.cut(pick(), pick(), random(2) === 0);
    if (kind === 1) cluster.healAll();
    if (kind === 2) cluster.drop(pick());
    if (kind === 3) {
      const name = pick();
      cluster.crash(name);
      cluster.restart(name);
    }
    if (kind === 4) cluster.member(pick()).syncsAtOnce = random(2) === 0;
    if (kind === 5) cluster.sync(pick());
    if (kind === 6) cluster.queue(pick()).reverse();
    const leader = cluster.leader();
    if (leader !== undefined && kind > 7) cluster.propose(leader.name, `round ${round}`);
    cluster.pass(pick(), random(400));
    cluster.deliverFrom(pick(), random(20));
  }
  cluster.healAll();
  for (const member of cluster.members.values()) {
    member.syncsAtOnce = true;
    cluster.sync(member.name);
  }
  cluster.run(20_000);
  const leader = cluster.leader();
  assert.ok(leader, "a leader is elected once the faults end");
  cluster.propose(leader.name, "the end");
  // A node whose clock is behind takes blocks when the others have made them final.
  cluster.run(1000);
  for (const { state } of cluster.members.values()) {
    assert.equal(state.log.head.id, leader.state.log.head.id);
    assert.equal(state.commitNum, leader.state.log.head.num);
  }
});

function lehmer(seed: number): (below: number) => number {
  let state = (seed % 2_147_483_646) + 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
