import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { BlockHeader } from "@kith/protocol/block";
import type { Evidence } from "@kith/protocol/evidence";
import { blockIdOf, blockNumOf, termOf } from "@kith/protocol/ids";
import {
  signTestVote,
  TestChain,
  testConsensus,
  testProducer,
  type TestProducer,
} from "@kith/protocol/test-chain";

import { describeEvidence, EvidenceFile } from "./evidence-file.ts";
import { newFolder } from "./test-folder.ts";

const producers = Array.from({ length: 80 }, (_, at) => testProducer(at));
const [liar] = producers;
assert.ok(liar !== undefined);

function chainOf(contents: string): TestChain {
  const chain = new TestChain(testConsensus("bft", producers));
  const stateRoot = contents.repeat(32) as BlockHeader["stateRoot"];
  for (let num = 2; num <= 4; num++) chain.append({ term: 1, stateRoot });
  return chain;
}

const [one, two] = [chainOf("aa"), chainOf("bb")];
const nowhere = { num: blockNumOf(0), id: blockIdOf("0".repeat(64)) };

function evidenceAgainst(producer: TestProducer, term = 1): Evidence {
  const vote = { epoch: blockNumOf(1), term: termOf(term), committed: nowhere };
  const votes = [one, two].map((chain) =>
    signTestVote(one.id, { ...vote, prepared: chain.placeAt(3) }, producer),
  );
  const [first, second] = votes;
  assert.ok(first !== undefined && second !== undefined);
  return { first, second, links: [] };
}

function open(folder = newFolder()) {
  const said: string[] = [];
  const file = new EvidenceFile({ folder, chain: one.id, say: (text) => said.push(text) });
  return { folder, file, said };
}

test("what was found is there after a restart, with when it was found", () => {
  const { folder, file } = open();
  assert.deepEqual(file.all(), []);
  const evidence = evidenceAgainst(liar);
  assert.equal(file.add(evidence, 17), true);
  assert.deepEqual(open(folder).file.all(), [{ evidence, foundMicros: 17 }]);
});

test("of one term of a node one is kept, and of one node two", () => {
  const { folder, file } = open();
  assert.equal(file.add(evidenceAgainst(liar), 1), true);
  assert.equal(file.add(evidenceAgainst(liar), 2), false);
  for (let term = 2; term <= 9; term++) file.add(evidenceAgainst(liar, term), term);
  const terms = open(folder)
    .file.all()
    .map(({ evidence }) => evidence.first.term);
  assert.deepEqual(terms, [1, 2]);
});

test("however many lie, the file stays small", () => {
  const { file } = open();
  let added = 0;
  for (const producer of producers) {
    for (let term = 1; term <= 2; term++) {
      if (file.add(evidenceAgainst(producer, term), 1)) added++;
    }
  }
  assert.equal(added, 128);
  assert.equal(file.all().length, 128);
});

test("what proves nothing is not kept, nor believed when it stands in the file", () => {
  const { folder, file } = open();
  const { first, links } = evidenceAgainst(liar);
  assert.equal(file.add({ first, second: first, links }, 1), false);
  file.add(evidenceAgainst(liar), 1);
  const said: string[] = [];
  const elsewhere = new EvidenceFile({
    folder,
    chain: two.placeAt(2).id,
    say: (text) => said.push(text),
  });
  assert.deepEqual([elsewhere.all(), said], [[], []]);
});

test("a damaged file is moved aside, and the node says so", () => {
  const { folder } = open();
  const path = join(folder, "evidence");
  writeFileSync(path, "rubbish");
  const { file, said } = open(folder);
  assert.deepEqual(file.all(), []);
  assert.match(said.join(), /damaged and moved to .*evidence\.damaged/);
  assert.ok(existsSync(`${path}.damaged`));
  file.add(evidenceAgainst(liar), 1);
  assert.equal(open(folder).file.all().length, 1);
});

test("it is told in words", () => {
  const same = describeEvidence(evidenceAgainst(liar), () => "node-3");
  assert.match(same, /^node-3 has signed votes for two blocks of height 3 in term 1: it lies, or/);
  const { first, second, links } = evidenceAgainst(liar);
  const higher = { ...second, prepared: two.placeAt(4) };
  const other = describeEvidence({ first, second: higher, links }, () => "node-3");
  assert.match(other, /blocks of heights 3 and 4 on different branches in term 1/);
});
