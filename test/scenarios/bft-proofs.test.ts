import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf, termOf } from "@kith/protocol/ids";

import { certificateFor, Pen, placeOfBlock } from "../simulator/forgery.ts";
import { nodeIdOfName } from "./names.ts";
import { Puppets } from "./puppets.ts";

type Situation = {
  readonly puppets: Puppets;
  /** What `a` voted for in term 3, as everybody but the liar `d` did. */
  readonly block: SealedBlock;
  /** What `d` would have instead of it. */
  readonly other: SealedBlock;
};

function situation(): Situation {
  const puppets = new Puppets();
  const { genesis } = puppets;
  puppets.begin(3);
  const block = puppets.block(genesis, 3);
  puppets.tell("d", puppets.proposal(genesis, block));
  assert.equal(puppets.votes().at(-1)?.prepared.id, block.id);
  return { puppets, block, other: puppets.block(genesis, 3, { time: genesis.header.time + 9 }) };
}

/** `d` says that the other block is final, and proves it with this. */
function assertNotFinal({ puppets, block, other }: Situation, certificate: Certificate): void {
  const { a } = puppets;
  puppets.tell("d", { kind: "chain-response", blocks: [other], certificate });
  assert.equal(a.state.commitNum, 1);
  assert.equal(a.state.log.head.id, block.id);
}

test("a block is final by a certificate of a quorum that signed it", () => {
  const { puppets, other } = situation();
  const certificate = puppets.certificate("committed", other, 3);
  puppets.tell("d", { kind: "chain-response", blocks: [other], certificate });
  assert.equal(puppets.a.state.log.idAt(2), other.id);
  assert.equal(puppets.a.state.commitNum, 2);
});

test("votes that nobody signed prove nothing", () => {
  const here = situation();
  const signed = here.puppets.certificate("committed", here.other, 3);
  const votes = signed.votes.map((vote) => ({ ...vote, signature: new Uint8Array(64) }));
  assertNotFinal(here, { ...signed, votes });
  // Nor do votes that were signed for something else.
  const about = placeOfBlock(here.other);
  const moved = here.puppets
    .certificate("committed", here.block, 3)
    .votes.map((vote) => ({ ...vote, prepared: about, committed: about }));
  assertNotFinal(here, certificateFor("committed", about, moved));
});

test("a signer counts once, however often its vote is there", () => {
  const here = situation();
  assertNotFinal(here, here.puppets.certificate("committed", here.other, 3, ["d", "d", "d"]));
});

test("the votes of less than a quorum prove nothing", () => {
  const here = situation();
  assertNotFinal(here, here.puppets.certificate("committed", here.other, 3, ["c", "d"]));
});

test("votes for another block of that height prove nothing about this one", () => {
  const here = situation();
  const { votes } = here.puppets.certificate("committed", here.block, 3);
  assertNotFinal(here, certificateFor("committed", placeOfBlock(here.other), votes));
});

test("a good certificate shows nothing about a block that was sent along with it", () => {
  const here = situation();
  assertNotFinal(here, here.puppets.certificate("committed", here.block, 3));
});

test("what a quorum prepared is not final", () => {
  const here = situation();
  assertNotFinal(here, here.puppets.certificate("prepared", here.other, 3));
});

test("votes for what descends from one block prove nothing about another one, whatever is called a link", () => {
  const here = situation();
  const { puppets, block, other } = here;
  const next = puppets.block(block, 3);
  const { votes } = puppets.certificate("committed", next, 3);
  const links = [next.header];
  assertNotFinal(here, certificateFor("committed", placeOfBlock(other), votes, links));
});

test("blocks that do not lead from the own log to the final one are not taken along with it", () => {
  const { puppets, block, other } = situation();
  const { a, genesis } = puppets;
  const next = puppets.block(other, 3);
  const certificate = puppets.certificate("committed", next, 3);
  const beside = puppets.block(genesis, 3, { time: genesis.header.time + 11 });
  for (const blocks of [[next], [beside, next], [block, next]]) {
    puppets.tell("d", { kind: "chain-response", blocks, certificate });
    assert.deepEqual([a.state.commitNum, a.state.log.head.id], [1, block.id]);
  }
  puppets.tell("b", { kind: "chain-response", blocks: [other, next], certificate });
  assert.deepEqual([a.state.commitNum, a.state.log.idAt(2)], [3, other.id]);
});

test("what is final here stays, also when so many lie that they can prove something else", () => {
  const { puppets, block, other } = situation();
  const place = placeOfBlock(block);
  for (const name of ["b", "c"]) puppets.says(name, 3, { prepared: place, committed: place });
  assert.equal(puppets.a.state.commitNum, 2);
  const next = puppets.block(other, 3);
  const certificate = puppets.certificate("committed", next, 3);
  assert.doesNotThrow(() => {
    puppets.tell("d", { kind: "chain-response", blocks: [other, next], certificate });
  });
  assert.deepEqual([puppets.a.state.commitNum, puppets.a.state.log.idAt(2)], [2, block.id]);
});

test("an old proof takes back nothing of what is final since", () => {
  const { puppets, block } = situation();
  const next = puppets.block(block, 3);
  for (const final of [block, next, block]) {
    const certificate = puppets.certificate("committed", final, 3);
    puppets.tell("b", { kind: "chain-response", blocks: [final], certificate });
  }
  assert.equal(puppets.a.state.commitNum, next.header.blockNum);
});

test("what proves nothing has no place in a proof: strangers, and blocks that no vote speaks of", () => {
  const here = situation();
  const { puppets, other } = here;
  const place = placeOfBlock(other);
  const { votes } = puppets.certificate("committed", other, 3);
  const says = { epoch: blockNumOf(1), term: termOf(3), prepared: place, committed: place };
  const stranger = new Pen(puppets.genesis.id, nodeIdOfName("stranger")).vote(says);
  assertNotFinal(here, certificateFor("committed", place, [...votes, stranger]));
  const spare = [puppets.block(other, 3).header];
  assertNotFinal(here, certificateFor("committed", place, votes, spare));
});

test("a proof that proves nothing is not kept for others who will ask", () => {
  const { puppets, block } = situation();
  const place = placeOfBlock(block);
  for (const name of ["b", "c"]) puppets.says(name, 3, { prepared: place, committed: place });
  assert.equal(puppets.a.state.commitNum, 2);
  const proof = puppets.certificate("committed", block, 3);
  const votes = proof.votes.map((vote) => ({ ...vote, signature: new Uint8Array(64) }));
  puppets.tell("d", { kind: "certificate", certificate: { ...proof, votes } });
  assert.deepEqual(puppets.a.certificates, []);
  puppets.tell("d", { kind: "certificate", certificate: proof });
  assert.deepEqual(puppets.a.certificates, [proof]);
});

/** `a` is bound to a block of term 2, and term 3 goes on from the block before it. */
function bound(): Pick<Situation, "puppets" | "block"> {
  const puppets = new Puppets();
  puppets.begin(2);
  const block = puppets.block(puppets.genesis, 2);
  puppets.tell("c", puppets.proposal(puppets.genesis, block));
  for (const name of ["b", "c"]) puppets.says(name, 2, { prepared: placeOfBlock(block) });
  assert.equal(puppets.a.ballot.lock?.id, block.id);
  puppets.begin(3);
  assert.equal(puppets.a.state.role, "candidate");
  puppets.sent();
  return { puppets, block };
}

test("a node is set free by what a quorum prepared in the term, and not by what nobody signed, what it lacks, or what is worse", () => {
  const { puppets, block } = bound();
  const { a, genesis } = puppets;
  const signed = puppets.certificate("prepared", genesis, 3);
  const votes = signed.votes.map((vote) => ({ ...vote, signature: new Uint8Array(64) }));
  const elsewhere = puppets.block(genesis, 3, { time: genesis.header.time + 9 });
  const useless = [
    { ...signed, votes },
    puppets.certificate("prepared", elsewhere, 3),
    puppets.certificate("prepared", genesis, 1),
  ];
  for (const certificate of useless) {
    puppets.tell("d", { kind: "certificate", certificate });
    assert.equal(a.ballot.lock?.id, block.id);
    assert.deepEqual(puppets.votes(), []);
  }
});
