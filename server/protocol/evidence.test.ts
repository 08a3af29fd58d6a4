import assert from "node:assert/strict";
import { test } from "node:test";

import type { BlockHeader } from "./block.ts";
import { evidenceCodec, evidenceHolds, type Evidence } from "./evidence.ts";
import { blockIdOf, blockNumOf, termOf } from "./ids.ts";
import { certificateLinksMax } from "./limits.ts";
import {
  signTestVote,
  TestChain,
  testConsensus,
  testProducer,
  type TestProducer,
} from "./test-chain.ts";
import { isSignedByNode, type BlockPlace, type SignedVote, type Vote } from "./vote.ts";

const [liar, honest] = [testProducer(0), testProducer(1)];
const everybody = testConsensus("bft", [liar, honest, testProducer(2), testProducer(3)]);

/** Eight blocks; from `fork` on with other contents than those of any other `variant`. */
function chainOf(fork: number, variant: string): TestChain {
  const chain = new TestChain(everybody);
  for (let num = 2; num <= 8; num++) {
    const contents = num < fork ? "00" : variant;
    chain.append({ term: 3, stateRoot: contents.repeat(32) as BlockHeader["stateRoot"] });
  }
  return chain;
}

const main = chainOf(5, "aa");
const other = chainOf(5, "bb");
const nowhere: BlockPlace = { num: blockNumOf(0), id: blockIdOf("0".repeat(64)) };

function voteFor(
  prepared: BlockPlace,
  more: Partial<Vote> = {},
  by: TestProducer = liar,
): SignedVote {
  const vote = { epoch: blockNumOf(1), term: termOf(3), prepared, committed: nowhere, ...more };
  return signTestVote(main.id, vote, by);
}

/** From the higher block down to the one behind the lower height. */
const linksDown = (chain: TestChain, from: number, to: number): readonly BlockHeader[] =>
  chain.headers.slice(to, from).toReversed();

const holds = (evidence: Evidence): boolean => evidenceHolds(main.id, evidence, isSignedByNode);

const twoAtOneHeight: Evidence = {
  first: voteFor(main.placeAt(6)),
  second: voteFor(other.placeAt(6)),
  links: [],
};
const twoHeights: Evidence = {
  first: voteFor(main.placeAt(5)),
  second: voteFor(other.placeAt(8)),
  links: linksDown(other, 8, 5),
};

test("two votes of one term for two blocks of one height show that their signer lied", () => {
  assert.ok(holds(twoAtOneHeight));
  const { first, second, links } = twoAtOneHeight;
  assert.ok(holds({ first: second, second: first, links }));
});

test("so do votes for different heights, when headers show that neither block stands on the other", () => {
  assert.ok(holds(twoHeights));
  assert.ok(holds({ ...twoHeights, first: twoHeights.second, second: twoHeights.first }));
});

test("it is the same after a journey as bytes", () => {
  for (const evidence of [twoAtOneHeight, twoHeights]) {
    const unpacked = evidenceCodec.unpack(evidenceCodec.pack(evidence));
    assert.ok(unpacked.ok);
    assert.deepEqual(unpacked.value, evidence);
    assert.ok(holds(unpacked.value));
  }
});

test("whoever votes for a block and later for one that stands on it did nothing wrong", () => {
  const first = voteFor(main.placeAt(5));
  const second = voteFor(main.placeAt(8));
  assert.equal(holds({ first, second, links: linksDown(main, 8, 5) }), false);
  assert.equal(holds({ first, second: first, links: [] }), false);
});

test("who named no block yet did nothing wrong with the first that it names", () => {
  const first = voteFor(nowhere);
  const second = voteFor(main.placeAt(4));
  assert.equal(holds({ first, second, links: linksDown(main, 4, 0) }), false);
});

test("votes of different terms, epochs or nodes are no evidence", () => {
  const { first } = twoAtOneHeight;
  const place = other.placeAt(6);
  const innocent = [
    voteFor(place, { term: termOf(4) }),
    voteFor(place, { epoch: blockNumOf(2) }),
    voteFor(place, {}, honest),
  ];
  for (const second of innocent) assert.equal(holds({ first, second, links: [] }), false);
});

test("what the accused did not sign is no evidence against it", () => {
  const { first, second, links } = twoAtOneHeight;
  const forged = { ...voteFor(other.placeAt(6), {}, honest), node: liar.node };
  assert.equal(holds({ first, second: forged, links }), false);
  assert.equal(holds({ first: forged, second, links }), false);
  const altered = { ...second, prepared: other.placeAt(7) };
  assert.equal(holds({ first, second: altered, links: linksDown(other, 7, 6) }), false);
});

test("what was signed on another network is no evidence on this one", () => {
  assert.equal(evidenceHolds(other.placeAt(6).id, twoAtOneHeight, isSignedByNode), false);
});

const badLinks: readonly (readonly [string, readonly BlockHeader[]])[] = [
  ["none", []],
  ["one too few", linksDown(other, 8, 6)],
  ["one too many", linksDown(other, 8, 4)],
  ["of the other chain", linksDown(main, 8, 5)],
  ["oldest first", linksDown(other, 8, 5).toReversed()],
  ["with a hole", linksDown(other, 8, 5).filter(({ blockNum }) => blockNum !== 7)],
  [
    "with a header that was changed",
    linksDown(other, 8, 5).map((header) =>
      header.blockNum === 7 ? { ...header, time: 1 } : header,
    ),
  ],
];

for (const [how, links] of badLinks) {
  test(`links that do not lead from the higher block to the lower height show nothing: ${how}`, () => {
    assert.equal(holds({ ...twoHeights, links }), false);
  });
}

test("more links than any two votes need are refused before they are read", () => {
  const links = Array.from({ length: certificateLinksMax + 1 }, () => main.header(2));
  const packed = evidenceCodec.pack({ ...twoAtOneHeight, links: links.slice(1) });
  assert.ok(evidenceCodec.unpack(packed).ok);
  assert.equal(evidenceCodec.unpack(evidenceCodec.pack({ ...twoAtOneHeight, links })).ok, false);
});
