import assert from "node:assert/strict";
import { test } from "node:test";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Cluster } from "./cluster.ts";
import { Puppets } from "./puppets.ts";

test("a leader that restarts does not lead its term again, although others prove that it did", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c", "d"], algorithm: "bft" });
  cluster.run(50);
  const { name, state } = cluster.leader() ?? assert.fail("nobody leads");
  const { term } = state;
  const other = name === "c" ? "d" : "c";
  const { newView } = cluster.member(other).state.bft;
  assert.ok(newView !== undefined);
  cluster.crash(name);
  cluster.restart(name);
  cluster.deliver(other, { to: name, message: newView });
  const restarted = cluster.member(name).state;
  assert.ok(restarted.term > term);
  assert.notEqual(restarted.role, "leader");
});

test("after a restart a node goes on from the root that it voted behind, and from no other that the leader proves", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  const other = puppets.block(genesis, 1);
  const prepared = puppets.certificate("prepared", other, 1);
  puppets.begin(3);
  const own = puppets.block(genesis, 3);
  puppets.tell("d", puppets.proposal(genesis, own));
  assert.equal(puppets.votes().at(-1)?.prepared.id, own.id);
  puppets.restart();
  const views = [puppets.view("d", 3, prepared), puppets.view("b", 3), puppets.view("c", 3)];
  puppets.tell("d", puppets.newView(prepared, views));
  puppets.tell("d", { kind: "chain-response", blocks: [other] });
  puppets.tell("d", puppets.proposal(other, puppets.block(other, 3)));
  assert.equal(a.state.log.idAt(2), own.id);
  assert.deepEqual(puppets.votes(), []);
  // From its own root it does.
  puppets.begin(3);
  assert.equal(puppets.votes().at(-1)?.prepared.id, own.id);
});

test("after a restart a node votes behind its root also where the leader proves another one, before it, by a better certificate", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(1);
  const first = puppets.block(genesis, 1);
  const second = puppets.block(first, 1);
  puppets.tell("b", puppets.proposal(genesis, first, second));
  const prepared = puppets.certificate("prepared", second, 1);
  const voters = [puppets.view("b", 3), puppets.view("c", 3)];
  puppets.tell("d", puppets.newView(prepared, [puppets.view("d", 3, prepared), ...voters]));
  const own = puppets.block(second, 3);
  puppets.tell("d", puppets.proposal(second, own));
  assert.equal(puppets.votes().at(-1)?.prepared.id, own.id);
  puppets.restart();
  // Term 2 went on from the first block, because those who began it did not know of the second.
  const later = puppets.certificate("prepared", first, 2);
  puppets.tell("d", puppets.newView(later, [puppets.view("d", 3, later), ...voters]));
  puppets.tell("d", puppets.proposal(first, puppets.block(first, 3)));
  assert.equal(a.state.log.head.id, own.id);
  assert.deepEqual(puppets.votes(), []);
});

test("what a node may have voted behind before a restart is still on its disk after the next write", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(3);
  const block = puppets.block(genesis, 3);
  puppets.tell("d", puppets.proposal(genesis, block));
  puppets.restart();
  const certificate = puppets.certificate("committed", block, 3);
  puppets.tell("b", { kind: "certificate", certificate });
  assert.equal(a.ballot.lock?.id, block.id);
  assert.equal(a.ballot.root?.id, genesis.id);
});

test("a commitment that is on the disk is told again after a restart", () => {
  const puppets = new Puppets();
  const { genesis } = puppets;
  puppets.begin(3);
  const block = puppets.block(genesis, 3);
  puppets.tell("d", puppets.proposal(genesis, block));
  for (const name of ["b", "c"]) puppets.says(name, 3, { prepared: placeOfBlock(block) });
  assert.equal(puppets.votes().at(-1)?.committed.id, block.id);
  puppets.restart();
  puppets.begin(3);
  assert.equal(puppets.votes().at(-1)?.committed.id, block.id);
});

test("who took what is final in the place of what it voted for votes no more in that term, also after a restart", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(3);
  const own = puppets.block(genesis, 3);
  const other = puppets.block(genesis, 3, { time: genesis.header.time + 2 });
  puppets.tell("d", puppets.proposal(genesis, own));
  assert.equal(puppets.votes().at(-1)?.prepared.id, own.id);
  puppets.restart();
  const certificate = puppets.certificate("committed", other, 3);
  puppets.tell("b", { kind: "chain-response", blocks: [other], certificate });
  assert.equal(a.state.commitNum, 2);
  puppets.restart();
  puppets.begin(3);
  puppets.tell("d", puppets.proposal(other, puppets.block(other, 3)));
  assert.ok(puppets.votes().every(({ term }) => term > 3));
});

test("a producer that restarts when much is final behind the root of its term joins that term again, also while nothing happens", () => {
  const cluster = new Cluster({ producers: ["a", "b", "c", "d"], algorithm: "bft" });
  cluster.run(50);
  const { name, state } = cluster.leader() ?? assert.fail("nobody leads");
  for (const text of ["one", "two", "three"]) {
    cluster.propose(name, text);
    cluster.run(50);
  }
  const other = name === "c" ? "d" : "c";
  cluster.crash(other);
  cluster.restart(other, "applied");
  cluster.run(2_000);
  const restarted = cluster.member(other).state;
  assert.equal(restarted.role, "follower");
  assert.equal(restarted.term, state.term);
  // And it votes: with one of the others away, its vote is needed.
  const away = ["a", "b", "c", "d"].find((each) => each !== name && each !== other) ?? "";
  cluster.crash(away);
  cluster.propose(name, "four");
  cluster.run(50);
  assert.equal(restarted.announcedNum, 5);
  assert.equal(cluster.member(name).state.announcedNum, 5);
});

test("a node whose newest block is of a later term than its ballot says nothing in that term before the ballot has it", () => {
  const puppets = new Puppets();
  const { a, genesis, cluster } = puppets;
  const { ballot } = cluster.copyOf("a");
  puppets.begin(3);
  puppets.makeFinal(genesis, 3);
  const { blocks } = cluster.copyOf("a");
  // As after a snapshot that was installed just before the power went.
  puppets.restore({ ballot, blocks });
  cluster.pass("a", a.config.viewTimeoutMsMin);
  const views = puppets.sent().flatMap((message) => {
    return message.kind === "view-change" ? [message.view] : [];
  });
  assert.ok(views.some(({ term }) => term === 3));
  assert.ok(views.every(({ term }) => term <= a.ballot.term));
});
