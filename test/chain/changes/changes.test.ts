import assert from "node:assert/strict";
import { test } from "node:test";

import {
  eventsOfTurnMax,
  heartbeatMs,
  lingerMs,
  rowCharsMax,
  rowsOfTurnMax,
  serviceLogBytesMax,
  stalledMs,
} from "@kith/changes/limits";

import { ownerKey } from "../network.ts";
import { act, ListenedNetwork, type Told } from "./listening.ts";

function named(messages: readonly Told[] | undefined): readonly string[] {
  return (messages ?? []).map(({ name }) => name);
}

function rowsOf(messages: readonly Told[] | undefined): unknown {
  return messages?.find(({ name }) => name === "rows")?.data["rows"];
}

const key = (number: number) => ({ author: "owner", number });

test("a listener hears of each row that a block changes, as it is then", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({});
  const head = network.network.chain.applied()?.num ?? 0;
  assert.deepEqual(await listener.turn(), [
    { name: "ready", id: String(head), data: { block: head } },
  ]);
  network.block(act("post", { number: 1, topic: "tea", text: "hot" }));
  const row = { author: "owner", number: 1, topic: "tea", text: "hot" };
  assert.deepEqual(await listener.turn(), [
    {
      name: "rows",
      id: `${head + 1}`,
      data: { block: head + 1, rows: [{ of: 0, key: key(1), row }] },
    },
  ]);
  network.block(act("remove", { number: 1 }));
  assert.deepEqual(rowsOf(await listener.turn()), [{ of: 0, key: key(1), row: null }]);
});

test("only what was named is told: a prefix of the key, a value of an index, a table", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({
    wanted: [
      { kind: "rows", table: "posts", where: { topic: "tea" } },
      { kind: "rows", table: "posts", where: { author: "owner", number: 7 } },
      { kind: "rows", table: "counts" },
    ],
  });
  await listener.turn();
  network.block(act("post", { number: 1, topic: "milk", text: "cold" }));
  assert.deepEqual(await listener.now(), []);
  network.block(act("post", { number: 7, topic: "tea", text: "hot" }));
  const row = { author: "owner", number: 7, topic: "tea", text: "hot" };
  assert.deepEqual(rowsOf(await listener.turn()), [
    { of: 0, key: key(7), row },
    { of: 1, key: key(7), row },
  ]);
  // The row leaves the topic: whoever listens to that hears of it, with what it is now.
  network.block(act("post", { number: 7, topic: "milk", text: "hot" }));
  const moved = { ...row, topic: "milk" };
  assert.deepEqual(rowsOf(await listener.turn()), [
    { of: 0, key: key(7), row: moved },
    { of: 1, key: key(7), row: moved },
  ]);
  network.block(act("count", { id: 1, count: 5 }));
  assert.deepEqual(rowsOf(await listener.turn()), [
    { of: 2, key: { id: 1 }, row: { id: 1, count: 5 } },
  ]);
});

test("events are told in their order, each with a position from which nothing is told twice", async () => {
  const network = new ListenedNetwork();
  const wanted = [{ kind: "event", event: "posted" }] as const;
  const listener = network.listener({ wanted });
  await listener.turn();
  const { applied } = network.block(
    act("post", { number: 1, topic: "a", text: "one" }),
    act("post", { number: 2, topic: "b", text: "two" }),
  );
  const told = (await listener.turn()) ?? [];
  const of = (position: number, text: string) => ({
    of: 0,
    block: applied.num,
    position,
    data: { number: position + 1, text },
  });
  assert.deepEqual(told, [
    { name: "event", id: `${applied.num - 1}-1`, data: of(0, "one") },
    { name: "event", id: `${applied.num}`, data: of(1, "two") },
  ]);
  const resumed = network.listener({ wanted, since: `${applied.num - 1}-1` });
  assert.deepEqual((await resumed.turn())?.slice(1), [told[1]]);
});

test("who was away gets what it missed, once, in its newest state", async () => {
  const network = new ListenedNetwork();
  const first = network.listener({});
  const [ready] = (await first.turn()) ?? [];
  first.stream.close();
  network.block(act("post", { number: 1, topic: "a", text: "old" }));
  network.block(act("post", { number: 1, topic: "a", text: "new" }));
  network.block(act("post", { number: 2, topic: "a", text: "other" }));
  const again = network.listener({ since: ready?.id ?? "" });
  const told = await again.turn();
  assert.deepEqual(named(told), ["ready", "rows"]);
  assert.deepEqual(rowsOf(told), [
    { of: 0, key: key(1), row: { author: "owner", number: 1, topic: "a", text: "new" } },
    { of: 0, key: key(2), row: { author: "owner", number: 2, topic: "a", text: "other" } },
  ]);
  assert.deepEqual(await again.now(), []);
});

test("who was away for too long, or was told by a node that is no more, reads anew", async () => {
  const network = new ListenedNetwork();
  const first = network.listener({});
  await first.turn();
  const restarted = network.restartedHub();
  network.block(act("post", { number: 1, topic: "a", text: "x" }));
  const head = network.network.chain.applied()?.num ?? 0;
  const again = network.listener({ since: `${head - 2}` }, restarted);
  assert.deepEqual(await again.turn(), [
    { name: "reset", id: `${head}`, data: { block: head, reason: "behind" } },
  ]);
  const ahead = network.listener({ since: "4000000" }, restarted);
  assert.deepEqual(named(await ahead.turn()), ["reset"]);
  // One that is a little ahead of a node that lags hears of what comes behind its position only.
  const little = network.listener({ since: `${head + 1}` }, restarted);
  assert.deepEqual(named(await little.turn()), ["ready"]);
  network.block(act("post", { number: 2, topic: "a", text: "x" }));
  assert.deepEqual(await little.now(), []);
  network.block(act("post", { number: 3, topic: "a", text: "x" }));
  assert.deepEqual(rowsOf(await little.turn()), [
    { of: 0, key: key(3), row: { author: "owner", number: 3, topic: "a", text: "x" } },
  ]);
});

test("a slow listener gets the newest state and no backlog", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({});
  await listener.turn();
  for (let turn = 0; turn < 50; turn++) {
    network.block(act("post", { number: turn % 3, topic: "a", text: `${turn}` }));
  }
  const told = await listener.turn();
  assert.deepEqual(named(told), ["rows"]);
  assert.deepEqual(
    (rowsOf(told) as { row: { text: string } }[]).map(({ row }) => row.text).toSorted(),
    ["47", "48", "49"],
  );
});

test("more changed rows than are worth telling make a listener read anew", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({});
  await listener.turn();
  network.block(act("postMany", { from: 0, count: rowsOfTurnMax, text: "" }));
  assert.equal((rowsOf(await listener.turn()) as unknown[]).length, rowsOfTurnMax);
  network.block(act("postMany", { from: 0, count: rowsOfTurnMax + 1, text: "" }));
  const [reset] = (await listener.turn()) ?? [];
  assert.deepEqual([reset?.name, reset?.data["reason"]], ["reset", "too-much"]);
  network.block(act("post", { number: 1, topic: "a", text: "x" }));
  assert.deepEqual(named(await listener.turn()), ["rows"]);
});

test("a row that is too large is only named", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({});
  await listener.turn();
  network.block(act("post", { number: 1, topic: "a", text: "x".repeat(rowCharsMax / 4) }));
  network.block(act("postMany", { from: 2, count: 1, text: "x".repeat(rowCharsMax) }));
  const rows = rowsOf(await listener.turn()) as { readonly tooLarge?: boolean; row?: unknown }[];
  assert.deepEqual(
    rows.map(({ tooLarge }) => tooLarge),
    [undefined, true],
  );
  assert.equal(rows[1]?.row, undefined);
});

test("more events than fit one turn come in further ones, without loss", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({ wanted: [{ kind: "event", event: "posted" }] });
  await listener.turn();
  const count = eventsOfTurnMax - 100;
  for (let block = 0; block < 3; block++) network.block(act("emitMany", { count }));
  const seen: string[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const told = (await listener.turn()) ?? [];
    assert.ok(told.length <= eventsOfTurnMax);
    for (const { data } of told) seen.push(`${String(data["block"])}-${String(data["position"])}`);
  }
  assert.equal(seen.length, 3 * count);
  assert.equal(new Set(seen).size, 3 * count);
});

test("the log of what was missed is bounded", async () => {
  const network = new ListenedNetwork();
  const first = network.listener({ wanted: [{ kind: "event", event: "posted" }] });
  const [ready] = (await first.turn()) ?? [];
  const text = "x".repeat(60_000);
  for (let size = 0; size < serviceLogBytesMax; size += text.length) {
    network.block(act("post", { number: 1, topic: "a", text }));
  }
  const again = network.listener({
    wanted: [{ kind: "event", event: "posted" }],
    since: ready?.id ?? "",
  });
  assert.deepEqual(named(await again.turn()), ["reset"]);
});

test("a live query is answered at once, and again when a block changes what it read", async () => {
  const network = new ListenedNetwork();
  const query = `{ postsByTopic(topic: "tea") { nodes { number text } } }`;
  const listener = network.listener({
    wanted: [
      { kind: "graphql", query },
      { kind: "path", path: "/count" },
    ],
  });
  const start = (await listener.turn()) ?? [];
  assert.deepEqual(named(start), ["ready"]);
  const answers = [...(await listener.now()), ...(await listener.now())];
  assert.deepEqual(
    answers.map(({ data }) => [data["of"], data["status"], data["body"]]),
    [
      [0, 200, { data: { postsByTopic: { nodes: [] } } }],
      [1, 200, {}],
    ],
  );
  network.block(act("draft", { id: 1 }));
  assert.deepEqual(await listener.now(), []);
  assert.equal(network.answers, 2);
  const { applied } = network.block(act("count", { id: 1, count: 3 }));
  assert.deepEqual(await listener.now(), [
    {
      name: "answer",
      id: `${applied.num}`,
      data: {
        of: 1,
        block: applied.num,
        status: 200,
        contentType: "application/json",
        body: { count: 3 },
      },
    },
  ]);
  assert.equal(network.answers, 3);
  network.block(act("post", { number: 4, topic: "tea", text: "hot" }));
  const [told] = await listener.now();
  assert.deepEqual(told?.data["body"], {
    data: { postsByTopic: { nodes: [{ number: 4, text: "hot" }] } },
  });
});

test("an answer that is the same again is not told", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({ wanted: [{ kind: "path", path: "/count" }] });
  await listener.turn();
  await listener.now();
  network.block(act("count", { id: 1, count: 3 }));
  assert.deepEqual(named(await listener.now()), ["answer"]);
  network.block(act("count", { id: 1, count: 3 }));
  assert.deepEqual(await listener.now(), []);
  assert.equal(network.answers, 3);
});

test("an answer that shows the block is told with every block", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({ wanted: [{ kind: "path", path: "/height" }] });
  await listener.turn();
  await listener.now();
  const { applied } = network.block(act("draft", { id: 1 }));
  const [told] = await listener.now();
  assert.deepEqual(told?.data["body"], { height: applied.num });
});

test("one answer is made for all who have the same question", async () => {
  const network = new ListenedNetwork();
  const wanted = [{ kind: "path", path: "/count" }] as const;
  const listeners = Array.from({ length: 20 }, () => network.listener({ wanted }));
  for (const listener of listeners) {
    const told = [...((await listener.turn()) ?? []), ...(await listener.now())];
    assert.deepEqual(named(told), ["ready", "answer"]);
  }
  network.block(act("count", { id: 1, count: 9 }));
  for (const listener of listeners) assert.deepEqual(named(await listener.now()), ["answer"]);
  assert.equal(network.answers, 2);
  assert.deepEqual(network.hub.metrics(), { streams: 20, liveQueries: 1 });
  for (const { stream } of listeners) stream.close();
  assert.deepEqual(network.hub.metrics(), { streams: 0, liveQueries: 0 });
  network.block(act("count", { id: 1, count: 10 }));
  assert.equal(network.answers, 2);
});

test("a live query without an answer says so, and is asked again", async () => {
  const network = new ListenedNetwork();
  network.failing = "query-timeout";
  const listener = network.listener({ wanted: [{ kind: "path", path: "/count" }] });
  await listener.turn();
  const [failed] = await listener.now();
  assert.deepEqual([failed?.name, failed?.data["failed"]], ["answer", "query-timeout"]);
  network.failing = undefined;
  network.clock.advance(2000);
  assert.deepEqual((await listener.now())[0]?.data["status"], 200);
  const unknown = network.listener({ wanted: [{ kind: "path", path: "/nowhere" }] });
  await unknown.turn();
  assert.deepEqual((await unknown.now())[0]?.data["failed"], "not-found");
});

test("silence is broken by heartbeats, which carry the position on", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({ wanted: [{ kind: "rows", table: "counts" }] });
  await listener.turn();
  assert.deepEqual(await listener.now(), []);
  const first = network.block(act("draft", { id: 1 }));
  network.clock.advance(heartbeatMs + 5000);
  assert.deepEqual(await listener.turn(), [
    { name: "heartbeat", id: String(first.applied.num), data: {} },
  ]);
  // A block that has nothing of the service.
  assert.deepEqual(await listener.now(), []);
  const second = network.block();
  network.clock.advance(heartbeatMs + 5000);
  assert.deepEqual(await listener.turn(), [
    { name: "heartbeat", id: String(second.applied.num), data: {} },
  ]);
});

test("a listener that takes nothing is let go, and its log some time later", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({});
  await listener.turn();
  network.clock.advance(stalledMs + heartbeatMs);
  assert.deepEqual(network.hub.metrics(), { streams: 0, liveQueries: 0 });
  assert.equal(await listener.turn(), undefined);
  const { applied } = network.block(act("post", { number: 1, topic: "a", text: "x" }));
  network.clock.advance(lingerMs + heartbeatMs);
  network.block(act("post", { number: 2, topic: "a", text: "x" }));
  const again = network.listener({ since: `${applied.num}` });
  assert.deepEqual(named(await again.turn()), ["reset"]);
});

test("a block that follows none that was seen resets everybody", async () => {
  const network = new ListenedNetwork();
  const listener = network.listener({});
  await listener.turn();
  assert.deepEqual(await listener.now(), []);
  const waiting = listener.turn();
  const skipped = network.network.transaction([act("draft", { id: 1 })], ownerKey);
  network.network.block([skipped]);
  network.block(act("draft", { id: 2 }));
  assert.deepEqual(named(await waiting), ["reset"]);
});

test("a hub that is closed ends every stream and takes none", async () => {
  const network = new ListenedNetwork();
  const [waiting, busy] = [network.listener({}), network.listener({})];
  await waiting.turn();
  const end = waiting.turn();
  network.hub.close();
  assert.equal(await end, undefined);
  assert.equal(await busy.turn(), undefined);
  const late = network.listen({});
  assert.equal(late.ok, false);
  assert.deepEqual(network.faults, []);
});
