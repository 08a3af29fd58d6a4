import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf, termOf } from "@kith/protocol/ids";
import type { CftMessage } from "@kith/protocol/node-message";

import { Cluster } from "./cluster.ts";
import type { Member } from "./member.ts";
import { nodeIdOfName } from "./names.ts";

const fixed = { electionTimeoutMsMin: 1000, electionTimeoutMsMax: 1000 };
const hugeTerm = termOf(1_000_000);
const stranger = nodeIdOfName("s");

/** A network whose first producer leads, and a node `s` beside it that nobody knows and that never answers. */
function network(producers: readonly string[], config = {}): Cluster {
  const cluster = new Cluster({ producers, config: { ...fixed, ...config } });
  cluster.add("s").running = false;
  cluster.elect(producers[0] ?? "");
  return cluster;
}

/** Everything that a stranger must not be able to change. */
function factsOf({ state, ballot }: Member): unknown {
  const { role, term, votedFor, leader, commitNum, electionStartMs, leaderHeardMs } = state;
  const votes = [...(state.candidacy?.votes ?? [])];
  const timers = { electionStartMs, leaderHeardMs, timeoutMs: state.electionTimeoutMs };
  const head = state.log.head.id;
  const vouched = [...state.vouched];
  const writes = state.writes.last;
  return { role, term, votedFor, leader, commitNum, head, votes, vouched, timers, ballot, writes };
}

function forgedAppend(cluster: Cluster, term: number): CftMessage {
  return {
    kind: "append",
    term: termOf(term),
    previousNum: blockNumOf(0),
    previousId: cluster.genesis.header.previous,
    blocks: [{ ...cluster.genesis, id: cluster.genesis.header.previous }],
    commitNum: blockNumOf(1),
    round: 1,
  };
}

function voteRequest(term: number, pre: boolean): CftMessage {
  const head = { headTerm: hugeTerm, headNum: blockNumOf(1_000) };
  return { kind: "vote-request", term: termOf(term), pre, transfer: true, ...head };
}

/** What a stranger may say to disturb a node, in its term and in a later one. */
function attacksOn(cluster: Cluster, { state }: Member): readonly CftMessage[] {
  const roster = { headNum: blockNumOf(1_000), producers: [stranger] };
  const { num, id } = state.log.head;
  return [state.term, state.term + 1, hugeTerm].flatMap((number): readonly CftMessage[] => {
    const term = termOf(number);
    const answers = [true, false].flatMap((pre): readonly CftMessage[] => [
      { kind: "vote-response", term, pre, granted: true, roster },
      { kind: "vote-response", term, pre, granted: false, roster },
      voteRequest(term, pre),
    ]);
    const confirm = { kind: "confirm", term, headNum: blockNumOf(num), headId: id } as const;
    return [
      ...answers,
      forgedAppend(cluster, term),
      { kind: "timeout-now", term },
      { ...confirm, accepted: false, commitNum: blockNumOf(1), round: 1_000, clock: 0 },
    ];
  });
}

/** Hands every attack to the node; the cluster throws when the node breaks on one. */
function assertUnmoved(cluster: Cluster, name: string): void {
  const member = cluster.member(name);
  const before = factsOf(member);
  for (const message of attacksOn(cluster, member)) {
    cluster.input(name, { kind: "message", from: stranger, message });
    assert.deepEqual(factsOf(member), before, JSON.stringify(message));
  }
}

function questionsOf(cluster: Cluster, name: string): readonly string[] {
  return cluster.queue(name).flatMap(({ to, message }) => {
    const asks = message.kind === "vote-request" && message.term === 0;
    return asks ? [to] : [];
  });
}

/** a, b and c become c, d and e while c is away; then a is gone, and b follows without being a producer. */
function withoutC(config = {}): { readonly cluster: Cluster; readonly leader: string } {
  const cluster = network(["a", "b", "c"], { electionTimeoutMsMax: 2000, ...config });
  for (const name of ["d", "e"]) cluster.add(name);
  cluster.isolate("c");
  cluster.propose("a", "", ["c", "d", "e"]);
  cluster.run(1000);
  const leader = cluster.leader()?.name ?? "";
  assert.ok(["d", "e"].includes(leader));
  cluster.input(leader, { kind: "observers", nodes: [nodeIdOfName("b")] });
  cluster.crash("a");
  cluster.propose(leader, "without c");
  cluster.run(500);
  const b = cluster.member("b").state;
  assert.equal(b.role, "observer");
  assert.equal(b.commitNum, b.log.head.num);
  return { cluster, leader };
}

function assertFollows(cluster: Cluster, name: string, leader: string): void {
  const { state } = cluster.member(name);
  assert.equal(state.leader, nodeIdOfName(leader));
  assert.equal(state.log.head.id, cluster.member(leader).state.log.head.id);
  assert.equal(state.commitNum, state.log.head.num);
}

test("a stranger moves no leader and no follower", () => {
  const cluster = network(["a", "b", "c"]);
  cluster.propose("a", "something");
  cluster.run(300);
  assertUnmoved(cluster, "a");
  assertUnmoved(cluster, "b");
  cluster.deliverAll();
  cluster.run(5000);
  assert.equal(cluster.leader()?.name, "a");
  assert.equal(cluster.member("a").state.term, 1);
});

test("a stranger moves no leader that sends it blocks as an observer", () => {
  const cluster = network(["a", "b", "c"]);
  cluster.input("a", { kind: "observers", nodes: [stranger] });
  const { state } = cluster.member("a");
  assert.equal(state.leadership?.peers.has(stranger), true);
  assertUnmoved(cluster, "a");
});

test("a stranger moves nobody who has lost the leader, and no candidate", () => {
  const cluster = network(["a", "b", "c"]);
  cluster.crash("a");
  cluster.age(1500);
  assertUnmoved(cluster, "b");
  cluster.pass("c", 0);
  assert.equal(cluster.member("c").state.role, "candidate");
  assertUnmoved(cluster, "c");
  const realCandidate = network(["a", "b", "c"], { preVote: false });
  realCandidate.pass("b", 5000);
  assert.equal(realCandidate.member("b").state.candidacy?.pre, false);
  assertUnmoved(realCandidate, "b");
});

test("a stranger moves no observer, with a leader or without", () => {
  const cluster = network(["a", "b", "c"]);
  cluster.add("o");
  assertUnmoved(cluster, "o");
  cluster.input("a", { kind: "observers", nodes: [nodeIdOfName("o")] });
  cluster.run(300);
  assertFollows(cluster, "o", "a");
  assertUnmoved(cluster, "o");
});

test("a stranger is told who the producers are, and its pre-vote is refused whatever it claims", () => {
  const cluster = network(["a", "b", "c"]);
  cluster.age(5000);
  cluster.drop("b");
  const message = voteRequest(hugeTerm, true);
  cluster.input("b", { kind: "message", from: stranger, message });
  const answer = cluster.queue("b").find(({ to }) => to === "s")?.message;
  assert.ok(answer?.kind === "vote-response");
  assert.equal(answer.granted, false);
  assert.deepEqual(answer.roster?.producers, ["a", "b", "c"].map(nodeIdOfName));
});

test("whoever hears from a leader asks nobody about strangers, others ask once a heartbeat", () => {
  const cluster = network(["a", "b", "c"]);
  const disturb = (): void => {
    for (let i = 0; i < 50; i += 1) {
      const message = forgedAppend(cluster, hugeTerm);
      cluster.input("b", { kind: "message", from: stranger, message });
    }
  };
  cluster.pass("a", 150);
  cluster.deliverAll();
  disturb();
  assert.deepEqual(questionsOf(cluster, "b"), []);
  cluster.age(1000);
  disturb();
  assert.deepEqual(questionsOf(cluster, "b"), ["a", "c"]);
});

test("a producer that was away while the others changed follows a leader that a known one vouches for", () => {
  const { cluster, leader } = withoutC();
  const { state } = cluster.member("c");
  assert.ok(!state.producers.includes(nodeIdOfName(leader)));
  cluster.healAll();
  cluster.run(1000);
  assertFollows(cluster, "c", leader);
  assert.equal(state.role, "follower");
});

test("a producer that was away gives its vote to one that it has never heard of", () => {
  const { cluster, leader } = withoutC();
  const other = leader === "d" ? "e" : "d";
  cluster.crash(leader);
  cluster.healAll();
  cluster.run(10_000);
  assert.equal(cluster.leader()?.name, other);
  assertFollows(cluster, "c", other);
  cluster.propose(other, "two of three");
  cluster.run(300);
  assertFollows(cluster, "c", other);
});

test("a candidate whose pre-vote is refused learns who the producers are", () => {
  const { cluster, leader } = withoutC();
  cluster.heal("c", "b");
  cluster.pass("c", 2000);
  cluster.deliverAll();
  assert.ok(cluster.member("c").state.vouched.has(nodeIdOfName(leader)));
  cluster.heal("c", leader);
  cluster.pass(leader, 150);
  cluster.deliverAll();
  assertFollows(cluster, "c", leader);
});

test("an observer with the first block alone catches up as long as one that it knows follows", () => {
  const cluster = network(["a"]);
  for (const name of ["b", "c"]) cluster.add(name);
  const observers = [nodeIdOfName("a"), nodeIdOfName("b"), nodeIdOfName("o")];
  for (const [from, to] of [
    ["a", "b"],
    ["b", "c"],
  ] as const) {
    cluster.propose(from, "", [to]);
    cluster.run(3000);
    assert.equal(cluster.leader()?.name, to);
    cluster.input(to, { kind: "observers", nodes: observers.slice(0, 2) });
    cluster.propose(to, `${to} alone`);
    cluster.run(300);
  }
  const { state } = cluster.add("o");
  cluster.input("c", { kind: "observers", nodes: observers });
  cluster.run(1000);
  assert.equal(state.role, "observer");
  assertFollows(cluster, "o", "c");
});

test("whoever knows none of the living producers stays where it is", () => {
  const cluster = network(["a"]);
  cluster.add("b");
  cluster.propose("a", "", ["b"]);
  cluster.run(3000);
  assert.equal(cluster.leader()?.name, "b");
  cluster.crash("a");
  const { state } = cluster.add("o");
  cluster.input("b", { kind: "observers", nodes: [nodeIdOfName("o")] });
  cluster.run(5000);
  assert.equal(state.leader, undefined);
  assert.equal(state.log.head.num, 1);
});

test("a liar that is no producer cannot vouch for itself, also when it is asked about", () => {
  const cluster = network(["a", "b", "c"]);
  const { state } = cluster.add("o");
  const roster = { headNum: blockNumOf(1_000), producers: [stranger, nodeIdOfName("o")] };
  const kind = "vote-response";
  const lie = { kind, term: hugeTerm, pre: true, granted: false, roster } as const;
  for (const message of [forgedAppend(cluster, 1), lie, forgedAppend(cluster, 1)]) {
    cluster.input("o", { kind: "message", from: stranger, message });
    cluster.deliverAll();
    cluster.age(150);
  }
  assert.equal(state.vouched.has(stranger), false);
  assert.equal(state.leader, undefined);
  assert.equal(state.term, 0);
});

test("a word about a producer ends when the own log has come as far", () => {
  const { cluster, leader } = withoutC();
  const other = leader === "d" ? "e" : "d";
  cluster.healAll();
  cluster.run(1000);
  cluster.propose(leader, "", ["c", leader]);
  cluster.run(1000);
  assertFollows(cluster, "c", leader);
  const c = cluster.member("c");
  const before = { term: c.state.term, head: c.state.log.head.id };
  const message = forgedAppend(cluster, hugeTerm);
  cluster.age(5000);
  cluster.input("c", { kind: "message", from: nodeIdOfName(other), message });
  assert.deepEqual({ term: c.state.term, head: c.state.log.head.id }, before);
  assert.equal(c.state.leader, nodeIdOfName(leader));
});
