import assert from "node:assert/strict";
import { test } from "node:test";

import type { Applied } from "@kith/chain/ports";
import { blockIdOf, blockNumOf, checksumOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { packText, unpackText } from "@kith/protocol/texts";

import { BlockFeed } from "./block-feed.ts";
import { FakeChildren, type FakeAnswer } from "./fake-child.ts";
import { FileWrites } from "./file-writes.ts";
import { queuedOfServiceMax, residentBytesMax, starvedTimesMax, windowMax } from "./limits.ts";
import type { QueryMessage } from "./messages.ts";
import type { QueryResult } from "./query-job.ts";
import type { QueryOutcome } from "./query-outcome.ts";
import { QueryPool, type QueryPoolPorts } from "./query-pool.ts";

const app = accountNameConstant("app");
const other = accountNameConstant("other");
const queryMs = 60;

function appliedAt(num: number): Applied {
  const root = checksumOf("00".repeat(32));
  const id = blockIdOf("00".repeat(32));
  return { num: blockNumOf(num), id, time: num, stateRoot: root, eventRoot: root };
}

function echo({ request, least }: QueryMessage): QueryOutcome {
  const body = request.slice();
  const reply = { status: 200, contentType: "text/plain", headers: [], body };
  return { answered: { num: least, usesContext: false, isFailure: false, reads: [], reply } };
}

/** Requests whose text begins with a word do what it says; the others are echoed. */
const obey: FakeAnswer = (query) => {
  const text = textIn(query.request);
  if (text.startsWith("hang")) return "hang";
  if (text.startsWith("crash")) return "crash";
  return text.startsWith("fault") ? { fault: "a defect" } : echo(query);
};

type World = {
  readonly children: FakeChildren;
  readonly pool: QueryPool;
  readonly node: { appliedNum: number; writtenNum: number; writes: number };
  readonly feed: BlockFeed;
  readonly ask: (text: string, service?: typeof app) => Promise<string>;
};

function open(
  processes: number,
  answer: FakeAnswer = obey,
  ports: Partial<QueryPoolPorts> = {},
): World {
  const children = new FakeChildren(answer);
  const node = { appliedNum: 7, writtenNum: 7, writes: 0 };
  const feed = new BlockFeed(() => node.writtenNum);
  const files = new FileWrites({
    writtenNum: () => node.writtenNum,
    write: () => {
      node.writes++;
      node.writtenNum = node.appliedNum;
      return Promise.resolve();
    },
  });
  const pool = new QueryPool({
    processes,
    queryMs,
    start: children.start,
    feed,
    files,
    applied: () => appliedAt(node.appliedNum),
    usageOf: () => undefined,
    onTrouble: () => undefined,
    ...ports,
  });
  const ask = async (text: string, service = app): Promise<string> => {
    const least = blockNumOf(node.appliedNum);
    return textOf(await pool.run({ service, least, wantsReads: false, request: packText(text) }));
  };
  return { children, pool, node, feed, ask };
}

function textOf(result: QueryResult): string {
  if (!result.ok) return result.error.code;
  return textIn(result.value.reply?.body);
}

function textIn(bytes: Uint8Array | undefined): string {
  return (bytes === undefined ? undefined : unpackText(bytes)) ?? "";
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

test("queries are answered in processes, and more come only when the first has too much to do", async () => {
  const { children, pool, ask } = open(3);
  assert.equal(await ask("one"), "one");
  assert.equal(children.started.length, 1);
  const texts = Array.from({ length: 100 }, (_, at) => `query ${at}`);
  assert.deepEqual(await Promise.all(texts.map((text) => ask(text))), texts);
  assert.ok(children.started.length > 1 && children.started.length <= 3);
  assert.equal(pool.metrics().answered, 101);
  assert.equal(pool.metrics().waiting, 0);
  pool.close();
});

test("another process comes when one has as much as it takes at a time, and not before", async () => {
  const { children, pool, ask } = open(3);
  await ask("warm");
  const askFor = (count: number) =>
    Promise.all(Array.from({ length: count }, (_, at) => ask(`query ${at}`)));
  await askFor(windowMax - 1);
  assert.equal(children.started.length, 1);
  await askFor(windowMax);
  assert.equal(children.started.length, 2);
  await settled();
  await askFor(windowMax);
  assert.deepEqual(
    children.started.map(({ asked }) => asked.length),
    [1 + windowMax - 1 + windowMax + windowMax / 2, windowMax / 2],
  );
  assert.equal(children.started.length, 2);
  pool.close();
});

test("a query that does not end is killed at its deadline, and what stood behind it is answered by others", async () => {
  const { children, pool, ask } = open(1);
  await ask("warm");
  const startMs = performance.now();
  const answers = await Promise.all([ask("hang"), ask("a"), ask("b"), ask("c"), ask("d", other)]);
  assert.deepEqual(answers, ["query-timeout", "a", "b", "c", "d"]);
  assert.ok(performance.now() - startMs < queryMs + 2_000);
  assert.equal(children.living.length, 1);
  assert.equal(children.started.length, 2);
  assert.deepEqual([pool.metrics().timedOut, pool.metrics().restarts], [1, 1]);
  pool.close();
});

test("a free process takes over what stands behind a slow query before its deadline", async () => {
  const { pool, ask } = open(2, obey, { queryMs: 2_000 });
  // Both processes are there.
  await Promise.all(Array.from({ length: 4 * windowMax }, (_, at) => ask(`${at}`)));
  await settled();
  const slow = ask("hang");
  const startMs = performance.now();
  const others = Array.from({ length: 2 * windowMax - 2 }, (_, at) => ask(`${at}`, other));
  await Promise.all(others);
  assert.ok(performance.now() - startMs < 1_000, "nobody waited for the deadline");
  pool.close();
  void slow;
});

test("a service that ran into the deadline has one process from then on, and the others answer the rest", async () => {
  const { children, pool, ask } = open(2, obey, { queryMs: 400 });
  await Promise.all(Array.from({ length: 4 * windowMax }, (_, at) => ask(`${at}`)));
  assert.equal(await ask("hang 0"), "query-timeout");
  await settled();
  const hanging = Promise.all([ask("hang 1"), ask("hang 2"), ask("hang 3")]);
  for (let at = 0; at < 20; at++) {
    const startMs = performance.now();
    assert.equal(await ask(`${at}`, other), `${at}`);
    assert.ok(performance.now() - startMs < 200, "it waited for somebody else's deadline");
    const busy = children.living.filter(({ asked }) =>
      textIn(asked.at(-1)?.request).startsWith("hang"),
    );
    assert.ok(busy.length <= 1);
  }
  assert.deepEqual(await hanging, ["query-timeout", "query-timeout", "query-timeout"]);
  pool.close();
});

test("a query that brings its process down is tried once more, and then it is told", async () => {
  const { children, pool, ask } = open(1);
  const answers = await Promise.all([ask("a"), ask("crash"), ask("b"), ask("c")]);
  assert.deepEqual(answers, ["a", "query-crashed", "b", "c"]);
  assert.equal(children.started.length, 3);
  pool.close();
});

test("a process that somebody kills costs nobody an answer", async () => {
  const { children, pool, ask } = open(2);
  await ask("warm");
  const killed = new Set<number>();
  children.answer = (query) => {
    if (query.id % 25 !== 0 || killed.has(query.id)) return echo(query);
    killed.add(query.id);
    return "crash";
  };
  const texts = Array.from({ length: 200 }, (_, at) => `${at}`);
  assert.deepEqual(await Promise.all(texts.map((text) => ask(text))), texts);
  assert.ok(killed.size >= 6);
  pool.close();
});

test("more than may wait is refused at once, and one service cannot take all of the room", async () => {
  const { pool, ask } = open(1, () => "hang", { queryMs: 60_000 });
  const waiting = Array.from({ length: queuedOfServiceMax + windowMax }, (_, at) => ask(`${at}`));
  await settled();
  const more = Array.from({ length: windowMax }, (_, at) => ask(`more ${at}`));
  assert.equal(await ask("too much"), "query-queue-full");
  let isRefused = false;
  const fromOther = ask("x", other).then((answer) => {
    isRefused = answer === "query-queue-full";
  });
  await settled();
  assert.equal(isRefused, false);
  pool.close();
  await fromOther;
  void [waiting, more];
});

test("the service on which less time was spent goes first", async () => {
  const order: string[] = [];
  const { pool, ask } = open(1, (query) => {
    order.push(textIn(query.request));
    return echo(query);
  });
  const many = Array.from({ length: 60 }, (_, at) => ask(`many ${at}`));
  const few = Array.from({ length: 5 }, (_, at) => ask(`few ${at}`, other));
  await Promise.all([...many, ...few]);
  const lastFew = order.findLastIndex((text) => text.startsWith("few"));
  assert.ok(lastFew < 30, `the last of the few was number ${lastFew} of 65`);
  pool.close();
});

test("a process gets the blocks that the file lacks before the query that wants them, and each once", async () => {
  const { children, pool, node, feed, ask } = open(1);
  const service = app;
  const block = (num: number) => {
    node.appliedNum = num;
    const address = { service, space: 0, key: Uint8Array.of(num) };
    feed.add({
      applied: appliedAt(num),
      changes: () => [{ address, row: Uint8Array.of(1) }],
      changedRows: 1,
    });
  };
  await ask("nothing is new");
  const [child] = children.started;
  assert.equal(child?.changes.length, 0);
  block(8);
  block(9);
  assert.equal(child?.changes.length, 0, "nobody has asked yet");
  await ask("now");
  await ask("again");
  block(10);
  await ask("more");
  assert.deepEqual(
    child?.changes.map(({ first, applied, changes }) => [first, applied.num, changes.length]),
    [
      [8, 9, 2],
      [10, 10, 1],
    ],
  );
  assert.deepEqual(
    child?.asked.map(({ least }) => least),
    [7, 9, 9, 10],
  );
  block(11);
  node.writtenNum = 11;
  await ask("the file has it");
  assert.equal(child?.changes.length, 2);
  pool.close();
});

test("a query that needs the file is run again when the file has what the query may see", async () => {
  const { children, pool, node, ask } = open(1, (query) =>
    query.fromFile ? echo(query) : { needsFile: {} },
  );
  node.appliedNum = 9;
  assert.equal(await ask("sql"), "sql");
  assert.equal(node.writes, 1);
  assert.deepEqual(
    children.started[0]?.asked.map(({ fromFile, least }) => [fromFile, least]),
    [
      [false, 9],
      [true, 9],
    ],
  );
  const answers = Array.from({ length: 20 }, (_, at) => {
    node.appliedNum++;
    return ask(`${at}`);
  });
  await Promise.all(answers);
  assert.ok(node.writes < 10, `${node.writes} writes: those who wait share them`);
  pool.close();
});

test("a defect of this program is no answer, and its process is replaced", async () => {
  const { children, pool, ask } = open(1);
  await ask("warm");
  await assert.rejects(ask("fault"), /a defect/);
  assert.equal(await ask("after"), "after");
  assert.equal(children.started.length, 2);
  pool.close();
});

test("a process that has grown too large is replaced when it has answered, or killed", async () => {
  const resident = new Map<number, number>();
  const { children, pool, ask } = open(1, obey, {
    queryMs: 60_000,
    usageOf: (pid) => ({ residentBytes: resident.get(pid) ?? 0, cpuMs: 0 }),
  });
  await ask("warm");
  const [first] = children.started;
  if (first !== undefined) first.residentBytes = residentBytesMax + 1;
  assert.equal(await ask("large"), "large");
  assert.equal(await ask("next"), "next");
  assert.equal(first?.isAlive, false);
  resident.set(2, 2 ** 40);
  resident.set(3, 2 ** 40);
  assert.equal(await ask("hang and grow"), "query-crashed");
  assert.equal(await ask("after"), "after");
  pool.close();
});

test("a process that does not start is tried again after a pause, and who waits is answered then", async () => {
  const troubles: string[] = [];
  const { children, pool, ask } = open(1, obey, { onTrouble: (text) => troubles.push(text) });
  children.failingStarts = 2;
  for (const child of children.started) child.kill();
  assert.equal(await ask("patience"), "patience");
  assert.ok(troubles.length >= 2, `${troubles.length}`);
  pool.close();
});

test("a query whose process got no time from the machine is given more, but not for ever", async () => {
  const deadlineMs = 300;
  const startMs = performance.now();
  const hungry = open(1, obey, {
    queryMs: deadlineMs,
    usageOf: () => ({ residentBytes: 0, cpuMs: 7 }),
  });
  assert.equal(await hungry.ask("hang"), "query-timeout");
  const tookMs = performance.now() - startMs;
  assert.ok(tookMs > deadlineMs * (starvedTimesMax - 1), `ended after ${tookMs} ms`);
  hungry.pool.close();
  const greedySinceMs = performance.now();
  const greedy = open(1, obey, {
    queryMs: deadlineMs,
    usageOf: () => ({ residentBytes: 0, cpuMs: performance.now() }),
  });
  assert.equal(await greedy.ask("hang"), "query-timeout");
  assert.ok(performance.now() - greedySinceMs < deadlineMs * (starvedTimesMax - 1));
  greedy.pool.close();
});

test("in a network without a block the first process is started by the first block, or by a query", async () => {
  const none = { applied: () => undefined };
  const { children, pool, node } = open(1, obey, none);
  await settled();
  assert.equal(children.started.length, 0);
  node.writtenNum = 0;
  pool.prepare();
  pool.prepare();
  await settled();
  assert.equal(children.started.length, 1);
  pool.close();
  const asked = open(1, obey, none);
  assert.equal(await asked.ask("first"), "first");
  asked.pool.close();
});

test("a pool that closes leaves nobody without an answer: neither who runs, nor who waits for whatever", async () => {
  const { pool, node, ask } = open(1, (query) =>
    textIn(query.request) === "sql" ? { needsFile: {} } : "hang",
  );
  const sql = ask("sql");
  node.appliedNum = 9;
  const all = [sql, ...Array.from({ length: 3 * windowMax }, (_, at) => ask(`hang ${at}`))];
  await new Promise((resolve) => setTimeout(resolve, 5));
  pool.close();
  assert.deepEqual(new Set(await Promise.all(all)), new Set(["query-queue-full"]));
  assert.equal(await ask("too late"), "query-queue-full");
  assert.equal(pool.metrics().waiting, 0);
});
