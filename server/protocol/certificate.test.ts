import assert from "node:assert/strict";
import { test } from "node:test";

import type { Consensus } from "./block.ts";
import {
  quorumSize,
  rulesOfEpoch,
  verifyCertificate,
  verifyFinality,
  type Certificate,
  type CertificateRules,
} from "./certificate.ts";
import { certificateCodec } from "./certificates.ts";
import { zeroChecksum } from "./hashes.ts";
import { blockIdOf, blockNumOf, termOf } from "./ids.ts";
import { certificateLinksMax, certificateVotesMax } from "./limits.ts";
import {
  signTestVote,
  TestChain,
  testConsensus,
  testProducer,
  type TestProducer,
} from "./test-chain.ts";
import { isSignedByNode, type BlockPlace } from "./vote.ts";

const p0 = testProducer(0);
const p1 = testProducer(1);
const p2 = testProducer(2);
const p3 = testProducer(3);
const p4 = testProducer(4);
const p5 = testProducer(5);
const four = [p0, p1, p2, p3];
const everybody = testConsensus("bft", four);

/** Six blocks of term 3 behind the genesis block. */
function openChain(first: Consensus): TestChain {
  const chain = new TestChain(first);
  for (let num = 2; num <= 7; num++) chain.append({ term: 3 });
  return chain;
}

function rulesAt(chain: TestChain, num: number): CertificateRules {
  const { joint, epoch } = chain.point(num);
  return { chain: chain.id, joint, epoch, isSigned: isSignedByNode };
}

function outcome(
  chain: TestChain,
  certificate: Certificate,
  num: number = certificate.num,
): string {
  const header = chain.header(num);
  const verified = verifyFinality(header, certificate, rulesAt(chain, num));
  return verified.ok ? "final" : verified.error.code;
}

test("a quorum's votes make a block final, and fewer do not", () => {
  const cases: readonly (readonly [Consensus["algorithm"], number, number])[] = [
    ["cft", 1, 1],
    ["cft", 3, 2],
    ["cft", 4, 3],
    ["bft", 1, 1],
    ["bft", 3, 3],
    ["bft", 4, 3],
    ["bft", 7, 5],
  ];
  for (const [algorithm, count, quorum] of cases) {
    const producers = Array.from({ length: count }, (_, at) => testProducer(at));
    const chain = openChain(testConsensus(algorithm, producers));
    assert.equal(quorumSize(algorithm, count), quorum);
    const [enough, fewer] = [producers.slice(0, quorum), producers.slice(1, quorum)];
    assert.equal(outcome(chain, chain.certificate({ num: 5, voters: enough })), "final");
    assert.equal(outcome(chain, chain.certificate({ num: 5, voters: producers })), "final");
    const lacking = chain.certificate({ num: 5, voters: fewer });
    assert.equal(outcome(chain, lacking), "certificate-without-quorum");
  }
});

test("votes for later blocks count when links show that these descend from the block", () => {
  for (const algorithm of ["cft", "bft"] as const) {
    const chain = openChain(testConsensus(algorithm, four));
    const certificate = chain.certificate({ num: 4, voters: [p0, p1, p2], upTo: 7 });
    assert.equal(certificate.links.length, 3);
    assert.equal(outcome(chain, certificate), "final");
    const { links } = certificate;
    for (const broken of [links.slice(1), links.slice(0, 1), links.toReversed(), []]) {
      assert.notEqual(outcome(chain, { ...certificate, links: broken }), "final");
    }
    const [first, ...others] = links;
    assert.ok(first !== undefined);
    const changed = [{ ...first, time: first.time + 1 }, ...others];
    assert.equal(outcome(chain, { ...certificate, links: changed }), "certificate-links-broken");
    const spare = {
      ...certificate,
      links,
      votes: chain.certificate({ num: 4, voters: four }).votes,
    };
    assert.equal(outcome(chain, spare), "certificate-links-spare");
    const renumbered = [{ ...first, blockNum: blockNumOf(6) }, ...others];
    assert.equal(outcome(chain, { ...certificate, links: renumbered }), "certificate-links-broken");
  }
});

test("each vote may name another block", () => {
  const chain = openChain(everybody);
  const votes = [4, 6, 7].flatMap(
    (upTo, at) => chain.certificate({ num: 4, upTo, voters: [four[at] ?? p3] }).votes,
  );
  votes.sort((a, b) => (a.node < b.node ? -1 : 1));
  const links = chain.headers.slice(4, 7);
  const certificate = { ...chain.certificate({ num: 4, voters: [] }), links, votes };
  assert.equal(outcome(chain, certificate), "final");
  assert.equal(
    outcome(chain, { ...certificate, links: links.slice(0, 2) }),
    "certificate-vote-elsewhere",
  );
});

test("there are not more links than blocks can ever be in flight", () => {
  const chain = openChain(everybody);
  while (chain.headers.length < 4 + certificateLinksMax + 1) chain.append();
  const most = chain.certificate({ num: 4, upTo: 4 + certificateLinksMax, voters: four });
  assert.equal(outcome(chain, most), "final");
  const tooMany = chain.certificate({ num: 4, upTo: 5 + certificateLinksMax, voters: four });
  assert.equal(outcome(chain, tooMany), "certificate-links-too-many");
});

test("under CFT the votes are for a block of their own term", () => {
  const chain = new TestChain(testConsensus("cft", four));
  for (const term of [3, 3, 5, 5]) chain.append({ term });
  const voters = [p0, p1, p2];
  // Raft figure 8: a majority has block 3, and a leader without it can still be elected.
  const older = chain.certificate({ num: 3, voters, term: 5 });
  assert.equal(outcome(chain, older), "certificate-without-own-block");
  assert.equal(outcome(chain, chain.certificate({ num: 3, upTo: 5, voters, term: 5 })), "final");
  assert.equal(outcome(chain, chain.certificate({ num: 4, upTo: 5, voters, term: 5 })), "final");
  const mixed = chain.certificate({ num: 3, upTo: 5, voters: [p0, p1], term: 5 });
  const votes = [...mixed.votes, ...chain.certificate({ num: 3, voters: [p2], term: 5 }).votes];
  votes.sort((a, b) => (a.node < b.node ? -1 : 1));
  assert.equal(outcome(chain, { ...mixed, votes }), "certificate-without-own-block");
});

test("under BFT votes of a later term make an earlier block final", () => {
  const chain = openChain(everybody);
  const certificate = chain.certificate({ num: 5, voters: [p0, p1, p2], term: 9 });
  assert.equal(outcome(chain, certificate), "final");
});

test("while producers change, each set needs its own quorum", () => {
  for (const algorithm of ["cft", "bft"] as const) {
    const chain = openChain(testConsensus(algorithm, [p0, p1, p2]));
    const next = testConsensus(algorithm, [p2, p3, p4, p5]);
    chain.append({ newConsensus: next });
    const voted = (...voters: readonly TestProducer[]): string =>
      outcome(chain, chain.certificate({ num: 8, voters }));
    assert.equal(voted(p0, p1, p2, p3, p4, p5), "final");
    assert.equal(voted(p0, p1, p2, p3, p4), "final");
    // Five of the union's six, but only two of the new four.
    assert.equal(voted(p0, p1, p2, p3), "certificate-without-quorum");
    assert.equal(voted(p2, p3, p4, p5), "certificate-without-quorum");
    assert.equal(voted(p0, p1), "certificate-without-quorum");
  }
});

test("CFT producers who are about to come commit and do not prepare", () => {
  const chain = openChain(everybody);
  chain.append({ newConsensus: testConsensus("cft", [p4, p5]) });
  const prepared = chain.certificate({ num: 8, kind: "prepared", voters: [p0, p1, p2] });
  assert.ok(verifyCertificate(prepared, rulesAt(chain, 8)).ok);
  const committed = chain.certificate({ num: 8, voters: [p0, p1, p2] });
  assert.equal(outcome(chain, committed), "certificate-without-quorum");
  assert.equal(
    outcome(chain, chain.certificate({ num: 8, voters: [p0, p1, p2, p4, p5] })),
    "final",
  );
});

test("only a committed certificate shows finality", () => {
  const chain = openChain(everybody);
  for (const kind of ["prepared", "led"] as const) {
    const certificate = chain.certificate({ num: 5, kind, voters: four });
    assert.equal(outcome(chain, certificate), "certificate-of-another-block");
    assert.ok(verifyCertificate(certificate, rulesAt(chain, 5)).ok);
  }
});

test("one of the old producers is enough to say who leads, and somebody else is not", () => {
  const chain = openChain(testConsensus("cft", [p0, p1, p2]));
  chain.append({ newConsensus: testConsensus("bft", [p3, p4, p5]) });
  const rules = rulesAt(chain, 8);
  const led = (voter: TestProducer): string => {
    const verified = verifyCertificate(
      chain.certificate({ num: 8, kind: "led", voters: [voter] }),
      rules,
    );
    return verified.ok ? "led" : verified.error.code;
  };
  assert.equal(led(p1), "led");
  assert.equal(led(p4), "certificate-without-quorum");
  assert.equal(led(testProducer(9)), "certificate-vote-of-stranger");
});

test("votes for what was prepared do not count as votes for what was committed", () => {
  const chain = openChain(everybody);
  const good = chain.certificate({ num: 5, voters: [p0, p1, p2] });
  const nothing: BlockPlace = { num: blockNumOf(0), id: blockIdOf(zeroChecksum) };
  const prepared = { epoch: good.epoch, term: good.term, prepared: chain.placeAt(5) };
  const votes = good.votes.map((vote) => {
    const voter = four.find(({ node }) => node === vote.node) ?? p0;
    return signTestVote(chain.id, { ...prepared, committed: nothing }, voter);
  });
  assert.equal(outcome(chain, { ...good, votes }), "certificate-vote-elsewhere");
  assert.ok(verifyCertificate({ ...good, kind: "prepared", votes }, rulesAt(chain, 5)).ok);
});

test("nobody is sure of nothing", () => {
  const chain = openChain(everybody);
  const nothing: BlockPlace = { num: blockNumOf(0), id: blockIdOf(zeroChecksum) };
  const vote = { epoch: blockNumOf(1), term: termOf(3), prepared: nothing, committed: nothing };
  const votes = four
    .map((voter) => signTestVote(chain.id, vote, voter))
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
  const good = chain.certificate({ num: 5, voters: four });
  const codeOf = (certificate: Certificate): string => {
    const verified = verifyCertificate(certificate, rulesAt(chain, 5));
    return verified.ok ? "verified" : verified.error.code;
  };
  assert.equal(codeOf({ ...good, ...nothing, votes }), "certificate-of-no-block");
  // The id of block 6 under the number 5: a wrong index.
  const wrong = { num: blockNumOf(5), id: chain.placeAt(6).id };
  const votesForWrong = four.map((voter) =>
    signTestVote(chain.id, { ...vote, prepared: wrong, committed: wrong }, voter),
  );
  assert.equal(codeOf({ ...good, ...wrong, votes: votesForWrong }), "certificate-of-no-block");
});

test("an empty set of producers never certifies anything", () => {
  const chain = openChain(everybody);
  const good = chain.certificate({ num: 5, voters: four });
  const nobody: Consensus = { algorithm: "cft", producers: [] };
  const joints = [
    { current: nobody },
    { current: { ...nobody, algorithm: "bft" } },
    { current: everybody, next: nobody },
    { current: nobody, next: everybody },
    { current: nobody, next: nobody },
  ] as const;
  for (const joint of joints) {
    const rules = { ...rulesAt(chain, 5), joint };
    for (const kind of ["prepared", "committed", "led"] as const) {
      if (kind === "led" && joint.current === everybody) continue;
      if (kind === "prepared" && joint.current === everybody) continue;
      for (const votes of [good.votes, []]) {
        assert.ok(!verifyCertificate({ ...good, kind, votes }, rules).ok, kind);
      }
    }
  }
});

test("a certificate about another block, of another epoch, term, chain or producer set is refused", () => {
  const chain = openChain(everybody);
  const voters = [p0, p1, p2];
  const good = chain.certificate({ num: 5, voters });
  assert.equal(outcome(chain, good), "final");
  assert.equal(outcome(chain, good, 6), "certificate-of-another-block");
  const { stateRoot, ...rest } = chain.header(5);
  assert.notEqual(stateRoot, zeroChecksum);
  const forged = verifyFinality({ ...rest, stateRoot: zeroChecksum }, good, rulesAt(chain, 5));
  assert.ok(!forged.ok && forged.error.code === "certificate-of-another-block");

  const epoch = blockNumOf(4);
  assert.equal(outcome(chain, { ...good, epoch }), "certificate-of-another-epoch");
  const otherEpoch = chain.certificate({ num: 5, voters, epoch });
  assert.equal(outcome(chain, otherEpoch), "certificate-of-another-epoch");
  const smuggled = { ...otherEpoch, epoch: good.epoch };
  assert.equal(outcome(chain, smuggled), "certificate-of-another-term");

  const otherTerm = chain.certificate({ num: 5, voters: [p2], term: 4 });
  const votes = [...chain.certificate({ num: 5, voters: [p0, p1] }).votes, ...otherTerm.votes];
  votes.sort((a, b) => (a.node < b.node ? -1 : 1));
  assert.equal(outcome(chain, { ...good, votes }), "certificate-of-another-term");
  assert.equal(outcome(chain, { ...good, term: termOf(4) }), "certificate-of-another-term");

  const elsewhere = { ...rulesAt(chain, 5), chain: blockIdOf(chain.placeAt(2).id) };
  const otherChain = verifyFinality(chain.header(5), good, elsewhere);
  assert.ok(!otherChain.ok && otherChain.error.code === "certificate-vote-forged");

  const strangers = chain.certificate({ num: 5, voters: [p0, p4, p5] });
  assert.equal(outcome(chain, strangers), "certificate-vote-of-stranger");
  const oneTooMany = chain.certificate({ num: 5, voters: [...four, p5] });
  assert.equal(outcome(chain, oneTooMany), "certificate-vote-of-stranger");
});

test("pitfall 31: a signer counts once, and only with its own signature", () => {
  const chain = openChain(everybody);
  const good = chain.certificate({ num: 5, voters: [p0, p1, p2] });
  const [a, b, c] = good.votes;
  assert.ok(a !== undefined && b !== undefined && c !== undefined);
  const voted = (...votes: Certificate["votes"]): string => outcome(chain, { ...good, votes });
  assert.equal(voted(a, b, c), "final");
  assert.equal(voted(a, b, b), "certificate-votes-unordered");
  assert.equal(voted(a, a, a, b), "certificate-votes-unordered");
  assert.equal(voted(b, a, c), "certificate-votes-unordered");
  assert.equal(voted(a, b, { ...c, signature: b.signature }), "certificate-vote-forged");
  assert.equal(voted(a, b, { ...c, signature: new Uint8Array(64) }), "certificate-vote-forged");
  assert.equal(voted(a, b, { ...c, signature: new Uint8Array(0) }), "certificate-vote-forged");
  assert.equal(voted(a, b, { ...c, prepared: chain.placeAt(4) }), "certificate-vote-forged");
  // A forged vote spoils it also where there are enough without it: nothing in a certificate is unchecked.
  const all = chain.certificate({ num: 5, voters: four });
  const spoilt = all.votes.map((vote, at) =>
    at === 3 ? { ...vote, signature: a.signature } : vote,
  );
  assert.equal(outcome(chain, { ...all, votes: spoilt }), "certificate-vote-forged");
});

test("a vote for a block beside the chain counts for nothing", () => {
  const chain = openChain(everybody);
  const other = new TestChain(everybody);
  while (other.headers.length < 7) other.append({ term: 3, stateRoot: zeroChecksum });
  assert.equal(other.id, chain.id);
  const beside = other.certificate({ num: 5, voters: [p2] });
  const votes = [...chain.certificate({ num: 5, voters: [p0, p1] }).votes, ...beside.votes];
  votes.sort((a, b) => (a.node < b.node ? -1 : 1));
  const mixed = { ...chain.certificate({ num: 5, voters: [] }), votes };
  assert.equal(outcome(chain, mixed), "certificate-vote-elsewhere");
});

test("rules of an epoch are those of the producers who have a say about the block", () => {
  const chain = openChain(testConsensus("cft", [p0, p1, p2]));
  const next = testConsensus("bft", four);
  chain.append({ newConsensus: next });
  const point = chain.point(8);
  assert.deepEqual(rulesOfEpoch(point, 1), { joint: point.joint, epoch: 1 });
  assert.deepEqual(rulesOfEpoch(point, 8), { joint: { current: next }, epoch: 8 });
  assert.equal(rulesOfEpoch(point, 7), undefined);
  assert.equal(rulesOfEpoch(chain.point(7), 8), undefined);
  chain.append();
  assert.deepEqual(rulesOfEpoch(chain.point(9), 8), { joint: { current: next }, epoch: 8 });
  assert.equal(rulesOfEpoch(chain.point(9), 1), undefined);
});

test("certificates come back as they were packed, within their limits", () => {
  const chain = openChain(everybody);
  for (const kind of ["prepared", "committed", "led"] as const) {
    const certificate = chain.certificate({ num: 4, upTo: 7, kind, voters: four });
    const packed = certificateCodec.pack(certificate);
    assert.deepEqual(certificateCodec.unpack(packed), { ok: true, value: certificate });
    for (let size = 0; size < packed.length; size += 7) {
      assert.ok(!certificateCodec.unpack(packed.subarray(0, size)).ok, `${size} bytes`);
    }
  }
  const good = chain.certificate({ num: 4, upTo: 5, voters: [p0] });
  const [vote] = good.votes;
  const [link] = good.links;
  assert.ok(vote !== undefined && link !== undefined);
  const tooLong: readonly Certificate[] = [
    { ...good, votes: Array.from({ length: certificateVotesMax + 1 }, () => vote) },
    { ...good, links: Array.from({ length: certificateLinksMax + 1 }, () => link) },
    { ...good, votes: [{ ...vote, signature: new Uint8Array(65) }] },
  ];
  for (const each of tooLong) {
    const unpacked = certificateCodec.unpack(certificateCodec.pack(each));
    assert.ok(!unpacked.ok && unpacked.error.code === "fracpack-too-long");
  }
});

test("a kind that does not exist is malformed", () => {
  const chain = openChain(everybody);
  const packed = certificateCodec.pack(chain.certificate({ num: 4, voters: four }));
  // The fixed area begins behind its u16 size; the kind is its first byte.
  assert.equal(packed[2], 1);
  for (const kind of [3, 255]) {
    const changed = Uint8Array.from(packed);
    changed[2] = kind;
    assert.ok(!certificateCodec.unpack(changed).ok);
  }
});
