import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus } from "./block.ts";
import { blockIdOfHeader } from "./blocks.ts";
import { certifiedHeaderCodec } from "./certificates.ts";
import { checkpointCodec, type Checkpoint } from "./checkpoint.ts";
import { zeroChecksum } from "./hashes.ts";
import { blockNumOf } from "./ids.ts";
import {
  followGenesis,
  followHeader,
  followHeaders,
  headerOfCheckpoint,
  provedAncestors,
  type CertifiedHeader,
  type Followed,
  type LightError,
} from "./light-client.ts";
import type { Result } from "./result.ts";
import { TestChain, testConsensus, testProducer, type TestProducer } from "./test-chain.ts";

const people: readonly TestProducer[] = Array.from({ length: 12 }, (_, at) => testProducer(at));
const first = people.slice(0, 4);
const second = people.slice(3, 7);
const third = people.slice(6, 11);

/**
 * Blocks 2 to 5 by the first producers; 6 begins a change to the second, which 8 ends; 11 begins one to the third, which
 * 12 ends; then up to 15.
 */
function openChain(
  algorithms: readonly Consensus["algorithm"][] = ["cft", "bft", "cft"],
): TestChain {
  const [a = "cft", b = "cft", c = "cft"] = algorithms;
  const chain = new TestChain(testConsensus(a, first));
  for (let num = 2; num <= 5; num++) chain.append({ term: 1 });
  chain.append({ newConsensus: testConsensus(b, second) });
  chain.append({ commitNum: 5 });
  for (let num = 8; num <= 10; num++) chain.append({ term: 2 });
  chain.append({ newConsensus: testConsensus(c, third) });
  for (let num = 12; num <= 15; num++) chain.append({ term: 4 });
  return chain;
}

function votersAt(num: number): readonly TestProducer[] {
  if (num < 6) return first;
  if (num < 8) return people.slice(0, 7);
  if (num < 11) return second;
  return num === 11 ? people.slice(3, 11) : third;
}

function certified(chain: TestChain, num: number, upTo = num): CertifiedHeader {
  const certificate = chain.certificate({ num, upTo, voters: votersAt(num) });
  return { header: chain.header(num), certificate };
}

function start(chain: TestChain): Checkpoint {
  return taken(followGenesis(chain.id, chain.header(1))).checkpoint;
}

function taken(followed: Result<Followed, LightError>): Followed {
  assert.ok(followed.ok, followed.ok ? "" : followed.error.code);
  return followed.value;
}

function codeOf(followed: Result<unknown, LightError>): string {
  return followed.ok ? "followed" : followed.error.code;
}

test("from genesis to the newest header over every change, in steps of any length", () => {
  const routes = [
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [6, 11, 15],
    [5, 6, 9, 11, 13],
  ];
  for (const algorithms of [["cft"], ["bft", "bft", "bft"], ["cft", "bft", "cft"]] as const) {
    const chain = openChain(algorithms);
    for (const route of routes) {
      let checkpoint = start(chain);
      for (const num of route) {
        const followed = taken(followHeader(checkpoint, certified(chain, num)));
        assert.deepEqual(followed.proved.header, chain.header(num));
        assert.equal(followed.proved.id, chain.placeAt(num).id);
        assert.deepEqual(followed.checkpoint.point, chain.point(num));
        checkpoint = followed.checkpoint;
      }
    }
  }
});

test("a change cannot be left out", () => {
  const chain = openChain();
  const code = (from: Checkpoint, num: number): string =>
    codeOf(followHeader(from, certified(chain, num)));
  const begin = start(chain);
  for (const num of [7, 8, 11, 12, 15]) assert.equal(code(begin, num), "light-change-missing");
  const atFirst = taken(followHeader(begin, certified(chain, 6))).checkpoint;
  assert.equal(code(atFirst, 10), "followed");
  for (const num of [12, 15]) assert.equal(code(atFirst, num), "light-change-missing");
  assert.equal(codeOf(followHeaders(begin, [certified(chain, 11)])), "light-change-missing");
  const both = [certified(chain, 6), certified(chain, 11)];
  assert.equal(codeOf(followHeaders(begin, both)), "followed");
  assert.equal(codeOf(followHeaders(begin, both.toReversed())), "light-change-missing");
});

test("producers who come back are those of a new epoch", () => {
  const chain = new TestChain(testConsensus("cft", first));
  chain.append({ newConsensus: testConsensus("cft", second) });
  chain.append();
  chain.append({ newConsensus: testConsensus("cft", first) });
  chain.append();
  // Block 5 is made under the rules of the genesis block again.
  const skipping = {
    header: chain.header(5),
    certificate: chain.certificate({ num: 5, voters: first }),
  };
  assert.equal(codeOf(followHeader(start(chain), skipping)), "certificate-of-another-epoch");
  const forged = chain.certificate({ num: 5, voters: first, epoch: 1 });
  const changes = [2, 4].map((num) => {
    const voters = people.slice(0, 7);
    return { header: chain.header(num), certificate: chain.certificate({ num, voters }) };
  });
  const now = followHeaders(start(chain), changes);
  assert.ok(now.ok);
  assert.equal(codeOf(followHeader(now.value, skipping)), "followed");
  const old = { header: chain.header(5), certificate: forged };
  assert.equal(codeOf(followHeader(now.value, old)), "certificate-of-another-epoch");
});

test("a header that brings its own producers proves nothing by their votes", () => {
  for (const algorithm of ["cft", "bft"] as const) {
    const chain = new TestChain(testConsensus(algorithm, first));
    chain.append();
    const begin = start(chain);
    const thieves = people.slice(8, 12);
    chain.append({ newConsensus: testConsensus(algorithm, thieves) });
    const header = chain.header(3);
    // In the epoch that the thieves' own block begins, and in the old one.
    const own = chain.certificate({ num: 3, voters: thieves, epoch: 3 });
    assert.equal(
      codeOf(followHeader(begin, { header, certificate: own })),
      "certificate-of-another-epoch",
    );
    const old = chain.certificate({ num: 3, voters: thieves });
    assert.equal(
      codeOf(followHeader(begin, { header, certificate: old })),
      "certificate-without-quorum",
    );
    // The old producers alone do not change anything either, nor with too few of the new ones.
    for (const voters of [first, [...first, ...thieves.slice(0, 2)]]) {
      const certificate = chain.certificate({ num: 3, voters });
      assert.equal(
        codeOf(followHeader(begin, { header, certificate })),
        "certificate-without-quorum",
      );
    }
    // What stands behind it does not help.
    chain.append({ commitNum: 2 });
    chain.append({ commitNum: 3 });
    for (const num of [4, 5]) {
      const certificate = chain.certificate({ num, voters: thieves, epoch: 3 });
      const far = { header: chain.header(num), certificate };
      assert.equal(codeOf(followHeader(begin, far)), "light-change-missing");
    }
  }
});

test("new producers vouch alone for blocks of the change once it is known to be final", () => {
  const chain = openChain(["bft", "bft", "bft"]);
  // Block 7 was made while both decided; the second producers voted for it again in their own epoch.
  const alone = {
    header: chain.header(7),
    certificate: chain.certificate({ num: 7, voters: second, epoch: 6, term: 2 }),
  };
  const begin = start(chain);
  assert.equal(codeOf(followHeader(begin, alone)), "light-change-missing");
  const atChange = taken(followHeader(begin, certified(chain, 6))).checkpoint;
  const followed = taken(followHeader(atChange, alone));
  assert.deepEqual(followed.checkpoint.point, chain.point(7));
  assert.equal(codeOf(followHeader(followed.checkpoint, certified(chain, 10))), "followed");
  const few = chain.certificate({ num: 7, voters: second.slice(2), epoch: 6, term: 2 });
  const lacking = { header: chain.header(7), certificate: few };
  assert.equal(codeOf(followHeader(atChange, lacking)), "certificate-without-quorum");
});

test("votes of each set count for that set alone, and in its own epoch", () => {
  const chain = openChain();
  const begin = start(chain);
  const change = chain.header(6);
  const fewOfNew = chain.certificate({ num: 6, voters: people.slice(0, 5) });
  assert.equal(
    codeOf(followHeader(begin, { header: change, certificate: fewOfNew })),
    "certificate-without-quorum",
  );
  const atChange = taken(followHeader(begin, certified(chain, 6))).checkpoint;
  const byOld = chain.certificate({ num: 9, voters: first });
  assert.equal(
    codeOf(followHeader(atChange, { header: chain.header(9), certificate: byOld })),
    "certificate-vote-of-stranger",
  );
  const ofOldEpoch = chain.certificate({ num: 9, voters: second, epoch: 1 });
  assert.equal(
    codeOf(followHeader(atChange, { header: chain.header(9), certificate: ofOldEpoch })),
    "certificate-of-another-epoch",
  );
});

test("a start is believed only under the id that was asked for", () => {
  const chain = openChain();
  const other = new TestChain(testConsensus("cft", second));
  assert.equal(codeOf(followGenesis(chain.id, other.header(1))), "light-genesis-wrong");
  assert.equal(codeOf(followGenesis(chain.placeAt(2).id, chain.header(2))), "light-genesis-wrong");
  const { newConsensus, ...withoutProducers } = chain.header(1);
  assert.ok(newConsensus !== undefined);
  const id = blockIdOfHeader(withoutProducers);
  assert.equal(codeOf(followGenesis(id, withoutProducers)), "light-genesis-wrong");
  const nobody = { ...chain.header(1), newConsensus: { algorithm: "cft", producers: [] } } as const;
  assert.equal(codeOf(followGenesis(blockIdOfHeader(nobody), nobody)), "light-genesis-wrong");
});

test("headers of another network with the same producers are refused", () => {
  const [chain, other] = [openChain(), new TestChain(testConsensus("cft", first.toReversed()))];
  other.append({ term: 1 });
  assert.equal(codeOf(followHeader(start(chain), certified(other, 2))), "light-change-missing");
  // The same rules, and another genesis block.
  const twin = new TestChain(testConsensus("cft", first));
  const { header, certificate } = certified(twin, twin.append({ term: 1 }).blockNum);
  const checkpoint = { ...start(chain), chain: chain.placeAt(2).id };
  assert.equal(
    codeOf(followHeader(checkpoint, { header, certificate })),
    "certificate-vote-forged",
  );
});

test("headers that no producer would make are refused, whoever votes for them", () => {
  const chain = openChain();
  const voters = votersAt(5);
  for (const wrong of [
    { commitNum: blockNumOf(5) },
    { commitNum: blockNumOf(99) },
    { executedNum: blockNumOf(5) },
  ]) {
    const header = { ...chain.header(5), ...wrong };
    const certificate = { ...chain.certificate({ num: 5, voters }), id: blockIdOfHeader(header) };
    assert.equal(
      codeOf(followHeader(start(chain), { header, certificate })),
      "light-header-breaks-rules",
    );
  }
  // A second change while one is under way.
  const twice = new TestChain(testConsensus("cft", first));
  twice.append({ newConsensus: testConsensus("cft", second) });
  twice.append({ commitNum: 1, newConsensus: testConsensus("cft", third) });
  const voted = (num: number): CertifiedHeader => ({
    header: twice.header(num),
    certificate: twice.certificate({ num, voters: people.slice(0, 7) }),
  });
  const atChange = taken(followHeader(start(twice), voted(2))).checkpoint;
  assert.equal(codeOf(followHeader(atChange, voted(3))), "light-header-breaks-rules");
});

test("a checkpoint never goes back", () => {
  const chain = openChain();
  const at5 = taken(followHeader(start(chain), certified(chain, 5))).checkpoint;
  for (const num of [2, 4, 5]) {
    assert.equal(codeOf(followHeader(at5, certified(chain, num))), "light-header-not-newer");
  }
  assert.equal(codeOf(followHeader(at5, certified(chain, 6))), "followed");
});

test("the header of the checkpoint's own block needs no votes", () => {
  const chain = openChain();
  const at5 = taken(followHeader(start(chain), certified(chain, 5))).checkpoint;
  const own = headerOfCheckpoint(at5, chain.header(5));
  assert.ok(own.ok);
  assert.deepEqual(own.value.header, chain.header(5));
  for (const header of [chain.header(4), { ...chain.header(5), stateRoot: zeroChecksum }]) {
    assert.equal(codeOf(headerOfCheckpoint(at5, header)), "light-ancestor-wrong");
  }
});

test("blocks before a proved one are proved by the ids that headers name", () => {
  const chain = openChain();
  const from = taken(followHeader(start(chain), certified(chain, 5))).proved;
  const back = [4, 3, 2, 1].map((num) => chain.header(num));
  const ancestors = provedAncestors(from, back);
  assert.ok(ancestors.ok);
  assert.deepEqual(
    ancestors.value.map(({ header }) => header),
    back,
  );
  assert.deepEqual(ancestors.value.at(-1)?.id, chain.id);
  const [fourth, third_, second_] = back;
  assert.ok(fourth !== undefined && third_ !== undefined && second_ !== undefined);
  for (const wrong of [
    [third_],
    [fourth, second_],
    [fourth, fourth],
    [chain.header(5)],
    [fourth, { ...third_, eventRoot: zeroChecksum }],
    [{ ...fourth, blockNum: blockNumOf(3) }],
  ]) {
    assert.equal(codeOf(provedAncestors(from, wrong)), "light-ancestor-wrong");
  }
  assert.ok(provedAncestors(from, []).ok);
});

test("what clients keep and what travels comes back as it was packed", () => {
  const chain = openChain();
  for (const num of [5, 6, 11]) {
    const changes = [6, 11].filter((change) => change < num);
    const before = followHeaders(
      start(chain),
      changes.map((change) => certified(chain, change)),
    );
    assert.ok(before.ok);
    const { checkpoint } = taken(followHeader(before.value, certified(chain, num)));
    const kept = checkpointCodec.unpack(checkpointCodec.pack(checkpoint));
    assert.deepEqual(kept, { ok: true, value: checkpoint });
    const sent = certified(chain, num, num === 5 ? 5 : num + 1);
    const received = certifiedHeaderCodec.unpack(certifiedHeaderCodec.pack(sent));
    assert.deepEqual(received, { ok: true, value: sent });
  }
});
