import assert from "node:assert/strict";
import { test } from "node:test";

import { verifyFinality, type Certificate } from "@kith/protocol/certificate";
import { certificateCodec } from "@kith/protocol/certificates";
import { decodeNodeMessage, encodeNodeMessage } from "@kith/protocol/node-messages";
import {
  TestChain,
  testConsensus,
  testProducer,
  type TestProducer,
} from "@kith/protocol/test-chain";
import { isSignedByNode } from "@kith/protocol/vote";
import * as fc from "fast-check";

import { mutated } from "./mutation.ts";
import { check, seed } from "./seed.ts";

const producers = Array.from({ length: 7 }, (_, at) => testProducer(at));

/** Nine blocks; with block 6 the last four of seven producers begin to follow the first four. */
function openChain(algorithm: "cft" | "bft"): TestChain {
  const chain = new TestChain(testConsensus(algorithm, producers.slice(0, 4)));
  for (let num = 2; num <= 5; num++) chain.append({ term: 3 });
  chain.append({ newConsensus: testConsensus(algorithm, producers.slice(3)) });
  for (let num = 7; num <= 9; num++) chain.append({ commitNum: 5 });
  return chain;
}

const chains = [openChain("cft"), openChain("bft")] as const;

const claim = fc
  .record({
    chain: fc.constantFrom(...chains),
    num: fc.integer({ min: 2, max: 9 }),
    further: fc.nat(7),
    voters: fc.subarray(producers, { minLength: 1 }),
    kind: fc.constantFrom("committed", "prepared", "led"),
  })
  .map(({ chain, num, further, voters, kind }) => {
    const upTo = Math.min(9, num + further);
    return { chain, num, voters, certificate: chain.certificate({ num, upTo, voters, kind }) };
  });

function isFinal(chain: TestChain, num: number, certificate: Certificate): boolean {
  const { joint, epoch } = chain.point(num);
  const rules = { chain: chain.id, joint, epoch, isSigned: isSignedByNode };
  return verifyFinality(chain.header(num), certificate, rules).ok;
}

/** By counting, from what the test knows about who voted. */
function shouldBeFinal({ num, voters, certificate, chain }: Claim): boolean {
  const quorum = 3;
  const votes = (some: readonly TestProducer[]): number =>
    some.filter((each) => voters.includes(each)).length;
  if (certificate.kind !== "committed" || chain.point(num).epoch !== 1) return false;
  const current = producers.slice(0, 4);
  const joint = num >= 6;
  const all = joint ? producers : current;
  if (voters.some((voter) => !all.includes(voter))) return false;
  return votes(current) >= quorum && (!joint || votes(producers.slice(3)) >= quorum);
}

type Claim = {
  readonly chain: TestChain;
  readonly num: number;
  readonly voters: readonly TestProducer[];
  readonly certificate: Certificate;
};

test(`exactly the certificates with a quorum of each set are believed (seed ${seed})`, () => {
  check(1_000, claim, (made) => {
    assert.equal(isFinal(made.chain, made.num, made.certificate), shouldBeFinal(made));
  });
});

test(`changed certificates are not believed (seed ${seed})`, () => {
  const changed = fc
    .constantFrom(...goodClaims())
    .chain((made) => fc.tuple(fc.constant(made), mutated(fc.constant(packedOf(made)))));
  check(3_000, changed, ([made, packed]) => {
    const other = certificateCodec.unpack(packed);
    if (!other.ok || !isFinal(made.chain, made.num, other.value)) return;
    assert.deepEqual(other.value, made.certificate);
  });
});

test(`certificates travel as they are (seed ${seed})`, () => {
  check(300, claim, ({ certificate }) => {
    const message = { kind: "certificate", certificate } as const;
    assert.deepEqual(decodeNodeMessage(encodeNodeMessage(message)), { ok: true, value: message });
  });
  check(2_000, mutated(claim.map(packedOf)), (bytes) => {
    const decoded = certificateCodec.unpack(bytes);
    if (!decoded.ok) return;
    const again = certificateCodec.unpack(certificateCodec.pack(decoded.value));
    assert.deepEqual(again, decoded);
  });
});

/** With as many voters as there may be, and with as few. */
function goodClaims(): readonly Claim[] {
  const made: Claim[] = [];
  for (const chain of chains) {
    for (let num = 2; num <= 9; num++) {
      const all = num >= 6 ? producers : producers.slice(0, 4);
      const few = num >= 6 ? producers.slice(1, 6) : producers.slice(1, 4);
      for (const voters of [all, few]) {
        const certificate = chain.certificate({ num, upTo: Math.min(9, num + 2), voters });
        made.push({ chain, num, voters, certificate });
      }
    }
  }
  assert.ok(made.every((each) => isFinal(each.chain, each.num, each.certificate)));
  return made;
}

function packedOf({ certificate }: Claim): Uint8Array {
  return certificateCodec.pack(certificate);
}
