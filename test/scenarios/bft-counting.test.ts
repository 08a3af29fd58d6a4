import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { checksumOf } from "@kith/protocol/ids";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

/** What `a` is bound to: in which epoch and term a quorum prepared which height. */
function lockOf({ a }: Puppets): readonly number[] | undefined {
  const { lock } = a.state.bft;
  return lock && [lock.epoch, lock.term, lock.num];
}

/** Term 3 has begun behind the genesis block, and `b` has voted in it for a block that `a` had from term 2 and dropped. */
function afterBlockWent(committed: boolean): { puppets: Puppets; other: SealedBlock } {
  const puppets = new Puppets();
  const { genesis } = puppets;
  puppets.begin(2);
  const gone = puppets.block(genesis, 2);
  puppets.tell("c", puppets.proposal(genesis, gone));
  const place = placeOfBlock(gone);
  puppets.says("b", 3, { prepared: place, ...(committed ? { committed: place } : {}) });
  puppets.begin(3);
  return { puppets, other: puppets.block(genesis, 3) };
}

test("a commit for a block that went when the term began makes no other block at its height final", () => {
  const { puppets, other } = afterBlockWent(true);
  const { a, genesis } = puppets;
  const place = placeOfBlock(other);
  puppets.tell("d", puppets.proposal(genesis, other));
  puppets.says("c", 3, { prepared: place, committed: place });
  assert.deepEqual(lockOf(puppets), [1, 3, 2]);
  assert.equal(a.state.commitNum, 1);
  puppets.says("d", 3, { prepared: place, committed: place });
  assert.equal(a.state.commitNum, 2);
});

test("nor does a vote for it count where the leader's proposal turns out bad behind the other block", () => {
  const { puppets, other } = afterBlockWent(false);
  const { a, genesis } = puppets;
  const bad = puppets.block(other, 3, { stateRoot: checksumOf("7".repeat(64)) });
  puppets.tell("d", puppets.proposal(genesis, other, bad));
  assert.equal(a.state.log.head.id, other.id);
  puppets.says("c", 3, { prepared: placeOfBlock(other) });
  assert.equal(lockOf(puppets), undefined);
  puppets.says("d", 3, { prepared: placeOfBlock(other) });
  assert.deepEqual(lockOf(puppets), [1, 3, 2]);
});

/** A quorum prepared a block in term 2, from which term 3 goes on; `c` led term 2 and voted for it there. */
function carriedOver(before: (puppets: Puppets, block: SealedBlock) => void = () => undefined): {
  puppets: Puppets;
  block: SealedBlock;
} {
  const puppets = new Puppets();
  const { genesis } = puppets;
  puppets.begin(2);
  const block = puppets.block(genesis, 2);
  puppets.tell("c", puppets.proposal(genesis, block));
  before(puppets, block);
  puppets.beginBehind(3, puppets.certificate("prepared", block, 2));
  assert.equal(puppets.a.state.bft.root?.id, block.id);
  return { puppets, block };
}

test("what was voted for in an earlier term is not counted in the next one, which goes on from the same block", () => {
  const { puppets, block } = carriedOver();
  puppets.says("d", 3, { prepared: placeOfBlock(block) });
  assert.deepEqual(lockOf(puppets), [1, 2, 2]);
  puppets.says("c", 3, { prepared: placeOfBlock(block) });
  assert.deepEqual(lockOf(puppets), [1, 3, 2]);
});

test("nor is what arrives late of an earlier term, as a vote or as a proposal of its leader", () => {
  const { puppets, block } = carriedOver();
  const place = placeOfBlock(block);
  puppets.says("d", 3, { prepared: place });
  puppets.says("b", 2, { prepared: place, committed: place });
  assert.deepEqual(lockOf(puppets), [1, 2, 2]);
  puppets.tell("c", puppets.proposalOf("c", 2, block));
  assert.deepEqual(lockOf(puppets), [1, 2, 2]);
  assert.equal(puppets.a.state.commitNum, 1);
});

test("nor is what somebody says of a later term that has not begun", () => {
  const { puppets, block } = carriedOver((early, { header, id }) => {
    early.says("b", 4, { prepared: { num: header.blockNum, id } });
  });
  puppets.says("d", 3, { prepared: placeOfBlock(block) });
  assert.deepEqual(lockOf(puppets), [1, 2, 2]);
});

test("a commitment of an earlier term is not said again before a quorum has prepared the block in the term that goes on", () => {
  const { puppets, block } = carriedOver((early, { header, id }) => {
    early.says("b", 2, { prepared: { num: header.blockNum, id } });
    assert.equal(early.votes().at(-1)?.committed.id, id);
  });
  const said = puppets.votes().filter(({ term }) => term === 3);
  assert.equal(said.at(-1)?.prepared.id, block.id);
  assert.ok(said.every(({ committed }) => committed.num === 0));
});

test("nor is one that was on its way to the disk when the term ended", () => {
  const { puppets, block } = carriedOver((early, { header, id }) => {
    early.a.syncsAtOnce = false;
    early.says("b", 2, { prepared: { num: header.blockNum, id } });
    assert.equal(early.a.state.bft.lock?.id, id);
  });
  puppets.cluster.sync("a");
  const said = puppets.votes().filter(({ term }) => term === 3);
  assert.equal(said.at(-1)?.prepared.id, block.id);
  assert.ok(said.every(({ committed }) => committed.num === 0));
});

test("nor is one that is on the disk when the node starts again in the term that goes on", () => {
  const { puppets, block } = carriedOver((early, { header, id }) => {
    early.says("b", 2, { prepared: { num: header.blockNum, id } });
  });
  puppets.restart();
  puppets.beginBehind(3, puppets.certificate("prepared", block, 2));
  const said = puppets.votes();
  assert.equal(said.at(-1)?.prepared.id, block.id);
  assert.ok(said.every(({ committed }) => committed.num === 0));
});

test("nor does a leader say that it commits what others prepared in an earlier term, when it goes on from that", () => {
  const puppets = new Puppets(["b", "c", "d", "a"]);
  const { a, genesis } = puppets;
  const block = puppets.block(genesis, 1);
  const certificate = puppets.certificate("prepared", block, 1);
  const views = [puppets.view("b", 3), puppets.view("c", 3, certificate)];
  for (const [at, view] of views.entries()) {
    const proof = at === 1 ? { certificate } : {};
    puppets.tell(at === 1 ? "c" : "b", { kind: "view-change", view, ...proof });
  }
  puppets.tell("c", { kind: "chain-response", blocks: [block] });
  assert.equal(a.state.bft.root?.id, block.id);
  const said = puppets.votes();
  assert.equal(said.at(-1)?.prepared.id, block.id);
  assert.ok(said.every(({ committed }) => committed.num === 0));
});
