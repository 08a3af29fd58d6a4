import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { consensusAfter, noConsensus } from "@kith/protocol/consensus-point";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

/** `a` is bound to a block that a quorum prepared in term 2. */
function bound(config: ConstructorParameters<typeof Puppets>[1] = {}, olderBlocks = 0) {
  const puppets = new Puppets(["a", "b", "c", "d"], config);
  let tip = puppets.genesis;
  puppets.begin(2);
  for (let count = 0; count < olderBlocks; count += 1) tip = puppets.makeFinal(tip, 2);
  const block = puppets.block(tip, 2);
  puppets.tell("c", puppets.proposal(tip, block));
  for (const name of ["b", "c"]) puppets.says(name, 2, { prepared: placeOfBlock(block) });
  const lock = puppets.a.ballot.lock ?? assert.fail("nothing is locked");
  assert.equal(lock.id, block.id);
  puppets.sent();
  return { puppets, block, lock };
}

function otherBlock(puppets: Puppets, parent: SealedBlock, term: number): SealedBlock {
  return puppets.block(parent, term, { time: parent.header.time + 9 });
}

test("who is bound keeps its block also when it is given those that lead to a root with a worse certificate", () => {
  const { puppets, block } = bound();
  const { a, genesis } = puppets;
  const worse = puppets.block(genesis, 1);
  const prepared = puppets.certificate("prepared", worse, 1);
  puppets.beginBehind(3, prepared);
  assert.equal(a.state.term, 3);
  puppets.tell("d", { kind: "chain-response", blocks: [worse] });
  assert.equal(a.state.log.head.id, block.id);
  assert.deepEqual(puppets.votes(), []);
});

test("who voted in a term drops nothing for a certificate of an earlier one that turns up later", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  const hidden = puppets.block(genesis, 2);
  const behind = puppets.block(hidden, 2);
  const prepared = puppets.certificate("prepared", behind, 2);
  // `d` keeps it to itself, and leads from before it.
  puppets.begin(3);
  const own = otherBlock(puppets, genesis, 3);
  puppets.tell("d", puppets.proposal(genesis, own));
  assert.equal(puppets.votes().at(-1)?.prepared.id, own.id);
  const view = puppets.view("d", 3, prepared);
  puppets.tell("d", { kind: "view-change", view, certificate: prepared });
  puppets.tell("d", { kind: "chain-response", blocks: [hidden, behind] });
  assert.equal(a.state.log.head.id, own.id);
  assert.deepEqual(puppets.votes(), []);
});

/**
 * Two blocks were made in term 1, and a quorum prepared both. Term 2 went on from the first, because those who began it did not know
 * of the second, and term 3 goes on from the second: whoever began that one knew nothing of term 2.
 */
function begunBehindSecond(isFirstAgain: boolean): Puppets {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(1);
  const first = puppets.block(genesis, 1);
  const second = puppets.block(first, 1);
  puppets.tell("b", puppets.proposal(genesis, first));
  if (isFirstAgain) {
    puppets.beginBehind(2, puppets.certificate("prepared", first, 1));
    for (const name of ["b", "c"]) puppets.says(name, 2, { prepared: placeOfBlock(first) });
    assert.deepEqual([a.ballot.lock?.term, a.ballot.lock?.num], [2, 2]);
  }
  puppets.sent();
  puppets.beginBehind(3, puppets.certificate("prepared", second, 1));
  puppets.tell("d", { kind: "chain-response", blocks: [first, second] });
  assert.equal(a.state.bft.root?.id, second.id);
  return puppets;
}

test("who may go on from a worse certificate than its own still keeps its own", () => {
  const { lock } = begunBehindSecond(true).a.ballot;
  assert.deepEqual([lock?.term, lock?.num], [2, 2]);
});

test("nobody votes in a term for what is before its root, not even before the root is durable", () => {
  // A certificate of such votes would outdo what was committed behind that block.
  const votes = begunBehindSecond(false).votes();
  assert.ok(votes.length > 0 && votes.every(({ prepared }) => prepared.num === 3));
});

test("after a restart a node keeps what it voted for when its term begins again, and votes for nothing in its place", () => {
  const puppets = new Puppets();
  const { a, genesis } = puppets;
  puppets.begin(3);
  const own = puppets.block(genesis, 3);
  puppets.tell("d", puppets.proposal(genesis, own));
  assert.equal(puppets.votes().at(-1)?.prepared.id, own.id);
  puppets.restart();
  puppets.begin(3);
  puppets.tell("d", puppets.proposal(genesis, otherBlock(puppets, genesis, 3)));
  assert.equal(a.state.log.head.id, own.id);
  const votes = puppets.votes();
  assert.ok(votes.length > 0 && votes.every(({ prepared }) => prepared.id === own.id));
});

/** In term 3 `a` voted for the block from which the term went on, and for nothing behind it. */
function votedForRoot(): Puppets {
  const puppets = new Puppets();
  puppets.begin(1);
  const root = puppets.block(puppets.genesis, 1);
  puppets.tell("b", puppets.proposal(puppets.genesis, root));
  puppets.beginBehind(3, puppets.certificate("prepared", root, 1));
  const vote = puppets.votes().at(-1);
  assert.deepEqual([vote?.term, vote?.prepared.id], [3, root.id]);
  return puppets;
}

function restarted(puppets: Puppets): Puppets {
  puppets.restart();
  assert.equal(puppets.a.state.term, 3);
  return puppets;
}

test("who has to take what is final in the place of the root that it voted for leaves that term at once", () => {
  const puppets = restarted(votedForRoot());
  const { a, genesis } = puppets;
  const other = otherBlock(puppets, genesis, 3);
  const certificate = puppets.certificate("committed", other, 3);
  puppets.tell("b", { kind: "chain-response", blocks: [other], certificate });
  assert.equal(a.state.log.idAt(2), other.id);
  assert.ok(a.state.term > 3);
});

/** The driver has taken a snapshot over, of a state in which other blocks are final. */
function installSnapshot(puppets: Puppets): SealedBlock {
  const { genesis, cluster } = puppets;
  const other = otherBlock(puppets, otherBlock(puppets, genesis, 2), 2);
  const certificate = puppets.certificate("committed", other, 2);
  const consensus = consensusAfter(consensusAfter(noConsensus, genesis.header), other.header);
  cluster.input("a", { kind: "snapshot-installed", block: other, consensus, certificate });
  return other;
}

test("whose log a snapshot replaced says nothing more in the term in which it voted, also after a restart", () => {
  for (const puppets of [votedForRoot(), restarted(votedForRoot())]) {
    const other = installSnapshot(puppets);
    puppets.beginBehind(3, puppets.certificate("committed", other, 2));
    puppets.tell("d", puppets.proposal(other, puppets.block(other, 3)));
    assert.deepEqual(puppets.votes(), []);
    assert.ok(puppets.a.state.term > 3);
  }
});

test("also of a root that has left memory the certificate is checked", () => {
  const { puppets, block, lock } = bound({ recentBlocks: 1 }, 3);
  const { a } = puppets;
  const old = a.blocks[1] ?? assert.fail("there is a second block");
  assert.equal(a.state.log.idAt(old.header.blockNum), undefined);
  const signed = puppets.certificate("prepared", old, 3);
  const votes = signed.votes.map((vote) => ({ ...vote, signature: new Uint8Array(64) }));
  const forged = { ...signed, votes };
  const others = ["b", "c"].map((name) => puppets.view(name, 3, lock));
  puppets.tell("d", puppets.newView(forged, [puppets.view("d", 3, forged), ...others]));
  assert.equal(a.state.log.head.id, block.id);
  assert.deepEqual(puppets.votes(), []);
});
