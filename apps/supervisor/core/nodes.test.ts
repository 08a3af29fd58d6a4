import assert from "node:assert/strict";
import { after, test } from "node:test";

import type { Database } from "./database.ts";
import { Nodes, type NodeRequest } from "./nodes.ts";

const waits = { silenceMs: 20, patienceMs: 200, bodySilenceMs: 30, bodyMs: 200 };
const request: NodeRequest = { target: "/what", method: "GET", headers: {} };

/** What a node does with a question; the signal ends it. */
type Behaviour = (signal: AbortSignal) => Promise<Response>;

const silent: Behaviour = (signal) =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("over", "AbortError")));
  });
const answering =
  (text: string, status = 200): Behaviour =>
  async () =>
    new Response(text, { status });
const gone: Behaviour = async () => {
  throw new TypeError("connection refused");
};
/** A body that begins, and never ends. */
const hanging: Behaviour = async () =>
  new Response(
    new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(3)) }),
  );
/** The same, until it is called off. */
const hangingUntilOff: Behaviour = async (signal) =>
  new Response(
    new ReadableStream({
      start: (controller) => {
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    }),
  );
const breaking: Behaviour = async () =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(3)),
      pull: () => Promise.reject(new TypeError("connection reset")),
    }),
  );
const poor = answering("poor", 409);
const isPoor = async ({ status }: Response) => status === 409;

const realFetch = globalThis.fetch;
after(() => void (globalThis.fetch = realFetch));

/** Nodes that do these things, one after the other for each question. */
async function openNodes(behaviours: Readonly<Record<string, readonly Behaviour[]>>) {
  const told: boolean[] = [];
  const asked: string[] = [];
  const left = new Map(Object.entries(behaviours).map(([host, list]) => [host, [...list]]));
  const fake = async (url: string, { signal }: { readonly signal: AbortSignal }) => {
    const { host, pathname } = new URL(url);
    if (pathname === "/common/nodes") return new Response(null, { status: 404 });
    asked.push(host);
    return (left.get(host)?.shift() ?? gone)(signal);
  };
  Object.assign(globalThis, { fetch: fake });
  const authorities = Object.keys(behaviours);
  const database = { get: async () => ({ authorities }), put: async () => undefined };
  const nodes = new Nodes(
    { root: authorities[0] ?? "", scheme: "http:", waits },
    database as unknown as Database,
    (isReached) => void told.push(isReached),
  );
  await nodes.recall();
  return { nodes, told, asked };
}

async function textOf(answer: Promise<Response>): Promise<string> {
  return (await answer).text();
}

test("an old question that runs out does not say that nobody is there when a newer one was answered", async () => {
  const { nodes, told } = await openNodes({ "a.test": [silent, answering("here"), gone] });
  const old = nodes.fetch(request);
  assert.equal(await textOf(nodes.fetch(request)), "here");
  await assert.rejects(old, { code: "unreachable" });
  assert.deepEqual(told, [true]);
  await assert.rejects(nodes.fetch(request), { code: "unreachable" });
  assert.deepEqual(told, [true, false]);
});

test("each part of a stream says that the node is there", async () => {
  const stream = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const streaming: Behaviour = async () => new Response(stream.readable);
  const { nodes, told } = await openNodes({ "a.test": [streaming, gone] });
  const { body } = await nodes.fetch({ ...request, isStream: true });
  await assert.rejects(nodes.fetch(request), { code: "unreachable" });
  assert.deepEqual(told, [true, false]);
  const reader = body?.getReader();
  void stream.writable.getWriter().write(new Uint8Array(3));
  assert.equal((await reader?.read())?.value?.length, 3);
  assert.deepEqual(told, [true, false, true]);
});

for (const [name, behaviour] of Object.entries({ "never ends": hanging, "breaks off": breaking })) {
  test(`a body that ${name} is as if nobody were there: another node is asked`, async () => {
    const { nodes, told, asked } = await openNodes({
      "a.test": [behaviour, behaviour],
      "b.test": [answering("whole")],
    });
    assert.equal(await textOf(nodes.fetch(request)), "whole");
    assert.deepEqual(asked, ["a.test", "b.test"]);
    // b is preferred from now on, and is gone.
    await assert.rejects(nodes.fetch(request), { code: "unreachable" });
    assert.deepEqual(told, [true, false]);
  });
}

test("a stream is given before it ends, however long it is silent", async () => {
  const { nodes } = await openNodes({ "a.test": [hanging] });
  const { body } = await nodes.fetch({ ...request, isStream: true });
  const reader = body?.getReader();
  assert.equal((await reader?.read())?.value?.length, 3);
  const next = reader?.read();
  const later = new Promise((done) => setTimeout(() => done("silent"), 2 * waits.bodyMs));
  assert.equal(await Promise.race([next, later]), "silent");
});

test("an answer has so many bytes and no more, and is as it was otherwise", async () => {
  const { nodes } = await openNodes({
    "a.test": [answering("abcd"), async () => new Response(null, { status: 204 })],
  });
  await assert.rejects(nodes.fetch({ ...request, bytesMax: 3 }), { code: "answer-too-long" });
  assert.equal((await nodes.fetch(request)).status, 204);
});

test("a question that is called off while its body comes ends with that", async () => {
  const aborting = new AbortController();
  const { nodes, asked } = await openNodes({ "a.test": [hangingUntilOff], "b.test": [] });
  const open = nodes.fetch({ ...request, signal: aborting.signal });
  setTimeout(() => aborting.abort(), 5);
  await assert.rejects(open, { name: "AbortError" });
  assert.deepEqual(asked, ["a.test"]);
});

test("who says less than was asked for is believed when nobody else knows more", async () => {
  const { nodes, asked } = await openNodes({
    "a.test": [poor, poor],
    "b.test": [answering("rich"), gone],
  });
  assert.equal(await textOf(nodes.fetch({ ...request, isPoor })), "rich");
  assert.deepEqual(asked, ["a.test", "b.test"]);
  assert.equal(await textOf(nodes.fetch({ ...request, isPoor })), "poor");
});
