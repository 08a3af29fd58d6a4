import assert from "node:assert/strict";
import { test } from "node:test";

import { blockIdOfHeader } from "@kith/protocol/blocks";
import { blockNumOf } from "@kith/protocol/ids";
import { followGenesis, followHeader } from "@kith/protocol/light-client";
import { certificateLinksMax } from "@kith/protocol/limits";
import { TestChain, testConsensus, testProducer } from "@kith/protocol/test-chain";
import { TestCertificates, TestClock } from "@kith/replica/test-support";

import { openLight } from "./light.ts";
import { headerAskedAgainMs, headerMsMax, headersReadBytesMax, headerWaitsMax } from "./limits.ts";
import { WaitingForNum } from "./waiting-for-num.ts";

const everybody = [0, 1, 2].map(testProducer);
const num = blockNumOf;

/** A node of 100 blocks; `onProve` is what asking its core for a proof leads to. */
function openNode(onProve: (certify: (at: number) => void) => void = () => undefined) {
  const chain = new TestChain(testConsensus("cft", everybody));
  while (chain.headers.length < 100) chain.append();
  const certificates = new TestCertificates();
  const facts = { applied: 100, firstKept: 1, executedNum: 98, blockBytes: 0 };
  const asked: number[] = [];
  const certify = (at: number): void => {
    const certificate = chain.certificate({ num: at, voters: everybody });
    certificates.keepCertificate({ header: chain.header(at), certificate });
  };
  const clock = new TestClock();
  const named = new WaitingForNum({
    reached: () => facts.executedNum,
    after: (delayMs, run) => clock.after(delayMs, run),
  });
  const light = openLight({
    genesis: chain.header(1),
    certificates,
    headers: {
      at(at) {
        if (at < facts.firstKept) return undefined;
        const header = chain.header(at);
        return { header, id: blockIdOfHeader(header), bytes: new Uint8Array(facts.blockBytes) };
      },
    },
    named,
    appliedNum: () => facts.applied,
    replica: () => ({
      prove(_num, done) {
        onProve(certify);
        done(true);
      },
      wantHeader(at) {
        asked.push(at);
      },
    }),
    after: (delayMs, run) => clock.after(delayMs, run),
  });
  const nameState = (executedNum: number): void => {
    facts.executedNum = executedNum;
    named.note();
  };
  return { light, chain, certify, facts, asked, certificates, clock, nameState };
}

async function certifiedNum(node: ReturnType<typeof openNode>, at: number | undefined) {
  const certified = await node.light.certified(at === undefined ? undefined : num(at));
  if (!certified.ok) return certified.error.code;
  const { header, certificate } = certified.value;
  if (certificate === undefined) return `genesis ${header.blockNum}`;
  const start = followGenesis(node.chain.id, node.chain.header(1));
  assert.ok(start.ok);
  const followed = followHeader(start.value.checkpoint, { header, certificate });
  assert.ok(followed.ok, followed.ok ? "" : followed.error.code);
  return header.blockNum;
}

test("a block is shown by its own certificate, or by that of one so near that the way fits in", async () => {
  const node = openNode();
  node.certify(90);
  assert.equal(await certifiedNum(node, 90), 90);
  assert.equal(await certifiedNum(node, 80), 80);
  assert.equal(await certifiedNum(node, 90 - certificateLinksMax), 90 - certificateLinksMax);
  assert.equal(await certifiedNum(node, 89 - certificateLinksMax), "block-not-certified");
  assert.equal(await certifiedNum(node, undefined), "block-not-certified");
  node.certify(100);
  assert.equal(await certifiedNum(node, undefined), 100);
  assert.equal(await certifiedNum(node, 91), 91);
  assert.equal(await certifiedNum(node, 1), "genesis 1");
});

test("a certificate that lies far behind many links makes room for a nearer one", async () => {
  const node = openNode();
  const certificate = node.chain.certificate({ num: 60, upTo: 100, voters: everybody });
  node.certificates.keepCertificate({ header: node.chain.header(60), certificate });
  node.certify(40);
  // From 30 to 60 are 30 links, and 40 more are in the certificate.
  assert.equal(await certifiedNum(node, 30), 30);
  assert.equal(await certifiedNum(node, 40), 40);
  assert.equal(await certifiedNum(node, 45), 45);
});

test("what later producers signed shows nothing of the time before them", async () => {
  const node = openNode();
  const change = node.chain.append({ newConsensus: testConsensus("cft", everybody) });
  node.chain.append();
  node.facts.applied = 102;
  node.certify(102);
  assert.equal(await certifiedNum(node, 100), "block-not-certified");
  assert.equal(await certifiedNum(node, change.blockNum), "block-not-certified");
  node.certify(101);
  assert.equal(await certifiedNum(node, 100), 100);
  assert.equal(await certifiedNum(node, 101), 101);
});

test("what has no proof is proved when somebody asks", async () => {
  let asked = 0;
  const node = openNode((certify) => {
    asked += 1;
    certify(100);
  });
  assert.equal(await certifiedNum(node, undefined), 100);
  assert.equal(await certifiedNum(node, 99), 99);
  assert.equal(asked, 1);
});

test("what is not final here, or left the log, is unknown; unless its certificate was kept", async () => {
  const node = openNode();
  node.facts.applied = 50;
  assert.equal(await certifiedNum(node, 51), "header-unknown");
  node.facts.firstKept = 30;
  node.certify(50);
  assert.equal(await certifiedNum(node, 29), "header-unknown");
  node.certify(20);
  assert.equal(await certifiedNum(node, 20), 20);
  node.facts.applied = 0;
  assert.equal(await certifiedNum(node, undefined), "header-unknown");
});

test("headers go back to where this node's log begins", () => {
  const { light, facts } = openNode();
  const before = (at: number, count: number): readonly number[] =>
    light.headersBefore(num(at), count).map(({ blockNum }) => blockNum);
  assert.deepEqual(before(5, 3), [4, 3, 2]);
  assert.deepEqual(before(3, 9), [2, 1]);
  assert.deepEqual(before(1, 9), []);
  assert.deepEqual(before(0, 9), []);
  facts.applied = 50;
  assert.deepEqual(before(99, 2), [50, 49]);
  facts.firstKept = 48;
  assert.deepEqual(before(51, 9), [50, 49, 48]);
});

test("whoever waits for a header is told when there is one, and does not wait for ever", async () => {
  const { light, asked, clock, nameState } = openNode();
  assert.equal(await light.headerBehind(num(98)), true);
  const waiting = light.headerBehind(num(99));
  assert.equal(asked.at(-1), 99);
  nameState(99);
  assert.equal(await waiting, true);
  const inVain = light.headerBehind(num(100));
  clock.advance(headerMsMax);
  assert.equal(await inVain, false);
});

test("a header is asked for again while somebody waits for it, by one question for all, and by none when nobody does", async () => {
  const { light, asked, clock, nameState } = openNode();
  const first = light.headerBehind(num(99));
  assert.deepEqual(asked, [99]);
  clock.advance(3 * headerAskedAgainMs);
  assert.deepEqual(asked, [99, 99, 99, 99]);
  const second = light.headerBehind(num(100));
  assert.deepEqual(asked.slice(4), [100], "whoever comes is asked for at once");
  clock.advance(headerAskedAgainMs);
  assert.deepEqual(asked.slice(5), [100]);
  nameState(99);
  assert.equal(await first, true);
  clock.advance(headerAskedAgainMs);
  assert.deepEqual(asked.slice(6), [100]);
  nameState(100);
  assert.equal(await second, true);
  clock.advance(3 * headerAskedAgainMs);
  assert.equal(asked.length, 7);
  assert.equal(clock.waiting, 0);
  void light.headerBehind(num(101));
  clock.advance(headerAskedAgainMs);
  assert.deepEqual(asked.slice(7), [101, 101], "and so it is for whoever comes later");
});

test("a page of headers ends where more of the blocks would be read than a stranger may cause", async () => {
  const { light, facts, certify } = openNode();
  facts.blockBytes = headersReadBytesMax / 4;
  const page = light.headersBefore(num(100), 99).map(({ blockNum }) => blockNum);
  assert.deepEqual(page, [99, 98, 97, 96]);
  facts.blockBytes = headersReadBytesMax;
  assert.equal(light.headersBefore(num(100), 99).length, 1);
  certify(99);
  const far = await light.certified(num(96));
  assert.equal(far.ok ? "certified" : far.error.code, "block-not-certified");
  assert.ok((await light.certified(num(98))).ok);
});

test("so many may wait for a header, and whoever comes then is told at once that there is none", async () => {
  const { light, clock, nameState } = openNode();
  const waiting = Array.from({ length: headerWaitsMax }, () => light.headerBehind(num(99)));
  assert.equal(await light.headerBehind(num(98)), false);
  assert.equal(clock.waiting, headerWaitsMax + 1, "nobody looks again and again for himself");
  nameState(99);
  assert.deepEqual(new Set(await Promise.all(waiting)), new Set([true]));
  assert.equal(await light.headerBehind(num(99)), true);
});
