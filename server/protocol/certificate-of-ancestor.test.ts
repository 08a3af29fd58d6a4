import assert from "node:assert/strict";
import { test } from "node:test";

import { certificateOfAncestor } from "./certificate-of-ancestor.ts";
import { verifyFinality } from "./certificate.ts";
import { certificateLinksMax } from "./limits.ts";
import { TestChain, testConsensus, testProducer } from "./test-chain.ts";
import { isSignedByNode } from "./vote.ts";

const people = [0, 1, 2, 3].map(testProducer);

function openChain(algorithm: "cft" | "bft"): TestChain {
  const chain = new TestChain(testConsensus(algorithm, people));
  while (chain.headers.length < 100) chain.append({ term: Math.floor(chain.headers.length / 10) });
  return chain;
}

test("what shows that a block is final shows it of the blocks before it", () => {
  for (const algorithm of ["cft", "bft"] as const) {
    const chain = openChain(algorithm);
    const { joint, epoch } = chain.point(50);
    const rules = { chain: chain.id, joint, epoch, isSigned: isSignedByNode };
    for (const [num, upTo] of [
      [50, 50],
      [50, 52],
      [49, 51],
    ] as const) {
      const certificate = chain.certificate({
        num,
        upTo,
        voters: people.slice(1),
        term: chain.header(upTo).term,
      });
      for (const ancestor of [num, num - 1, num - 9, num - 30]) {
        const about = certificateOfAncestor(certificate, chain.headers.slice(ancestor - 1, num));
        assert.ok(about !== undefined);
        assert.ok(verifyFinality(chain.header(ancestor), about, rules).ok, `${ancestor} of ${num}`);
      }
    }
  }
});

test("the way is not longer than a certificate may be, and has a beginning", () => {
  const chain = openChain("bft");
  const certificate = chain.certificate({ num: 90, upTo: 92, voters: people });
  const from = (num: number) =>
    certificateOfAncestor(certificate, chain.headers.slice(num - 1, 90));
  assert.equal(from(92 - certificateLinksMax)?.links.length, certificateLinksMax);
  assert.equal(from(91 - certificateLinksMax), undefined);
  assert.equal(certificateOfAncestor(certificate, []), undefined);
});
