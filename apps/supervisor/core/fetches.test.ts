import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import type { FetchMessage, FrameMessage } from "@kith/sdk/connect/page-messages";

import { Fetches } from "./fetches.ts";
import { openFetchesMax } from "./limits.ts";
import type { NodeRequest } from "./nodes.ts";

const board = accountNameConstant("board");

const credentials = async (service: string): Promise<Record<string, string>> =>
  service === board ? { authorization: "Bearer of board" } : {};

function started(answer: (request: NodeRequest) => Promise<Response>) {
  const asked: NodeRequest[] = [];
  const told: FrameMessage[] = [];
  const nodes = {
    fetch: (request: NodeRequest) => {
      asked.push(request);
      return answer(request);
    },
  };
  const fetches = new Fetches(nodes, (message) => void told.push(message), credentials);
  return { fetches, asked, told };
}

const question: FetchMessage = {
  id: 1,
  service: board,
  target: "/query/recent?limit=1",
  accept: "application/json",
  asUser: false,
};

function codeIn(told: readonly FrameMessage[], id: number): string | undefined {
  const failed = told.find((message) => "failed" in message && message.failed.id === id);
  return failed !== undefined && "failed" in failed ? failed.failed.code : undefined;
}

const never = (): Promise<Response> => new Promise(() => {});

test("an answer goes back as it comes, and shows the app's own service who asks", async () => {
  const { fetches, asked, told } = started(async () => Response.json([1]));
  await fetches.start({ ...question, asUser: true });
  assert.equal(asked[0]?.headers["authorization"], "Bearer of board");
  assert.deepEqual(
    told.map((message) => Object.keys(message)[0]),
    ["response", "chunk", "end"],
  );
  await fetches.start({ ...question, service: accountNameConstant("notebook"), asUser: true });
  assert.equal(asked[1]?.headers["authorization"], undefined);
});

/** What a browser would make something else of, or could not send. */
const strange = [
  "",
  "query/recent",
  "http://elsewhere.example",
  "/query/../push_transaction",
  "/query/%2e%2e/push_transaction",
  "/query/./recent",
  "/query\\..\\recent",
  "/query/recent#part",
  "/query/a b",
  "/query/a\r\nb",
];

for (const target of strange) {
  test(`a page does not ask for ${JSON.stringify(target)}`, async () => {
    const { fetches, asked, told } = started(never);
    for (const posted of [{}, { body: "{}" }])
      await fetches.start({ ...question, ...posted, target });
    assert.equal(codeIn(told, 1), "target-malformed");
    assert.equal(asked.length, 0);
  });
}

test("headers of a page end where it says, and it posts to queries alone", async () => {
  const { fetches, asked, told } = started(never);
  await fetches.start({ ...question, accept: "a\r\nauthorization: b" });
  assert.equal(codeIn(told, 1), "target-malformed");
  await fetches.start({ ...question, id: 2, target: "/push_transaction", body: "{}" });
  assert.equal(codeIn(told, 2), "target-not-allowed");
  assert.equal(asked.length, 0);
});

test("a page has so many questions open and no more, whatever numbers it gives them", async () => {
  const { fetches, asked, told } = started(never);
  for (let id = 1; id <= openFetchesMax; id++) void fetches.start({ ...question, id });
  await fetches.start({ ...question, id: 1 });
  assert.equal(codeIn(told, 1), "id-in-use");
  await fetches.start({ ...question, id: 99 });
  assert.equal(codeIn(told, 99), "too-many-fetches");
  await fetches.start({ ...question, id: 99 });
  await Promise.resolve();
  assert.equal(asked.length, openFetchesMax);
});

test("a question that is called off makes room, and its answer is not told any more", async () => {
  const { fetches, told } = started(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(new Error("called off")));
      }),
  );
  const open = fetches.start(question);
  fetches.cancel(1);
  await open;
  assert.deepEqual(told, []);
});
