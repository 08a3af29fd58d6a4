import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { blockIdOfHeader } from "@kith/protocol/blocks";
import { blockNumOf } from "@kith/protocol/ids";
import { followGenesis, followHeaders } from "@kith/protocol/light-client";
import { TestChain, testConsensus, testProducer } from "@kith/protocol/test-chain";

import { certifyAgainMs, certifyMsMax, proofsWantedMax } from "./limits.ts";
import { Proofs } from "./proofs.ts";
import { TestCertificates, TestClock, TestLog } from "./test-support.ts";

const old = [0, 1, 2].map(testProducer);
const everybody = [0, 1, 2, 3, 4].map(testProducer);
const num = blockNumOf;

/** Blocks 2 to 9; with 5 producers begin to change, and nothing ends that. */
function openProofs() {
  const chain = new TestChain(testConsensus("cft", old));
  for (let at = 2; at <= 4; at++) chain.append({ term: 1 });
  chain.append({ newConsensus: testConsensus("cft", everybody.slice(2)) });
  for (let at = 6; at <= 9; at++) chain.append({ commitNum: 4 });
  const log = new TestLog(chain.headers.map(blockOf));
  const certificates = new TestCertificates();
  const clock = new TestClock();
  let asked = 0;
  const proofs = new Proofs({
    log,
    certificates,
    clock,
    pointAt: (at) => chain.point(at),
    certify: () => asked++,
  });
  const certify = (at: number): void =>
    proofs.keep(chain.certificate({ num: at, voters: at < 5 ? old : everybody }));
  return { proofs, chain, log, certificates, clock, certify, asked: () => asked };
}

function blockOf(header: SealedBlock["header"]): SealedBlock {
  return { id: blockIdOfHeader(header), header, transactions: [], bytes: new Uint8Array(0) };
}

test("a proof is kept with its block's header, and only when it is about the block in the log", () => {
  const { proofs, chain, certificates, certify, log } = openProofs();
  certify(3);
  const kept = certificates.certificate(num(3), num(3));
  assert.deepEqual(kept?.header, chain.header(3));
  const certificate = chain.certificate({ num: 4, voters: old });
  proofs.keep({ ...certificate, id: chain.placeAt(3).id });
  log.damaged.add(4);
  proofs.keep(certificate);
  assert.equal(certificates.certificate(num(4), num(9)), undefined);
});

test("a proof of a block behind a change of producers is kept as one of the change, too", () => {
  const { chain, certificates, certify } = openProofs();
  certify(7);
  const changes = certificates.certifiedChanges(num(1), 9);
  assert.deepEqual(
    changes.map(({ header }) => header.blockNum),
    [5],
  );
  const genesis = followGenesis(chain.id, chain.header(1));
  assert.ok(genesis.ok);
  const followed = followHeaders(genesis.value.checkpoint, changes);
  assert.ok(followed.ok && followed.value.block.num === 5);
  // The change's own proof stays.
  const [first] = changes;
  certify(9);
  assert.deepEqual(certificates.certifiedChanges(num(1), 9), [first]);
});

test("what the new producers sign alone is no proof of their own change", () => {
  const { proofs, chain, certificates } = openProofs();
  const voters = everybody.slice(2);
  proofs.keep(chain.certificate({ num: 7, voters, epoch: 5 }));
  assert.deepEqual(certificates.certifiedChanges(num(1), 9), []);
});

test("whoever wants a proof is told at once when there is one, or else when it comes", () => {
  const { proofs, certify, asked, clock } = openProofs();
  const told: [string, boolean][] = [];
  certify(3);
  proofs.prove(num(2), (isProved) => told.push(["two", isProved]));
  assert.deepEqual(told, [["two", true]]);
  assert.equal(asked(), 0);
  proofs.prove(num(4), (isProved) => told.push(["four", isProved]));
  proofs.prove(num(8), (isProved) => told.push(["eight", isProved]));
  assert.equal(asked(), 1);
  clock.advance(3 * certifyAgainMs);
  assert.equal(asked(), 4);
  certify(7);
  assert.deepEqual(told.slice(1), [["four", true]]);
  clock.advance(certifyMsMax);
  assert.deepEqual(told.slice(2), [["eight", false]]);
  const before = asked();
  clock.advance(certifyMsMax);
  assert.equal(asked(), before);
  assert.equal(clock.waiting, 0);
});

test("not everybody may wait", () => {
  const { proofs } = openProofs();
  let refused = 0;
  for (let at = 0; at < proofsWantedMax + 3; at++) {
    proofs.prove(num(4), (isProved) => (refused += isProved ? 0 : 1));
  }
  assert.equal(refused, 3);
});
