import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import type { Database } from "./database.ts";
import { Network } from "./network.ts";
import type { Nodes } from "./nodes.ts";
import type { Sessions } from "./sessions.ts";

const [before, now] = ["01".repeat(32), "02".repeat(32)];

/** A browser that knows this network, and nodes of the one that is there now. */
function openNetwork(known: string | undefined, forget = async () => {}) {
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
    forget: async (name: string) => {
      await forget();
      forgotten.push(name);
    },
  };
  const network = new Network(
    { fetch } as unknown as Nodes,
    database as unknown as Database,
    sessions as unknown as Sessions,
  );
  return { network, facts, forgotten, asked: () => asked };
}

test("what was known is read before a node is asked, whoever asks first, and another network is noticed", async () => {
  const { network, facts, forgotten } = openNetwork(before);
  assert.equal(await network.id(), before);
  await network.check();
  assert.equal(await network.id(), now);
  assert.deepEqual(forgotten, ["alice"]);
  assert.equal(facts.get("network"), now);
});

test("a page that is closed while it forgets leaves that to the next one", async () => {
  const { network, facts } = openNetwork(before, () => new Promise(() => {}));
  void network.check();
  await new Promise((done) => setTimeout(done));
  assert.equal(await network.id(), now);
  assert.equal(facts.get("network"), before);
});

test("a browser that knew nothing asks once", async () => {
  const { network, facts, forgotten, asked } = openNetwork(undefined);
  assert.equal(await network.id(), now);
  assert.equal(facts.get("network"), now);
  await network.check();
  assert.equal(asked(), 1);
  assert.deepEqual(forgotten, []);
});
