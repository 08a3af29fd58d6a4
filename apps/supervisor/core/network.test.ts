import assert from "node:assert/strict";
import { test } from "node:test";

import { Network } from "./network.ts";
import type { Nodes } from "./nodes.ts";
import { Sessions } from "./sessions.ts";
import { testDatabase } from "./test-database.ts";
import { alice, board, writeOf } from "./test-writes.ts";

const [before, now] = ["01".repeat(32), "02".repeat(32)];

/** A browser that knows this network, has an account, a session and a write there, and nodes of the one that is there now. */
async function openNetwork(known: string | undefined) {
  const database = await testDatabase();
  if (known !== undefined) await database.put("facts", known, "network");
  await database.put("accounts", { name: alice, publicKey: new Uint8Array() });
  await database.put("connections", { app: board, account: alice });
  await database.put("writes", { ...writeOf(1), signedAt: 1, state: "queued" });
  let asked = 0;
  const fetch = async () => {
    asked++;
    return Response.json(now);
  };
  /** What the browser had whenever its pages were told that something is another. */
  const told: Promise<readonly unknown[]>[] = [];
  const kept = async () => [
    await database.get("facts", "network"),
    await database.count("accounts"),
    await database.count("connections"),
    await database.count("writes"),
  ];
  const sessions = new Sessions(database, () => void told.push(kept()));
  const network = new Network({ fetch } as unknown as Nodes, database, sessions);
  return { network, kept, told: () => Promise.all(told), asked: () => asked };
}

test("what was known is read before a node is asked, whoever asks first, and another network is noticed", async () => {
  const { network, kept } = await openNetwork(before);
  assert.equal(await network.id(), before);
  await network.check();
  assert.equal(await network.id(), now);
  assert.deepEqual(await kept(), [now, 0, 0, 0]);
});

test("pages hear of another network once, when nothing of the one before is left", async () => {
  const { network, told } = await openNetwork(before);
  await network.check();
  assert.deepEqual(await told(), [[now, 0, 0, 0]]);
});

test("a browser that knew nothing asks once, and forgets nothing", async () => {
  const { network, kept, told, asked } = await openNetwork(undefined);
  assert.equal(await network.id(), now);
  await network.check();
  assert.equal(asked(), 1);
  assert.deepEqual([await kept(), await told()], [[now, 1, 1, 1], []]);
});
