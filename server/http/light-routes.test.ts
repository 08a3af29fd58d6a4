import assert from "node:assert/strict";
import { test } from "node:test";

import type { BlockHeader } from "@kith/protocol/block";
import { blockIdOfHeader, headerCodec } from "@kith/protocol/blocks";
import { certificateCodec } from "@kith/protocol/certificates";
import { fromHex } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";
import { followGenesis, followHeaders, type CertifiedHeader } from "@kith/protocol/light-client";
import { TestChain, testConsensus, testProducer } from "@kith/protocol/test-chain";

import { FakeNode } from "./fake-node.ts";
import { lightChangesPerPage, lightHeadersPerPageMax } from "./limits.ts";
import { ask, codeOf, testApp } from "./test-app.ts";

const light = "http://app.kith.localhost/common/light";
const everybody = [0, 1, 2].map(testProducer);

/** A change of producers with each block, from block 2 on. */
function openNode(changes: number): { readonly node: FakeNode; readonly chain: TestChain } {
  const consensus = testConsensus("cft", everybody);
  const chain = new TestChain(consensus);
  while (chain.headers.length <= changes) chain.append({ newConsensus: consensus });
  const node = new FakeNode();
  node.light.headers = chain.headers;
  node.light.certifiedHeaders = chain.headers.slice(1).map((header) => ({
    header,
    certificate: chain.certificate({ num: header.blockNum, voters: everybody }),
  }));
  return { node, chain };
}

type Json = Readonly<Record<string, unknown>>;

async function jsonOf(answer: Response): Promise<Json> {
  const json: unknown = await answer.json();
  assert.ok(typeof json === "object" && json !== null);
  return { ...json };
}

function objectOf(json: unknown): Json {
  assert.ok(typeof json === "object" && json !== null);
  return { ...json };
}

function listOf(json: unknown): readonly unknown[] {
  assert.ok(Array.isArray(json));
  return json;
}

function bytesOf(hex: unknown): Uint8Array {
  assert.ok(typeof hex === "string");
  const bytes = fromHex(hex);
  assert.ok(bytes.ok);
  return bytes.value;
}

function headerOf(json: unknown): BlockHeader {
  const { num, id, bytes } = objectOf(json);
  const header = headerCodec.unpack(bytesOf(bytes));
  assert.ok(header.ok);
  assert.deepEqual([num, id], [header.value.blockNum, blockIdOfHeader(header.value)]);
  return header.value;
}

function certifiedOf(json: unknown): CertifiedHeader {
  const { header, certificate } = objectOf(json);
  const unpacked = certificateCodec.unpack(bytesOf(certificate));
  assert.ok(unpacked.ok);
  return { header: headerOf(header), certificate: unpacked.value };
}

test("changes come page by page, the first with the genesis header, and a light client follows them", async () => {
  const { node, chain } = openNode(lightChangesPerPage + 5);
  const app = testApp(node);
  const first = await jsonOf(await ask(app, `${light}/changes`));
  const genesis = followGenesis(chain.id, headerOf(first["genesis"]));
  assert.ok(genesis.ok);
  const page = listOf(first["changes"]).map(certifiedOf);
  assert.equal(page.length, lightChangesPerPage);
  assert.equal(first["next"], lightChangesPerPage + 1);
  const second = await jsonOf(await ask(app, `${light}/changes?after=${first["next"]}`));
  assert.equal(second["genesis"], undefined);
  assert.equal(second["next"], null);
  const rest = listOf(second["changes"]).map(certifiedOf);
  const followed = followHeaders(genesis.value.checkpoint, [...page, ...rest]);
  assert.ok(followed.ok);
  assert.equal(followed.value.block.num, lightChangesPerPage + 6);
});

test("a header comes with the signatures of a quorum; the genesis block needs none", async () => {
  const { node, chain } = openNode(3);
  const app = testApp(node);
  const certified = certifiedOf(await jsonOf(await ask(app, `${light}/header?num=3`)));
  assert.deepEqual(certified, node.light.certifiedHeaders[1]);
  const newest = certifiedOf(await jsonOf(await ask(app, `${light}/header`)));
  assert.deepEqual(newest.header, chain.header(4));
  const genesis = await jsonOf(await ask(app, `${light}/header?num=1`));
  assert.deepEqual(headerOf(genesis["header"]), chain.header(1));
  assert.equal(genesis["certificate"], null);
});

test("headers before a block come newest first, so many at a time", async () => {
  const { node, chain } = openNode(9);
  const app = testApp(node);
  const { headers } = await jsonOf(await ask(app, `${light}/headers?before=7&limit=3`));
  assert.deepEqual(
    listOf(headers).map(headerOf),
    [6, 5, 4].map((num) => chain.header(num)),
  );
  const all = await jsonOf(await ask(app, `${light}/headers?before=7`));
  assert.equal(listOf(all["headers"]).length, 6);
});

test("what cannot be shown has its own code", async () => {
  const { node } = openNode(3);
  const app = testApp(node);
  const codes: [string, number, unknown][] = [];
  const num = blockNumOf(3);
  for (const code of ["header-unknown", "block-not-certified"] as const) {
    node.light.error = { code, num };
    const answer = await ask(app, `${light}/header?num=3`);
    codes.push([code, answer.status, answer.headers.get("retry-after")]);
    assert.equal(await codeOf(answer), code);
  }
  assert.deepEqual(codes, [
    ["header-unknown", 404, null],
    ["block-not-certified", 503, "1"],
  ]);
  node.light.headers = [];
  assert.equal(await codeOf(await ask(app, `${light}/changes`)), "network-not-started");
});

test("parameters that mean nothing are refused", async () => {
  const { node } = openNode(3);
  const app = testApp(node);
  const wrong = [
    "changes?after=-1",
    "changes?after=x",
    "changes?before=1",
    "header?num=4294967296",
    "header?num=1.5",
    "headers",
    "headers?before=1&limit=0",
    `headers?before=1&limit=${lightHeadersPerPageMax + 1}`,
  ];
  for (const each of wrong) {
    const answer = await ask(app, `${light}/${each}`);
    assert.deepEqual([answer.status, await codeOf(answer)], [400, "parameter-invalid"], each);
  }
  const posted = await ask(app, `${light}/header`, { method: "POST" });
  assert.equal(posted.status, 405);
});
