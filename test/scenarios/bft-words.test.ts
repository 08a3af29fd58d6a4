import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf } from "@kith/protocol/ids";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

/** In term 2, led by `c`, `a` has voted for its block; another one of the same height was made, too. */
function begun(): { puppets: Puppets; block: SealedBlock; other: SealedBlock } {
  const puppets = new Puppets();
  const { genesis } = puppets;
  puppets.begin(2);
  const block = puppets.block(genesis, 2);
  puppets.tell("c", puppets.proposal(genesis, block));
  return { puppets, block, other: puppets.block(genesis, 2, { time: genesis.header.time + 5 }) };
}

test("nobody votes in the name of others", () => {
  const { puppets, block } = begun();
  const { a } = puppets;
  const place = placeOfBlock(block);
  const says = { prepared: place, committed: place };
  puppets.says("b", 2, { prepared: place });
  assert.equal(a.state.bft.lock?.id, block.id);
  for (const name of ["c", "d"]) {
    const vote = { ...puppets.vote(name, 2, says), signature: new Uint8Array(64) };
    puppets.tell("b", { kind: "vote", vote, commitNum: blockNumOf(1) });
  }
  assert.equal(a.state.commitNum, 1);
  for (const name of ["c", "d"]) puppets.says(name, 2, says);
  assert.equal(a.state.commitNum, 2);
});

test("a vote that is not signed locks nothing", () => {
  const { puppets, block } = begun();
  const vote = puppets.vote("b", 2, { prepared: placeOfBlock(block) });
  const forged = { ...vote, signature: new Uint8Array(64) };
  puppets.tell("b", { kind: "vote", vote: forged, commitNum: blockNumOf(1) });
  const locked = () => puppets.a.state.bft.lock?.id;
  assert.equal(locked(), undefined);
  puppets.tell("b", { kind: "vote", vote, commitNum: blockNumOf(1) });
  assert.equal(locked(), block.id);
});

test("one producer that does not lead moves nobody to a later term, and two of four do", () => {
  const { puppets } = begun();
  puppets.tell("b", { kind: "view-change", view: puppets.view("b", 9) });
  assert.equal(puppets.a.state.term, 2);
  puppets.tell("d", { kind: "view-change", view: puppets.view("d", 7) });
  assert.equal(puppets.a.state.term, 7);
});

test("whoever votes for two blocks of a height is accused by its own votes, and by nothing else", () => {
  const { puppets, block, other } = begun();
  const { evidence } = puppets.a;
  // Another block than the leader's: it may have been deceived.
  puppets.says("b", 2, { prepared: placeOfBlock(other) });
  assert.equal(evidence.length, 0);
  puppets.says("d", 2, { prepared: placeOfBlock(block) });
  const odd = puppets.vote("d", 2, { prepared: placeOfBlock(other) });
  const forged = { ...odd, signature: new Uint8Array(64) };
  puppets.tell("d", { kind: "vote", vote: forged, commitNum: blockNumOf(1) });
  assert.equal(evidence.length, 0);
  puppets.tell("d", { kind: "vote", vote: odd, commitNum: blockNumOf(1) });
  assert.deepEqual(
    evidence.map(({ first, second }) => [first.node, second.node]),
    [[odd.node, odd.node]],
  );
});

test("nor by an earlier vote for what its later one may stand on", () => {
  const { puppets, block } = begun();
  const own = puppets.block(block, 2);
  puppets.tell("c", puppets.proposal(block, own));
  puppets.says("d", 2, { prepared: placeOfBlock(block) });
  const beside = puppets.block(block, 2, { time: block.header.time + 5 });
  puppets.says("d", 2, { prepared: placeOfBlock(beside) });
  assert.deepEqual(puppets.a.evidence, []);
});

/** Reads that are ready since this was last asked. */
function ready({ a }: Puppets): readonly number[] {
  return a.takeEffects().flatMap((each) => (each.kind === "read-ready" ? [each.request] : []));
}

test("a read is ready when a quorum has answered it, and not by answers to an earlier one", () => {
  const { puppets } = begun();
  const { cluster } = puppets;
  const answer = (name: string, round: number): void =>
    puppets.tell(name, { kind: "read-answer", round, num: blockNumOf(1) });
  ready(puppets);
  cluster.input("a", { kind: "read-index", request: 1 });
  answer("b", 1);
  assert.deepEqual(ready(puppets), []);
  answer("c", 1);
  assert.deepEqual(ready(puppets), [1]);
  cluster.input("a", { kind: "read-index", request: 2 });
  for (const name of ["b", "c", "d"]) answer(name, 1);
  assert.deepEqual(ready(puppets), []);
  for (const name of ["b", "c"]) answer(name, 2);
  assert.deepEqual(ready(puppets), [2]);
});

test("a reader is told of what this node has committed, although it does not know it to be final", () => {
  const { puppets, block } = begun();
  puppets.says("b", 2, { prepared: placeOfBlock(block) });
  assert.equal(puppets.a.state.commitNum, 1);
  puppets.sent();
  puppets.tell("d", { kind: "read-round", round: 4 });
  assert.deepEqual(puppets.sent(), [{ kind: "read-answer", round: 4, num: 2 }]);
});

test("a term begins once, although its leader proves later that it could have begun elsewhere", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(1);
  const first = puppets.block(genesis, 1);
  const second = puppets.block(first, 1);
  puppets.tell("b", puppets.proposal(genesis, first, second));
  const others = ["b", "c"].map((name) => puppets.view(name, 3));
  const higher = puppets.certificate("prepared", second, 1);
  puppets.tell("d", puppets.newView(higher, [puppets.view("d", 3, higher), ...others]));
  const block = puppets.block(second, 3);
  puppets.tell("d", puppets.proposal(second, block));
  assert.equal(puppets.votes().at(-1)?.prepared.id, block.id);
  // Of a later term, for what stands before.
  const later = puppets.certificate("prepared", first, 2);
  puppets.tell("d", puppets.newView(later, [puppets.view("d", 3, later), ...others]));
  assert.deepEqual([a.state.log.head.id, a.state.bft.root?.id], [block.id, second.id]);
});
