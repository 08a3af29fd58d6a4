import assert from "node:assert/strict";
import { test } from "node:test";

import { openDB } from "idb";

import { openDatabase, type WriteRow } from "./database.ts";
import { testDatabase } from "./test-database.ts";
import { writeOf } from "./test-writes.ts";
import { WriteStore } from "./write-store.ts";

type State = WriteRow["state"];
type Move = "queue" | "end" | "fail" | "forget" | "drop";
const write = writeOf(1);
const failure = { code: "refused", message: "no" };

/** The state after a move, and what the move says of itself. */
async function after(state: State, move: Move): Promise<readonly [string, boolean | void]> {
  const database = await testDatabase();
  const store = new WriteStore(database);
  await database.put("writes", { ...write, signedAt: 1, state });
  const moved = await moves[move](store);
  return [(await store.get(write.id))?.state ?? "gone", moved];
}

const moves: Readonly<Record<Move, (store: WriteStore) => Promise<boolean | void>>> = {
  queue: (store) => store.queue(write.id, "unreachable"),
  end: (store) => store.end(write.id),
  fail: (store) => store.fail(write.id, failure),
  forget: (store) => store.forget(write.id),
  drop: (store) => store.drop(write.id),
};

const outcomes: Readonly<Record<Move, Readonly<Record<State, string>>>> = {
  queue: { sent: "queued", queued: "queued", failed: "failed", final: "final" },
  // The network's receipt says more than a refusal of what it had already done.
  end: { sent: "final", queued: "final", failed: "final", final: "final" },
  fail: { sent: "failed", queued: "failed", failed: "failed", final: "final" },
  forget: { sent: "gone", queued: "gone", failed: "gone", final: "final" },
  drop: { sent: "sent", queued: "queued", failed: "gone", final: "final" },
};

test("a write only moves on, and says to one page that it did", async () => {
  for (const move of ["queue", "end", "fail", "forget", "drop"] as const) {
    for (const state of ["sent", "queued", "failed", "final"] as const) {
      const [then, moved] = await after(state, move);
      assert.equal(then, outcomes[move][state], `${move} of ${state}`);
      if (move !== "queue") assert.equal(moved, then !== state, `${move} of ${state}`);
    }
  }
});

test("what is gone stays so", async () => {
  for (const move of Object.values(moves)) {
    const store = new WriteStore(await testDatabase());
    assert.notEqual(await move(store), true);
    assert.deepEqual(await store.all(), []);
  }
});

test("what a browser has kept since the release before is still there to be sent", async () => {
  globalThis.indexedDB = new IDBFactory();
  const old = await openDB("kith", 2, {
    upgrade: (made) => void made.createObjectStore("writes", { keyPath: "id" }),
  });
  await old.put("writes", { ...write, signedAt: 1, state: "queued" });
  old.close();
  const store = new WriteStore(await openDatabase());
  assert.equal((await store.next(() => true))?.id, write.id);
});

test("what is over is swept after a while, once its effects are carried out", async () => {
  const database = await testDatabase();
  const store = new WriteStore(database);
  const long = Date.now() - 3_600_000;
  const effects = [{ host: write.app, method: "keep", args: new Uint8Array() }] as never;
  const base = { signedAt: 1, state: "final" } as const;
  await database.put("writes", { ...writeOf(1), ...base, endedAt: long });
  await database.put("writes", { ...writeOf(2), ...base, endedAt: Date.now() });
  await database.put("writes", { ...writeOf(3), ...base, endedAt: long, effects });
  await store.sweep();
  assert.deepEqual(
    (await store.all()).map(({ id }) => id),
    [writeOf(2).id, writeOf(3).id],
  );
  assert.deepEqual(
    (await store.unsettled()).map(({ id }) => id),
    [writeOf(3).id],
  );
  await store.settle(writeOf(3).id);
  await store.sweep();
  assert.deepEqual((await store.all()).length, 1);
});
