import assert from "node:assert/strict";
import { test } from "node:test";

import type { Certificate } from "@kith/protocol/certificate";
import { blockIdOf, blockNumOf, termOf } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import type { SignedVote } from "@kith/protocol/vote";

import { Pen } from "../simulator/forgery.ts";
import { Cluster } from "./cluster.ts";
import { followNode } from "./light-follower.ts";
import type { Member } from "./member.ts";
import { nodeIdOfName } from "./names.ts";

const fixed = { electionTimeoutMsMin: 1000, electionTimeoutMsMax: 1000 };

/** Messages that were signed by somebody. */
type Signed = { readonly from: string; readonly kind: ConsensusMessage["kind"] };

function network(producers: readonly string[]): {
  readonly cluster: Cluster;
  readonly signed: Signed[];
} {
  const signed: Signed[] = [];
  const cluster = new Cluster({
    producers,
    config: fixed,
    onSend: (from, { message }) => {
      const isSigned = "vote" in message || "certificate" in message || "certify" in message;
      if (isSigned) signed.push({ from: from.name, kind: message.kind });
      return true;
    },
  });
  cluster.elect(producers[0] ?? "");
  return { cluster, signed };
}

function certifiedNum(member: Member): number {
  return Math.max(0, ...member.certificates.map(({ num }) => num));
}

/** The newest block that a light client believes, which asks this node. */
function followedNum(cluster: Cluster, name: string): number {
  const followed = followNode(cluster, cluster.member(name));
  assert.ok(followed.ok, followed.ok ? "" : JSON.stringify(followed.error));
  return followed.value.checkpoint.block.num;
}

test("nothing is signed under CFT while nobody asks", () => {
  const { cluster, signed } = network(["a", "b", "c"]);
  for (let num = 0; num < 20; num += 1) {
    cluster.propose("a", `block ${num}`);
    cluster.run(50);
  }
  assert.equal(cluster.member("a").state.commitNum, 21);
  assert.deepEqual(signed, []);
});

test("when somebody asks, every node gets a proof of what was final then, and asking ends", () => {
  const { cluster, signed } = network(["a", "b", "c"]);
  cluster.add("observer");
  cluster.input("a", { kind: "observers", nodes: [cluster.member("observer").config.self] });
  for (const text of ["one", "two", "three"]) cluster.propose("a", text);
  cluster.run(50);
  cluster.input("a", { kind: "certify" });
  cluster.deliverAll();
  for (const name of ["a", "b", "c", "observer"]) {
    assert.equal(certifiedNum(cluster.member(name)), 4, name);
    assert.equal(followedNum(cluster, name), 4);
  }
  signed.length = 0;
  cluster.propose("a", "four");
  cluster.run(1000);
  assert.deepEqual(signed, []);
});

test("a follower's driver may ask, too", () => {
  const { cluster } = network(["a", "b", "c"]);
  cluster.propose("a", "one");
  cluster.run(50);
  cluster.input("b", { kind: "certify" });
  cluster.deliverAll();
  assert.equal(followedNum(cluster, "b"), 2);
});

test("a new leader makes a block of its own to prove what others left", () => {
  const { cluster } = network(["a", "b", "c"]);
  cluster.propose("a", "one");
  cluster.run(50);
  cluster.elect("b");
  cluster.run(50);
  const before = cluster.member("b").state.log.head.num;
  cluster.input("b", { kind: "certify" });
  cluster.run(50);
  assert.ok(followedNum(cluster, "c") >= 2);
  const { head } = cluster.member("b").state.log;
  assert.equal(head.num, before + 1);
  // The next question needs no further one.
  cluster.input("b", { kind: "certify" });
  cluster.run(50);
  assert.equal(cluster.member("b").state.log.head.num, head.num);
});

test("a question survives messages that are lost, and a quorum answers it without the rest", () => {
  const { cluster } = network(["a", "b", "c", "d", "e"]);
  cluster.propose("a", "one");
  cluster.run(50);
  cluster.isolate("e");
  cluster.input("a", { kind: "certify" });
  for (const name of ["a", "b", "c", "d"]) cluster.drop(name);
  assert.equal(certifiedNum(cluster.member("a")), 0);
  cluster.cut("a", "d");
  cluster.run(1000);
  assert.equal(followedNum(cluster, "a"), 2);
  assert.equal(followedNum(cluster, "b"), 2);
});

test("a leader that no quorum answers proves nothing", () => {
  const { cluster } = network(["a", "b", "c", "d", "e"]);
  cluster.propose("a", "one");
  cluster.run(50);
  for (const name of ["c", "d", "e"]) cluster.isolate(name);
  cluster.input("a", { kind: "certify" });
  cluster.run(600);
  assert.equal(certifiedNum(cluster.member("a")), 0);
});

/** What a node says instead of what its core wants to say; it signs with its own pen. */
type Lie = (message: ConsensusMessage, pen: Pen) => ConsensusMessage;

/** A leader of three nodes is asked for a proof, and one follower's confirms are changed; the other follower is cut off. */
function askedWithLiar(lie: Lie): Cluster {
  const { cluster } = network(["a", "b", "c"]);
  cluster.propose("a", "one");
  cluster.propose("a", "two");
  cluster.run(50);
  cluster.isolate("c");
  const pen = new Pen(cluster.genesis.id, nodeIdOfName("b"));
  cluster.input("a", { kind: "certify" });
  for (let round = 0; round < 40; round += 1) {
    cluster.pass("a", 50);
    cluster.deliverFrom("a");
    for (const letter of cluster.queue("b").splice(0)) {
      cluster.deliver("b", { ...letter, message: lie(letter.message, pen) });
    }
  }
  return cluster;
}

function withVote(change: (vote: SignedVote) => SignedVote): Lie {
  return (message) =>
    message.kind === "confirm" && message.vote !== undefined
      ? { ...message, vote: change(message.vote) }
      : message;
}

function withSignedVote(change: (vote: SignedVote) => SignedVote): Lie {
  return (message, pen) => withVote((vote) => pen.vote(change(vote)))(message, pen);
}

test("votes that are forged, of others, of other terms or about other blocks never make a certificate", () => {
  const honest = askedWithLiar((message) => message);
  assert.equal(certifiedNum(honest.member("a")), 3);
  const other = blockIdOf(`00000003${"ab".repeat(28)}`);
  const lies: readonly Lie[] = [
    withVote((vote) => ({ ...vote, signature: new Uint8Array(64) })),
    withVote((vote) => ({ ...vote, signature: new Uint8Array(64).fill(1) })),
    withVote((vote) => ({ ...vote, node: nodeIdOfName("c") })),
    withVote((vote) => ({ ...vote, node: nodeIdOfName("a") })),
    withVote((vote) => ({ ...vote, node: nodeIdOfName("stranger") })),
    withSignedVote((vote) => ({ ...vote, term: termOf(vote.term + 1) })),
    withSignedVote((vote) => ({ ...vote, term: termOf(vote.term - 1) })),
    withSignedVote((vote) => ({ ...vote, epoch: blockNumOf(2) })),
    withSignedVote((vote) => ({ ...vote, committed: { ...vote.committed, id: other } })),
    withSignedVote((vote) => ({
      ...vote,
      committed: { num: blockNumOf(3), id: vote.committed.id },
    })),
    withSignedVote((vote) => ({ ...vote, committed: { ...vote.committed, num: blockNumOf(99) } })),
    withSignedVote((vote) => ({ ...vote, prepared: { ...vote.prepared, id: other } })),
    (message) => {
      if (message.kind !== "confirm") return message;
      const { vote: _, ...rest } = message;
      return rest;
    },
  ];
  for (const [at, lie] of lies.entries()) {
    const cluster = askedWithLiar(lie);
    // The truth, and under CFT nobody asks what was prepared.
    const isHarmless = at === 9 || at === 11;
    if (!isHarmless) assert.equal(certifiedNum(cluster.member("a")), 0, `lie ${at}`);
    // The leader goes on, and an honest node makes up for the liar.
    cluster.healAll();
    cluster.run(500);
    assert.equal(followedNum(cluster, "a"), 3, `lie ${at}`);
  }
});

test("a certificate that is passed on is believed only when it verifies", () => {
  const { cluster } = network(["a", "b", "c"]);
  cluster.propose("a", "one");
  cluster.run(50);
  cluster.isolate("c");
  cluster.input("a", { kind: "certify" });
  cluster.run(400);
  const [certificate] = cluster.member("a").certificates;
  assert.ok(certificate !== undefined);
  const [first, second] = certificate.votes;
  assert.ok(first !== undefined && second !== undefined);
  const forgeries = [
    { ...certificate, votes: [first] },
    { ...certificate, votes: [first, first] },
    { ...certificate, votes: [first, { ...second, signature: first.signature }] },
    { ...certificate, term: termOf(certificate.term + 1) },
    { ...certificate, epoch: blockNumOf(2) },
    { ...certificate, kind: "prepared" as const },
    { ...certificate, kind: "led" as const },
    { ...certificate, num: blockNumOf(3) },
    { ...certificate, id: blockIdOf(`00000002${"ab".repeat(28)}`) },
  ];
  const c = cluster.member("c");
  const tell = (told: Certificate): void => {
    cluster.input("c", {
      kind: "message",
      from: nodeIdOfName("b"),
      message: { kind: "certificate", certificate: told },
    });
  };
  for (const forgery of forgeries) tell(forgery);
  assert.deepEqual(c.certificates, []);
  tell(certificate);
  assert.deepEqual(c.certificates, [certificate]);
});

test("a certificate is news of finality for whoever has the block", () => {
  const { cluster } = network(["a", "b", "c"]);
  cluster.run(50);
  // c gets the block and no news that it is final.
  cluster.propose("a", "one");
  cluster.deliverOne("a", "c");
  cluster.deliverOne("a", "b");
  cluster.isolate("c");
  cluster.run(50);
  cluster.input("a", { kind: "certify" });
  cluster.run(400);
  const c = cluster.member("c");
  assert.deepEqual([c.state.log.head.num, c.state.commitNum], [2, 1]);
  const [certificate] = cluster.member("b").certificates;
  assert.ok(certificate !== undefined);
  const message = { kind: "certificate", certificate } as const;
  cluster.input("c", { kind: "message", from: nodeIdOfName("b"), message });
  assert.equal(c.state.commitNum, 2);
});

/** Whoever leads at the end can show every change to a light client. */
function assertChangesAreShown(cluster: Cluster, count = 1): void {
  const leader = cluster.leader();
  assert.ok(leader !== undefined);
  const followed = followNode(cluster, leader);
  assert.ok(followed.ok, followed.ok ? "" : `${leader.name}: ${JSON.stringify(followed.error)}`);
  assert.equal(followed.value.changes.length, count);
  assert.equal(leader.state.consensus.point.joint.next, undefined);
}

test("a change of CFT producers is certified without anybody asking", () => {
  for (const to of [
    ["a", "b", "c", "d"],
    ["c", "d", "e"],
    ["d", "e", "f"],
  ]) {
    const { cluster } = network(["a", "b", "c"]);
    for (const name of to) if (!cluster.members.has(name)) cluster.add(name);
    cluster.propose("a", "one");
    cluster.run(50);
    cluster.propose("a", "", to);
    cluster.run(5000);
    assertChangesAreShown(cluster);
  }
});

test("a change is certified although the leader's disk is slower than the others", () => {
  const { cluster } = network(["a", "b", "c"]);
  cluster.add("d");
  const leader = cluster.member("a");
  leader.syncsAtOnce = false;
  cluster.propose("a", "", ["a", "b", "c", "d"]);
  cluster.run(300);
  leader.syncsAtOnce = true;
  cluster.sync("a");
  cluster.run(3000);
  assertChangesAreShown(cluster);
});

test("a change is certified although its leader dies when it is final", () => {
  const { cluster } = network(["a", "b", "c"]);
  cluster.add("d");
  cluster.propose("a", "", ["b", "c", "d"]);
  // Everybody confirms, and the leader that counts tells nobody any more.
  for (let round = 0; round < 20 && cluster.member("a").state.commitNum < 2; round += 1) {
    cluster.deliverAllOnce();
  }
  assert.ok(cluster.member("a").state.commitNum >= 2);
  cluster.crash("a");
  cluster.elect("b");
  cluster.run(3000);
  assertChangesAreShown(cluster);
});

/** Votes are lost, and nothing else. */
function loseVotes(cluster: Cluster): void {
  for (const [name, queue] of cluster.queues) {
    const stripped = queue.map((letter) => {
      if (letter.message.kind !== "confirm") return letter;
      const { vote: _, ...message } = letter.message;
      return { ...letter, message };
    });
    cluster.queues.set(name, stripped);
  }
}

function runWithoutVotes(cluster: Cluster, ms: number): void {
  for (let passed = 0; passed < ms; passed += 10) {
    for (const name of cluster.members.keys()) cluster.pass(name, 10);
    for (let round = 0; round < 6; round += 1) {
      loseVotes(cluster);
      cluster.deliverAllOnce();
    }
  }
}

function loseCertificates(cluster: Cluster): void {
  for (const [name, queue] of cluster.queues) {
    const kept = queue.filter(({ message }) => message.kind !== "certificate");
    cluster.queues.set(name, kept);
  }
}

test("whoever made the block that ends a change has its proof", () => {
  const { cluster } = network(["a", "b", "c"]);
  cluster.add("d");
  cluster.propose("a", "", ["b", "c", "d"]);
  for (let round = 0; round < 20 && cluster.member("b").state.commitNum < 2; round += 1) {
    loseCertificates(cluster);
    cluster.deliverAllOnce();
  }
  cluster.crash("a");
  cluster.elect("b");
  cluster.run(3000);
  assert.deepEqual(followNode(cluster, cluster.member("b")), {
    ok: false,
    error: { code: "change-not-certified", num: 2 },
  });
  const followed = followNode(cluster, cluster.member("a"));
  assert.ok(followed.ok && followed.value.changes.length === 1);
});

test("a change whose proof was not made when it became final is proved later", () => {
  const { cluster } = network(["a", "b", "c"]);
  cluster.add("d");
  cluster.propose("a", "", ["a", "b", "d"]);
  runWithoutVotes(cluster, 500);
  assert.equal(cluster.member("b").state.commitNum, 2);
  for (const name of ["a", "b", "c", "d"]) {
    cluster.crash(name);
    cluster.restart(name, "applied");
  }
  cluster.elect("d");
  cluster.run(3000);
  assertChangesAreShown(cluster);
});

test("blocks go on becoming final while only the proof of a change is missing", () => {
  const { cluster } = network(["a", "b", "c"]);
  for (const name of ["d", "e", "f"]) cluster.add(name);
  cluster.propose("a", "", ["d", "e", "f"]);
  runWithoutVotes(cluster, 500);
  const leader = cluster.member("a");
  for (let num = 3; num <= 8; num += 1) {
    cluster.propose("a", `block ${num}`);
    runWithoutVotes(cluster, 50);
    assert.equal(leader.state.commitNum, num);
  }
  assert.equal(leader.state.consensus.point.since, 2);
  assert.deepEqual(leader.certificates, []);
  // A further change waits for the end of this one.
  leader.takeEffects();
  cluster.propose("a", "", ["a"]);
  const refused = leader.takeEffects().some(({ kind }) => kind === "propose-refused");
  assert.ok(refused);
  cluster.run(500);
  cluster.elect("d");
  cluster.propose("d", "after the change");
  cluster.run(500);
  assertChangesAreShown(cluster);
});

test("old producers that are gone for ever do not hold up the end of a change for ever", () => {
  const { cluster } = network(["a", "b", "c"]);
  for (const name of ["d", "e", "f"]) cluster.add(name);
  cluster.propose("a", "", ["d", "e", "f"]);
  for (let round = 0; round < 20 && cluster.member("d").state.commitNum < 2; round += 1) {
    loseCertificates(cluster);
    loseVotes(cluster);
    cluster.deliverAllOnce();
  }
  for (const name of ["a", "b", "c"]) cluster.crash(name);
  for (const name of ["d", "e", "f"]) cluster.member(name).certificates = [];
  cluster.elect("d");
  const leader = cluster.member("d");
  cluster.propose("d", "at once");
  cluster.run(500);
  assert.equal(leader.state.role, "leader");
  assert.equal(leader.state.commitNum, leader.state.log.head.num);
  cluster.run(15_000, 50);
  assert.equal(leader.state.consensus.point.joint.next, undefined);
  assert.equal(leader.state.commitNum, leader.state.log.head.num);
  const followed = followNode(cluster, leader);
  assert.deepEqual(followed, { ok: false, error: { code: "change-not-certified", num: 2 } });
});
