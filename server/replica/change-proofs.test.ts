import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import { TestChain, testConsensus, testProducer } from "@kith/protocol/test-chain";
import { isSignedByNode } from "@kith/protocol/vote";

import { ChangeProofs } from "./change-proofs.ts";
import { requestAgainMs } from "./limits.ts";
import { TestCertificates, TestClock, TestLinks, testNode } from "./test-support.ts";

const [anna, ben] = [testNode(1), testNode(2)];
const people = Array.from({ length: 12 }, (_, at) => testProducer(at));

/** Blocks 3, 5, 7 and 9 change the producers. */
function history(): { readonly chain: TestChain; readonly changes: readonly CertifiedHeader[] } {
  const chain = new TestChain(testConsensus("cft", people.slice(0, 3)));
  chain.append();
  const changes: CertifiedHeader[] = [];
  for (let at = 1; at <= 4; at++) {
    const { blockNum: num } = chain.append({
      newConsensus: testConsensus("cft", people.slice(at, at + 3)),
    });
    const certificate = chain.certificate({ num, voters: people.slice(at - 1, at + 3) });
    changes.push({ header: chain.header(num), certificate });
    chain.append();
  }
  return { chain, changes };
}

function openNode(kept: readonly CertifiedHeader[], finalNum = 10) {
  const { chain, changes } = history();
  const certificates = new TestCertificates();
  for (const change of kept) certificates.keepCertificate(change);
  const [links, clock] = [new TestLinks(anna, ben), new TestClock()];
  const proofs = new ChangeProofs({
    chain: chain.id,
    genesis: chain.header(1),
    certificates,
    links,
    clock,
    isSigned: isSignedByNode,
    finalPoint: () => chain.point(finalNum),
  });
  const asked = () =>
    links.take().map(({ to, message }) => {
      assert.ok(message.kind === "changes-request");
      return [to === anna ? "anna" : "ben", message.after];
    });
  const keptNums = () =>
    certificates.certifiedChanges(blockNumOf(1), 99).map(({ header }) => header.blockNum);
  return { proofs, changes, links, clock, asked, keptNums };
}

test("a node that can prove every change asks nobody", () => {
  const { changes } = history();
  const { proofs, asked, clock } = openNode(changes);
  proofs.look();
  assert.deepEqual(asked(), []);
  assert.equal(clock.waiting, 0);
  const early = openNode([], 2);
  early.proofs.look();
  assert.deepEqual(early.asked(), []);
});

test("what it lacks it asks of one after the other, behind the last change that it can prove", () => {
  const { changes } = history();
  const { proofs, asked, clock, keptNums } = openNode(changes.slice(0, 1));
  proofs.look();
  proofs.look();
  assert.deepEqual(asked(), [["anna", 3]]);
  clock.advance(requestAgainMs);
  assert.deepEqual(asked(), [["ben", 3]]);
  proofs.receive(changes.slice(1, 3));
  assert.deepEqual(keptNums(), [3, 5, 7]);
  clock.advance(requestAgainMs);
  assert.deepEqual(asked(), [["anna", 7]]);
  proofs.receive(changes.slice(3));
  assert.deepEqual(keptNums(), [3, 5, 7, 9]);
  clock.advance(10 * requestAgainMs);
  assert.deepEqual(asked(), []);
});

test("answers that prove nothing, or come out of order, are not kept", () => {
  const { proofs, changes, keptNums, clock, asked } = openNode([]);
  proofs.look();
  const [first, second] = changes;
  assert.ok(first !== undefined && second !== undefined);
  const { certificate } = first;
  const few = { ...first, certificate: { ...certificate, votes: certificate.votes.slice(0, 1) } };
  proofs.receive([few]);
  proofs.receive([second]);
  proofs.receive([{ header: first.header, certificate: second.certificate }]);
  proofs.receive([]);
  assert.deepEqual(keptNums(), []);
  asked();
  clock.advance(requestAgainMs);
  assert.deepEqual(asked(), [["ben", 1]]);
  proofs.receive([second, first, second]);
  assert.deepEqual(keptNums(), [3, 5]);
});

test("a change that is kept and proves nothing is asked for again", () => {
  const { changes } = history();
  const [first, ...others] = changes;
  assert.ok(first !== undefined);
  const spoilt = { ...first, certificate: { ...first.certificate, votes: [] } };
  const { proofs, asked, keptNums, clock } = openNode([spoilt, ...others]);
  proofs.look();
  assert.deepEqual(asked(), [["anna", 1]]);
  proofs.receive([first]);
  assert.deepEqual(keptNums(), [3, 5, 7, 9]);
  clock.advance(requestAgainMs);
  assert.deepEqual(asked(), []);
});

test("others get what comes behind what they have, and nobody is answered with nothing", () => {
  const { changes } = history();
  const { proofs, links } = openNode(changes);
  proofs.requestFor(ben, blockNumOf(5));
  proofs.requestFor(ben, blockNumOf(9));
  assert.deepEqual(links.take(), [
    { to: ben, message: { kind: "changes-response", changes: changes.slice(2) } },
  ]);
});

test("alone, a node waits until somebody is there", () => {
  const { proofs, links, asked, clock } = openNode([]);
  links.nodes = [];
  proofs.look();
  assert.equal(clock.waiting, 0);
  links.nodes = [ben];
  proofs.look();
  assert.deepEqual(asked(), [["ben", 1]]);
});
