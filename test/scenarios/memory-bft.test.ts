import assert from "node:assert/strict";
import { test } from "node:test";

import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, termOf } from "@kith/protocol/ids";

import { Cluster } from "./cluster.ts";
import { Puppets } from "./puppets.ts";

const names = ["a", "b", "c", "d"] as const;

function begun(): { readonly cluster: Cluster; readonly leader: string; readonly other: string } {
  const cluster = new Cluster({ producers: names, algorithm: "bft" });
  cluster.run(50);
  const leader = cluster.leader()?.name ?? assert.fail("nobody leads");
  return { cluster, leader, other: names.find((name) => name !== leader) ?? "" };
}

function propose(cluster: Cluster, text: string): void {
  cluster.propose(cluster.leader()?.name ?? assert.fail("nobody leads"), text);
  cluster.deliverAll();
}

/** The others answer what `a` asks. */
function answer(puppets: Puppets, name: string, term: number, lock?: Certificate): void {
  const { memory } = puppets.a.state;
  assert.equal(memory.kind, "asking");
  puppets.tell(name, {
    kind: "recalled",
    round: memory.kind === "asking" ? memory.round : 0,
    epoch: blockNumOf(1),
    term: termOf(term),
    leads: false,
    isSilent: false,
    headTerm: termOf(term),
    headNum: blockNumOf(2),
    ...(lock === undefined ? {} : { lock }),
  });
}

test("pitfall 37: a node in an old copy of its folder is reminded before it votes, and later takes part again", () => {
  const { cluster, leader, other } = begun();
  propose(cluster, "one");
  const old = cluster.copyOf(other);
  for (const text of ["two", "three"]) propose(cluster, text);
  const { term } = cluster.member(leader).state;
  cluster.restore(other, old, false);
  cluster.run(200);
  const restored = cluster.member(other);
  assert.equal(restored.isDoubtful || restored.state.memory.doubts > 0, true);
  cluster.run(15_000);
  assert.equal(restored.state.memory.kind, "whole");
  assert.ok(restored.state.term > term, "it votes in no term of which it may have forgotten votes");
  propose(cluster, "four");
  assert.equal(restored.state.commitNum, cluster.leader()?.state.commitNum);
  assert.equal(restored.state.role === "leader" || restored.state.role === "follower", true);
  for (const name of names) assert.deepEqual(cluster.member(name).evidence, []);
});

test("to its own vote that a node does not know it answers with silence, and votes for no other block of that height", () => {
  for (const noticed of [true, false]) {
    const puppets = new Puppets();
    const { a, genesis, cluster } = puppets;
    puppets.begin(3);
    const old = cluster.copyOf("a");
    const one = puppets.block(genesis, 3);
    puppets.tell("d", puppets.proposal(genesis, one));
    const vote = puppets.votes().at(-1);
    assert.equal(vote?.prepared.id, one.id);
    puppets.restore(old, noticed);
    if (!noticed)
      puppets.tell("b", { kind: "reminder", term: vote.term, num: vote.prepared.num, vote });
    puppets.begin(3);
    const other = puppets.block(genesis, 3, { time: genesis.header.time + 5 });
    puppets.tell("d", puppets.proposal(genesis, other));
    assert.equal(a.state.memory.kind, "asking");
    assert.deepEqual(puppets.votes(), []);
    assert.equal(a.isDoubtful, true);
  }
});

test("a producer that begins anew where it voted before is told its own vote", () => {
  const puppets = new Puppets();
  puppets.begin(3);
  const block = puppets.block(puppets.genesis, 3);
  puppets.tell("d", puppets.proposal(puppets.genesis, block));
  puppets.says("b", 3, { prepared: { num: block.header.blockNum, id: block.id } });
  puppets.sent();
  puppets.tell("b", { kind: "view-change", view: puppets.view("b", 3) });
  const reminder = puppets.sent().find((message) => message.kind === "reminder");
  assert.ok(reminder?.kind === "reminder");
  assert.equal(reminder.vote?.prepared.id, block.id);
  assert.equal(reminder.vote.node, puppets.vote("b", 3, {}).node);
});

test("its own word in a certificate, or in how a term began, reminds a node as well", () => {
  const puppets = new Puppets();
  const { a, genesis, cluster } = puppets;
  const old = cluster.copyOf("a");
  puppets.begin(3);
  const block = puppets.block(genesis, 3);
  puppets.restore(old);
  const certificate = puppets.certificate("committed", block, 3, ["a", "b", "c"]);
  puppets.tell("b", { kind: "chain-response", blocks: [block], certificate });
  assert.equal(a.state.memory.kind, "asking");
  assert.equal(a.state.commitNum, 2, "what is proved is believed all the same");

  puppets.restore(old);
  const views = [puppets.view("d", 3), puppets.view("a", 3), puppets.view("b", 3)];
  puppets.tell("d", puppets.newView(undefined, views));
  assert.equal(a.state.memory.kind, "asking");
});

/** It has voted in a term of `d`, and is started again. */
function restartedVoter() {
  const puppets = new Puppets();
  puppets.begin(3);
  const block = puppets.block(puppets.genesis, 3);
  puppets.tell("d", puppets.proposal(puppets.genesis, block));
  const vote = puppets.votes().at(-1) ?? assert.fail("it votes");
  puppets.restart();
  return { puppets, block, vote };
}

test("what others forge of a node, or know of what is on its disk, does not silence it", () => {
  const { puppets, vote } = restartedVoter();
  const { a } = puppets;
  const { term, prepared } = vote;
  puppets.tell("b", { kind: "reminder", term, num: prepared.num, vote });
  const forged = { ...vote, term: termOf(9) };
  puppets.tell("b", { kind: "reminder", term: forged.term, num: prepared.num, vote: forged });
  puppets.tell("b", { kind: "reminder", term: termOf(9), num: blockNumOf(9) });
  const invented = { ...puppets.view("a", 9), signature: new Uint8Array(64) };
  const views = [puppets.view("b", 9), puppets.view("c", 9), invented];
  puppets.tell("b", puppets.newView(undefined, views));
  assert.equal(a.state.memory.kind, "whole");
});

test("whom a lying leader led astray does not take its own vote for forgotten, however often it is reminded of it", () => {
  const puppets = new Puppets();
  const { a, cluster } = puppets;
  let parent = puppets.genesis;
  for (const term of [3, 7, 11, 15]) {
    puppets.begin(term);
    const astray = puppets.block(parent, term);
    puppets.tell("d", puppets.proposal(parent, astray));
    const vote = puppets.votes().at(-1) ?? assert.fail("it votes");
    assert.equal(vote.prepared.id, astray.id);
    const reminder = { kind: "reminder", term: vote.term, num: vote.prepared.num, vote } as const;
    // What a quorum committed takes the place of what it voted for.
    const other = puppets.block(parent, term, { time: parent.header.time + 5 });
    const certificate = puppets.certificate("committed", other, term);
    puppets.tell("b", { kind: "chain-response", blocks: [other], certificate });
    assert.equal(a.state.commitNum, other.header.blockNum);
    puppets.tell("d", reminder);
    cluster.pass("a", 1);
    puppets.tell("d", reminder);
    assert.equal(a.state.memory.kind, "whole");
    assert.ok(a.state.term > term, "it says no more in that term");
    parent = other;
  }
});

test("a node that is started again in the term of a lying leader keeps what it voted for, and is not led to doubt it", () => {
  const { puppets, block, vote } = restartedVoter();
  const { a, genesis } = puppets;
  // The term begins once more, behind another block.
  const other = puppets.block(genesis, 2, { time: genesis.header.time + 5 });
  const lock = puppets.certificate("prepared", other, 2);
  const views = ["d", "b", "c"].map((name) => puppets.view(name, 3, lock));
  puppets.tell("d", puppets.newView(lock, views));
  puppets.tell("d", { kind: "chain-response", blocks: [other] });
  puppets.tell("d", { kind: "reminder", term: vote.term, num: vote.prepared.num, vote });
  assert.equal(a.state.memory.kind, "whole");
  assert.equal(a.state.log.idAt(2), block.id);
  assert.ok(puppets.votes().every(({ prepared }) => prepared.id !== other.id));
});

test("what a node may have committed and forgotten it takes over before it speaks, from whoever of a quorum has it", () => {
  const puppets = new Puppets();
  const { a, genesis, cluster } = puppets;
  const old = cluster.copyOf("a");
  const block = puppets.block(genesis, 3);
  const lock = puppets.certificate("prepared", block, 3);
  puppets.restore(old, true);
  cluster.pass("a", 1);
  answer(puppets, "b", 3);
  answer(puppets, "c", 3);
  assert.equal(a.state.memory.kind, "asking", "two others are no quorum");
  answer(puppets, "d", 3, lock);
  assert.equal(a.state.memory.kind, "asking", "the block is not here");
  puppets.sent();
  puppets.tell("d", { kind: "chain-response", blocks: [block] });
  answer(puppets, "d", 3, lock);
  assert.equal(a.state.memory.kind, "whole");
  const views = puppets
    .sent()
    .flatMap((message) => (message.kind === "view-change" ? [message.view] : []));
  assert.ok(views.every(({ term, best }) => term >= 4 && best.id === block.id));
  assert.ok(views.length > 0);
});

test("of the certificates that others tell it of it takes over the best, whoever tells it last", () => {
  const puppets = new Puppets();
  const { a, genesis, cluster } = puppets;
  puppets.begin(1);
  const first = puppets.block(genesis, 1);
  const second = puppets.block(first, 1);
  puppets.tell("b", puppets.proposal(genesis, first, second));
  puppets.restore(cluster.copyOf("a"), true);
  cluster.pass("a", 1);
  answer(puppets, "b", 2, puppets.certificate("prepared", second, 1));
  answer(puppets, "c", 2, puppets.certificate("prepared", first, 1));
  answer(puppets, "d", 2);
  assert.equal(a.state.memory.kind, "whole");
  assert.equal(a.ballot.lock?.id, second.id);
});

test("answers to a question that it asked before it forgot again tell nothing about what it said since", () => {
  const puppets = new Puppets();
  const { a, cluster } = puppets;
  puppets.restore(cluster.copyOf("a"), true);
  cluster.pass("a", 1);
  const { memory } = a.state;
  assert.ok(memory.kind === "asking");
  const says = { epoch: blockNumOf(1), term: termOf(3), leads: false, isSilent: false };
  for (const name of ["b", "c", "d"]) {
    const round = memory.round === 0 ? 1 : memory.round - 1;
    const head = { headTerm: termOf(3), headNum: blockNumOf(2) };
    puppets.tell(name, { kind: "recalled", round, ...says, ...head });
  }
  assert.equal(a.state.memory.kind, "asking");
});

test("that a node may speak again is true only when the term in which it does is on its disk", () => {
  const puppets = new Puppets();
  const { a, cluster } = puppets;
  puppets.restore(cluster.copyOf("a"), true);
  cluster.pass("a", 1);
  a.syncsAtOnce = false;
  for (const name of ["b", "c", "d"]) answer(puppets, name, 3);
  assert.equal(a.state.term, 4);
  assert.equal(a.isDoubtful, true);
  cluster.sync("a");
  assert.equal(a.isDoubtful, false);
});

test("a vote for the root of a term is forgotten where the folder knows the term and not its root", () => {
  const puppets = new Puppets();
  const { a, genesis, cluster } = puppets;
  puppets.tell("b", { kind: "view-change", view: puppets.view("b", 3) });
  puppets.tell("c", { kind: "view-change", view: puppets.view("c", 3) });
  assert.equal(a.ballot.term, 3);
  const old = cluster.copyOf("a");
  puppets.begin(3);
  const vote = puppets.votes().at(-1) ?? assert.fail("it votes");
  assert.equal(vote.prepared.id, genesis.id);
  puppets.restore(old);
  puppets.tell("b", { kind: "reminder", term: vote.term, num: vote.prepared.num, vote });
  assert.equal(a.state.memory.kind, "asking");
});

test("one liar alone does not drive a node that asks into a term where nobody is, nor name a certificate that nobody signed", () => {
  const puppets = new Puppets();
  const { a, genesis, cluster } = puppets;
  const old = cluster.copyOf("a");
  puppets.restore(old, true);
  cluster.pass("a", 1);
  const block = puppets.block(genesis, 9);
  const forged = puppets.certificate("prepared", block, 9, ["b"]);
  answer(puppets, "b", 1_000_000, forged);
  answer(puppets, "c", 3);
  answer(puppets, "d", 3);
  assert.equal(a.state.memory.kind, "whole");
  assert.equal(a.state.term, 4);
});

test("a node that does not know what it said vouches for nobody, and is no voice in a reading", () => {
  const puppets = new Puppets();
  const { cluster } = puppets;
  puppets.restore(cluster.copyOf("a"), true);
  puppets.tell("b", { kind: "recall", round: 5 });
  puppets.tell("b", { kind: "read-round", round: 6 });
  const sent = puppets.sent();
  const told = sent.find((message) => message.kind === "recalled");
  assert.ok(told?.kind === "recalled" && told.isSilent);
  assert.ok(!sent.some((message) => message.kind === "read-answer"));
});

test("two processes with one key find out, and fall silent for good", () => {
  const puppets = new Puppets();
  const { a } = puppets;
  for (const term of [5, 9, 13, 17]) {
    const vote = puppets.vote("a", term, {});
    puppets.tell("b", { kind: "reminder", term: vote.term, num: blockNumOf(0), vote });
    if (a.state.memory.kind !== "asking" || a.state.memory.isShared) break;
    for (const name of ["b", "c", "d"]) answer(puppets, name, term);
    assert.equal(a.state.memory.kind, "whole");
  }
  const { memory } = a.state;
  assert.ok(memory.kind === "asking" && memory.isShared);
  puppets.sent();
  puppets.cluster.run(5_000);
  for (const name of ["b", "c", "d"]) answer(puppets, name, 30);
  puppets.begin(31);
  puppets.cluster.run(5_000);
  const said = puppets.sent().map(({ kind }) => kind);
  assert.ok(!said.some((kind) => kind === "view-change" || kind === "vote"));
});

test("BFT nodes that are started for the first time say so to each other, and begin", () => {
  const cluster = new Cluster({ producers: names, algorithm: "bft" });
  cluster.crash("d");
  for (const name of ["a", "b", "c"]) cluster.restore(name, cluster.copyOf(name));
  cluster.run(3_000);
  propose(cluster, "one");
  assert.ok((cluster.leader()?.state.commitNum ?? 0) >= 2);
});
