import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import type { Database } from "./database.ts";
import { Network } from "./network.ts";
import type { Nodes } from "./nodes.ts";
import type { Sessions } from "./sessions.ts";

const [before, now] = ["01".repeat(32), "02".repeat(32)];

/** A browser that knows this network, and nodes of the one that is there now. */
function openNetwork(known: string | undefined) {
  const facts = new Map<string, unknown>([["network", known]]);
  const forgotten: string[] = [];
  let asked = 0;
  const fetch = async () => {
    asked++;
    return Response.json(now);
  };
  const database = {
    get: async (_store: string, key: string) => facts.get(key),
    put: async (_store: string, value: unknown, key: string) => void facts.set(key, value),
    clear: async () => undefined,
  };
  const sessions = {
    accounts: async () => [{ name: accountNameConstant("alice") }],
    forget: async (name: string) => void forgotten.push(name),
  };
  const network = new Network(
    { fetch } as unknown as Nodes,
    database as unknown as Database,
    sessions as unknown as Sessions,
  );
  return { network, forgotten, asked: () => asked };
}

test("what was known is read before a node is asked, whoever asks first, and another network is noticed", async () => {
  const { network, forgotten } = openNetwork(before);
  assert.equal(await network.id(), before);
  await network.check();
  assert.equal(await network.id(), now);
  assert.deepEqual(forgotten, ["alice"]);
});

test("a browser that knew nothing asks once", async () => {
  const { network, forgotten, asked } = openNetwork(undefined);
  assert.equal(await network.id(), now);
  await network.check();
  assert.equal(asked(), 1);
  assert.deepEqual(forgotten, []);
});
