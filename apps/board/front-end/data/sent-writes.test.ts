import assert from "node:assert/strict";
import { test } from "node:test";

import { SentWrites } from "./sent-writes.ts";
import type { Listener, Outcome, SentWrite, Write } from "./source.ts";

const write: Write = { kind: "reply", thread: 1, text: "hello" };

const later: (() => void)[] = [];
const port = { now: () => 7, after: (_: number, run: () => void) => void later.push(run) };

function scripted(outcomes: Outcome[], queues: boolean): SentWrites {
  const send = async (_: Write, onQueued: () => void): Promise<Outcome> => {
    if (queues) onQueued();
    await Promise.resolve();
    return outcomes.shift() ?? { ok: false, code: "no-more" };
  };
  return new SentWrites({ ...nothingLeft, send }, port);
}

const nothingLeft: Omit<ConstructorParameters<typeof SentWrites>[0], "send"> = {
  watchLeft: () => () => {},
  retryLeft: async () => {},
  dropLeft: async () => {},
};

test("a write is told from its first moment to its end", async () => {
  const writes = scripted([{ ok: true, value: 3 }], true);
  const states: unknown[] = [];
  const stop = writes.watch((all) => states.push(all.map(({ state }) => state)));
  const final = await writes.send(write);
  assert.deepEqual(states, [["sending"], ["queued"], ["final"]]);
  assert.deepEqual(final, { id: "write-1", write, at: 7, state: "final", result: 3 });
  assert.deepEqual(writes.all, [final]);
  stop();
  await writes.send(write);
  assert.equal(states.length, 3);
});

test("what failed stays until it is sent again or discarded", async () => {
  const writes = scripted(
    [
      { ok: false, code: "banned" },
      { ok: true, value: undefined },
    ],
    false,
  );
  assert.deepEqual((await writes.send(write)).code, "banned");
  await writes.retry("write-1");
  assert.deepEqual(
    writes.all.map(({ state }) => state),
    ["final"],
  );
  writes.discard("write-1");
  assert.equal(writes.all.length, 1, "what is final is not taken back");
  await writes.retry("write-1");
  await writes.send(write);
  writes.discard("write-2");
  assert.deepEqual(
    writes.all.map(({ id }) => id),
    ["write-1"],
  );
});

test("what others may change again is forgotten once the page has heard of it, and a post is not", async () => {
  const writes = scripted(
    [
      { ok: true, value: undefined },
      { ok: true, value: 1 },
    ],
    false,
  );
  await writes.send({ kind: "react", thread: 1, number: 0, reaction: "x" });
  await writes.send(write);
  assert.equal(writes.all.length, 2);
  for (const run of later.splice(0)) run();
  assert.deepEqual(
    writes.all.map((sent) => sent.write.kind),
    ["reply"],
  );
});

test("what other pages have left stands before what is written here, and is theirs to send again or to drop", async () => {
  const listeners: Listener<readonly SentWrite[]>[] = [];
  const asked: string[] = [];
  const writes = new SentWrites(
    {
      ...nothingLeft,
      send: async () => ({ ok: true, value: 9 }),
      watchLeft: (listener) => {
        listeners.push(listener);
        return () => {};
      },
      retryLeft: async (id) => void asked.push(`retry ${id}`),
      dropLeft: async (id) => void asked.push(`drop ${id}`),
    },
    port,
  );
  await writes.send(write);
  const heard: number[] = [];
  writes.watch((all) => heard.push(all.length));
  for (const tell of listeners)
    tell([{ id: "left", write, at: 1, state: "failed", code: "banned" }]);
  assert.deepEqual([heard, writes.all.map(({ id }) => id)], [[2], ["left", "write-1"]]);
  await writes.retry("left");
  writes.discard("left");
  assert.deepEqual(asked, ["retry left", "drop left"]);
  assert.equal(writes.all.length, 2, "until it is told that it is gone");
  for (const tell of listeners) tell([]);
  assert.deepEqual(
    writes.all.map(({ id }) => id),
    ["write-1"],
  );
});

test("what another page has left is sent again once, and says so from the first tap on", async () => {
  const retrying = Promise.withResolvers<void>();
  let asked = 0;
  const left: SentWrite = { id: "left", write, at: 1, state: "failed", code: "banned" };
  const writes = new SentWrites(
    {
      ...nothingLeft,
      send: async () => ({ ok: true, value: 9 }),
      watchLeft: (listener) => {
        listener([left]);
        return () => {};
      },
      retryLeft: () => {
        asked++;
        return retrying.promise;
      },
    },
    port,
  );
  const told: unknown[] = [];
  writes.watch((all) => told.push(all.map(({ state, code }) => [state, code])));
  const retries = [writes.retry("left"), writes.retry("left")];
  assert.deepEqual([asked, told], [1, [[["sending", undefined]]]]);
  retrying.resolve();
  await Promise.all(retries);
  assert.deepEqual(writes.all, [left], "it failed once more");
});

test("who sends hears that it is kept, and that it is over", async () => {
  for (const queues of [true, false]) {
    const kept: string[] = [];
    const writes = scripted([{ ok: false, code: "banned" }], queues);
    await writes.send(write, () => kept.push(writes.all[0]?.state ?? ""));
    assert.deepEqual(kept, queues ? ["queued", "queued"] : ["sending"]);
  }
});
