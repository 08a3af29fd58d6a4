import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, type HeaderDraft } from "@kith/protocol/blocks";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockNumOf, brandAccountName, checksumOf } from "@kith/protocol/ids";

import { placeOfBlock } from "../simulator/forgery.ts";
import { consensusOf } from "./names.ts";
import { Puppets } from "./puppets.ts";

const nonsense = checksumOf("7".repeat(64));

/** `a` has computed this state after block `num`, which may ask for other producers. */
function compute(puppets: Puppets, num: number, wanted?: Consensus): void {
  const roots = { stateRoot: zeroChecksum, eventRoot: zeroChecksum };
  const executed = { num: blockNumOf(num), ...roots, ...(wanted === undefined ? {} : { wanted }) };
  puppets.cluster.input("a", { kind: "executed", executed });
}

function isVotedFor(puppets: Puppets, block: SealedBlock): boolean {
  return puppets.votes().some(({ prepared }) => prepared.id === block.id);
}

/** In term 2, led by `c`, behind a block that `a` has voted for. */
function begun(): { puppets: Puppets; first: SealedBlock } {
  const puppets = new Puppets();
  puppets.begin(2);
  const first = puppets.block(puppets.genesis, 2);
  puppets.tell("c", puppets.proposal(puppets.genesis, first));
  assert.ok(isVotedFor(puppets, first));
  return { puppets, first };
}

function isTaken(changed: Partial<HeaderDraft>): boolean {
  const { puppets, first } = begun();
  const block = puppets.block(first, 2, changed);
  puppets.tell("c", puppets.proposal(first, block));
  return isVotedFor(puppets, block);
}

test("a block that names a state which is not computed here gets a vote when that turns out equal, and not before", () => {
  const { puppets, first } = begun();
  const ahead = puppets.block(first, 2, { executedNum: blockNumOf(2) });
  puppets.tell("c", puppets.proposal(first, ahead));
  assert.ok(!isVotedFor(puppets, ahead));
  compute(puppets, 2);
  assert.ok(isVotedFor(puppets, ahead));
});

test("and none when it turns out different", () => {
  const { puppets, first } = begun();
  const executedNum = blockNumOf(2);
  const ahead = puppets.block(first, 2, { executedNum, stateRoot: nonsense });
  puppets.tell("c", puppets.proposal(first, ahead));
  compute(puppets, 2);
  assert.ok(!isVotedFor(puppets, ahead));
});

test("the root of the events has to be what was computed here, too", () => {
  const puppets = new Puppets();
  puppets.begin(2);
  const wrong = puppets.block(puppets.genesis, 2, { eventRoot: nonsense });
  puppets.tell("c", puppets.proposal(puppets.genesis, wrong));
  assert.ok(!isVotedFor(puppets, wrong));
});

test("a block that names the height of the one before names its roots, and no earlier height", () => {
  assert.ok(!isTaken({ stateRoot: nonsense }));
  assert.ok(!isTaken({ eventRoot: nonsense }));
  assert.ok(isTaken({}));
});

test("the state that blocks name never goes back", () => {
  const { puppets, first } = begun();
  compute(puppets, 2);
  const second = puppets.block(first, 2, { executedNum: blockNumOf(2) });
  const back = puppets.block(second, 2);
  puppets.tell("c", puppets.proposal(first, second, back));
  assert.equal(puppets.a.state.log.head.id, second.id);
  assert.ok(!isVotedFor(puppets, back));
});

const others = consensusOf(["a", "b", "d", "c"], "bft");

test("the leader cannot name producers that nobody asked for", () => {
  assert.ok(!isTaken({ newConsensus: others }));
});

test("nor others than those that the state of the named height asks for", () => {
  const { puppets, first } = begun();
  compute(puppets, 2, others);
  const executedNum = blockNumOf(2);
  const next = (newConsensus: Consensus, num = executedNum): SealedBlock =>
    puppets.block(first, 2, { executedNum: num, newConsensus });
  // Of the height before, which asked for nobody.
  for (const block of [next(consensusOf(["b"], "bft")), next(others, blockNumOf(1))]) {
    puppets.tell("c", puppets.proposal(first, block));
    assert.ok(!isVotedFor(puppets, block));
  }
  const asked = next(others);
  puppets.tell("c", puppets.proposal(first, asked));
  assert.ok(isVotedFor(puppets, asked));
});

test("nor such as would give one producer two votes, although the state asks for it", () => {
  const { puppets, first } = begun();
  const twice = consensusOf(["a", "b", "c", "d", "d"], "bft");
  compute(puppets, 2, twice);
  const block = puppets.block(first, 2, { executedNum: blockNumOf(2), newConsensus: twice });
  puppets.tell("c", puppets.proposal(first, block));
  assert.ok(!isVotedFor(puppets, block));
});

test("nothing is built on a change of producers before it is final", () => {
  const { puppets, first } = begun();
  compute(puppets, 2, others);
  const change = puppets.block(first, 2, { executedNum: blockNumOf(2), newConsensus: others });
  puppets.tell("c", puppets.proposal(first, change));
  assert.ok(isVotedFor(puppets, change));
  const current = consensusOf(puppets.names, "bft");
  const next = puppets.block(change, 2, {
    executedNum: blockNumOf(2),
    consensusState: consensusStateOf({ current, next: others }),
  });
  puppets.tell("c", puppets.proposal(change, next));
  assert.ok(!isVotedFor(puppets, next));
});

test("nor under the rules of the next producers, because the leader says that it is final", () => {
  const { puppets, first } = begun();
  compute(puppets, 2, others);
  const change = puppets.block(first, 2, { executedNum: blockNumOf(2), newConsensus: others });
  puppets.tell("c", puppets.proposal(first, change));
  const next = puppets.block(change, 2, {
    executedNum: blockNumOf(2),
    commitNum: change.header.blockNum,
    consensusState: consensusStateOf({ current: others }),
  });
  puppets.sent();
  puppets.tell("c", puppets.proposal(change, next));
  assert.ok(!isVotedFor(puppets, next));
  assert.equal(puppets.a.state.log.head.id, change.id);
});

test("a block of an earlier term gets no vote in this one, although the leader of this one votes for it", () => {
  const { puppets, first } = begun();
  puppets.beginBehind(3, puppets.certificate("prepared", first, 2));
  const old = puppets.block(first, 2);
  const vote = puppets.vote("d", 3, { prepared: placeOfBlock(old) });
  const commitNum = blockNumOf(1);
  puppets.tell("d", {
    kind: "proposal",
    previous: placeOfBlock(first),
    blocks: [old],
    vote,
    commitNum,
  });
  assert.ok(!isVotedFor(puppets, old));
  assert.equal(puppets.a.state.log.head.id, first.id);
});

test("a proposal that waits for a state when its term ends is no word of its leader in the next one, which goes on from its block", () => {
  const { puppets, first } = begun();
  const ahead = puppets.block(first, 2, { executedNum: blockNumOf(2) });
  puppets.tell("c", puppets.proposal(first, ahead));
  puppets.beginBehind(3, puppets.certificate("prepared", ahead, 2));
  puppets.tell("d", { kind: "chain-response", blocks: [ahead] });
  assert.equal(puppets.a.state.bft.root?.id, ahead.id);
  compute(puppets, 2);
  puppets.says("d", 3, { prepared: placeOfBlock(ahead) });
  assert.equal(puppets.a.state.bft.lock?.term, 2);
  puppets.says("c", 3, { prepared: placeOfBlock(ahead) });
  assert.equal(puppets.a.state.bft.lock?.term, 3);
});

test("a block is made in the name of the producer whose turn it is", () => {
  assert.ok(!isTaken({ producer: brandAccountName("node-b") }));
  assert.ok(isTaken({ producer: brandAccountName("node-c") }));
});

test("a block is not ahead of the clocks", () => {
  const aheadMicros = new Puppets().a.config.clockAheadMicrosMax;
  const { time } = begun().first.header;
  assert.ok(!isTaken({ time: time + 2 * aheadMicros }));
  assert.ok(isTaken({ time: time + 2 }));
});

test("time goes on from block to block", () => {
  assert.ok(!isTaken({ time: begun().first.header.time }));
});

test("no block says that it is final itself", () => {
  assert.ok(!isTaken({ commitNum: blockNumOf(3) }));
});

test("a block names the rules that it was made under", () => {
  assert.ok(!isTaken({ consensusState: consensusStateOf({ current: others }) }));
});

test("a block goes behind the newest one, by number and by id", () => {
  assert.ok(!isTaken({ blockNum: blockNumOf(4) }));
  assert.ok(!isTaken({ previous: new Puppets().genesis.id }));
  const { puppets, first } = begun();
  const other = puppets.block(puppets.genesis, 2, { time: first.header.time + 1 });
  const behindOther = puppets.block(other, 2);
  puppets.tell("c", puppets.proposal(other, behindOther));
  assert.ok(!isVotedFor(puppets, behindOther));
  assert.equal(puppets.a.state.log.head.id, first.id);
});

test("only the leader of the term proposes, and only what it signed", () => {
  const { puppets, first } = begun();
  const block = puppets.block(first, 2);
  const proposal = puppets.proposal(first, block);
  assert.ok(proposal.kind === "proposal");
  const byAnother = puppets.vote("b", 2, { prepared: placeOfBlock(block) });
  puppets.tell("b", { ...proposal, vote: byAnother });
  assert.ok(!isVotedFor(puppets, block));
  const forged = { ...byAnother, node: proposal.vote.node };
  puppets.tell("b", { ...proposal, vote: forged });
  assert.ok(!isVotedFor(puppets, block));
  const elsewhere = puppets.vote("c", 2, { prepared: placeOfBlock(first) });
  puppets.tell("b", { ...proposal, vote: elsewhere });
  assert.ok(!isVotedFor(puppets, block));
  puppets.tell("b", proposal);
  assert.ok(isVotedFor(puppets, block));
});

test("nobody votes in a term of which no quorum has shown where it begins", () => {
  const { puppets, first } = begun();
  for (const name of ["b", "c"]) {
    puppets.tell(name, { kind: "view-change", view: puppets.view(name, 3) });
  }
  assert.equal(puppets.a.state.term, 3);
  puppets.tell("d", puppets.proposal(first, puppets.block(first, 3)));
  assert.ok(puppets.votes().every(({ term }) => term < 3));
});
