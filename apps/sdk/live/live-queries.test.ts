import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import type { ClientQuery } from "../client/service-client.ts";
import type { StreamAnswer } from "../live.ts";
import { LiveQueries, type LiveState } from "./live-queries.ts";

const board = accountNameConstant("board");
const tokens = accountNameConstant("tokens");

const none = (): unknown => [];

/** A query whose answers are lists of texts. */
function queryOf(
  name: string,
  ask: () => unknown = none,
  service = board,
): ClientQuery<{ readonly of: string }, readonly string[]> {
  const run = async () => ({ ok: true, value: (await ask()) as readonly string[] }) as const;
  const watched = ({ of }: { readonly of: string }) => ({
    service,
    target: `/query/${name}?of=${of}`,
    read: (json: unknown) => (Array.isArray(json) ? (json as readonly string[]) : undefined),
  });
  return Object.assign(run, { watched });
}

/** A node that tells what the test lets it tell. */
class FakeNode {
  readonly asked: string[] = [];
  #tell: ((text: string) => void) | undefined;
  #end: (() => void) | undefined;
  readonly later: (() => void)[] = [];
  openCount = 0;
  refuses: (url: string) => boolean = () => false;

  readonly port = {
    fetch: (url: string, { signal }: { readonly signal: AbortSignal }): Promise<StreamAnswer> => {
      this.asked.push(decodeURIComponent(url));
      if (this.refuses(url)) {
        const why = { code: "service-unknown", message: "there is no such service" };
        return Promise.resolve(Response.json(why, { status: 404 }));
      }
      this.openCount++;
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          this.#tell = (text) => controller.enqueue(new TextEncoder().encode(text));
          this.#end = () => controller.close();
          signal.addEventListener("abort", () => {
            this.openCount--;
            controller.error(new Error("called off"));
          });
        },
      });
      const headers = { "content-type": "text/event-stream" };
      return Promise.resolve(new Response(body, { headers }));
    },
    after: (_ms: number, run: () => void) => {
      this.later.push(run);
      return () => undefined;
    },
    random: () => 0.5,
    aborting: () => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    },
    soon: (run: () => void) => queueMicrotask(run),
  };

  async answer(place: number, block: number, body: unknown): Promise<void> {
    const told = JSON.stringify({ of: place, block, status: 200, body });
    this.#tell?.(`event: answer\nid: ${block}\ndata: ${told}\n\n`);
    await settled();
  }

  /** The node cannot go on where the page was. */
  async reset(block: number): Promise<void> {
    this.#tell?.(`event: reset\nid: ${block}\ndata: ${JSON.stringify({ block })}\n\n`);
    await settled();
  }

  async break(): Promise<void> {
    this.#end?.();
    await settled();
  }

  /** The page's next attempt, which may be at another node. */
  async resume(): Promise<void> {
    this.later.pop()?.();
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await new Promise((done) => setImmediate(done));
}

type State = LiveState<readonly string[]>;

function opened(): { readonly node: FakeNode; readonly live: LiveQueries<AbortSignal> } {
  const node = new FakeNode();
  return { node, live: new LiveQueries("http://kith.localhost:8080", node.port) };
}

test("a query that is watched tells its answer and every new one", async () => {
  const { node, live } = opened();
  const states: State[] = [];
  const end = live.watch(queryOf("recent"), { of: "hall" }, (state) => states.push(state));
  assert.equal(states[0]?.value, undefined);
  await settled();
  assert.deepEqual(node.asked, [
    "http://board.kith.localhost:8080/changes?path=/query/recent?of=hall",
  ]);
  await node.answer(0, 7, ["one"]);
  await node.answer(0, 9, ["one", "two"]);
  assert.deepEqual(
    states.slice(1).map(({ value, block }) => [value, block]),
    [
      [["one"], 7],
      [["one", "two"], 9],
    ],
  );
  end();
  live.close();
});

test("an earlier page's answer is shown as stale, until a node answers, whose answer is kept", async () => {
  const node = new FakeNode();
  const kept = new Map<string, unknown>([
    ["board /query/recent?of=hall", ["earlier"]],
    ["board /query/recent?of=attic", "of another version"],
  ]);
  const port = {
    ...node.port,
    kept: { get: (name: string) => kept.get(name), set: kept.set.bind(kept) },
  };
  const live = new LiveQueries("http://kith.localhost:8080", port);
  const states: State[] = [];
  live.watch(queryOf("recent"), { of: "hall" }, (state) => states.push(state));
  live.watch(queryOf("recent"), { of: "attic" }, (state) => states.push(state));
  assert.deepEqual(
    states.map(({ value, isStale }) => [value, isStale]),
    [
      [["earlier"], true],
      [undefined, false],
    ],
  );
  await settled();
  await node.answer(0, 7, ["now"]);
  assert.deepEqual([states.at(-1)?.value, states.at(-1)?.isStale], [["now"], false]);
  assert.deepEqual(kept.get("board /query/recent?of=hall"), ["now"]);
  live.close();
});

test("queries of one service share one stream, and a query that is shown twice is asked once", async () => {
  const { node, live } = opened();
  const recent = queryOf("recent");
  const heard: unknown[] = [];
  live.watch(recent, { of: "hall" }, ({ value }) => heard.push(value));
  live.watch(recent, { of: "hall" }, ({ value }) => heard.push(value));
  live.watch(queryOf("count"), { of: "hall" }, () => undefined);
  await settled();
  assert.equal(node.asked.length, 1);
  assert.equal(node.asked[0]?.match(/path=/g)?.length, 2);
  await node.answer(0, 7, ["one"]);
  assert.deepEqual(heard, [undefined, undefined, ["one"], ["one"]]);
  live.close();
});

test("queries of several services share one stream, at the address of the app whose page it is", async () => {
  const node = new FakeNode();
  const live = new LiveQueries("http://kith.localhost:8080", node.port, board);
  const heard: unknown[] = [];
  live.watch(queryOf("balance", none, tokens), { of: "al" }, ({ value }) => heard.push(value));
  live.watch(queryOf("recent"), { of: "hall" }, () => undefined);
  await settled();
  assert.deepEqual(node.asked, [
    "http://board.kith.localhost:8080/changes?path=/query/recent?of=hall&path.tokens=/query/balance?of=al",
  ]);
  await node.answer(1, 7, ["5"]);
  assert.deepEqual(heard, [undefined, ["5"]]);
  live.watch(queryOf("rate", none, tokens), { of: "al" }, () => undefined);
  await settled();
  assert.equal(node.asked.length, 2);
  assert.equal(node.openCount, 1, "the one before has ended");
  live.close();
  await settled();
  assert.equal(node.openCount, 0);
});

test("what is refused for one service leaves the others' answers alone", async () => {
  const node = new FakeNode();
  node.refuses = (url) => url.includes("path.tokens") || url.includes("//tokens.");
  const live = new LiveQueries("http://kith.localhost:8080", node.port, board);
  const states: Record<string, State> = {};
  const watch = (name: string, service = board): unknown =>
    live.watch(queryOf(name, none, service), { of: "x" }, (state) => (states[name] = state));
  watch("recent");
  watch("balance", tokens);
  await settled();
  assert.deepEqual(
    node.asked.slice(1).map((url) => new URL(url).host),
    ["board.kith.localhost:8080", "tokens.kith.localhost:8080"],
  );
  await node.answer(0, 7, ["one"]);
  assert.deepEqual(states["recent"]?.value, ["one"]);
  assert.equal(states["recent"]?.failure, undefined);
  assert.equal(states["balance"]?.failure?.code, "service-unknown");
  live.close();
});

test("more queries than one stream takes have a second one", async () => {
  const { node, live } = opened();
  for (let count = 0; count < 30; count++) {
    live.watch(queryOf(`q${count}`), { of: "hall" }, () => undefined);
  }
  await settled();
  assert.deepEqual(
    node.asked.map((url) => url.match(/path=/g)?.length),
    [24, 6],
  );
  live.watch(queryOf("long"), { of: "x".repeat(5990) }, () => undefined);
  await settled();
  assert.deepEqual(
    node.asked.slice(2).map((url) => url.match(/path=/g)?.length),
    [1],
  );
  live.close();
});

test("a query that is taken away and shown again at the same moment goes on", async () => {
  const { node, live } = opened();
  const recent = queryOf("recent");
  const end = live.watch(recent, { of: "hall" }, () => undefined);
  await settled();
  let last: State | undefined;
  end();
  live.watch(recent, { of: "hall" }, (state) => (last = state));
  await settled();
  assert.equal(node.asked.length, 1);
  await node.answer(0, 7, ["one"]);
  assert.deepEqual(last?.value, ["one"]);
  live.close();
});

test("a stream that breaks leaves what was known, and says that it is old", async () => {
  const { node, live } = opened();
  let last: State | undefined;
  live.watch(queryOf("recent"), { of: "hall" }, (state) => (last = state));
  await settled();
  await node.answer(0, 7, ["one"]);
  await node.break();
  assert.deepEqual([last?.value, last?.isStale], [["one"], true]);
  await node.resume();
  await node.answer(0, 8, ["one", "two"]);
  assert.deepEqual([last?.value, last?.isStale], [["one", "two"], false]);
  live.close();
});

test("what a write will do shows at once, and gives way to the network's own answer", async () => {
  const { node, live } = opened();
  let last: State | undefined;
  const query = queryOf("recent", () => ["one", "two as the network has it"]);
  live.watch(query, { of: "hall" }, (state) => (last = state));
  await settled();
  await node.answer(0, 7, ["one"]);
  const written = Promise.withResolvers<{ readonly ok: boolean }>();
  const args = { of: "hall" };
  const updated = live.update(
    { query, args, update: (texts) => [...texts, "two"] },
    written.promise,
  );
  assert.deepEqual([last?.value, last?.isOptimistic], [["one", "two"], true]);
  await node.answer(0, 8, ["zero", "one"]);
  assert.deepEqual(last?.value, ["zero", "one", "two"], "on top of what comes meanwhile");
  written.resolve({ ok: true });
  await updated;
  assert.deepEqual(
    [last?.value, last?.isOptimistic],
    [["one", "two as the network has it"], false],
  );
  live.close();
});

/** Whatever the question's answers are waits for the test. */
function askedBy(query: string) {
  const asked: ((texts: readonly string[]) => void)[] = [];
  const ask = () => new Promise((resolve) => asked.push(resolve));
  return { asked, query: queryOf(query, ask) };
}

test("an answer that was asked for before the stream told another one does not take its place", async () => {
  const { node, live } = opened();
  let last: State | undefined;
  const { asked, query } = askedBy("recent");
  const args = { of: "hall" };
  live.watch(query, args, (state) => (last = state));
  await settled();
  await node.answer(0, 7, ["one"]);
  const write = () => live.update({ query, args, update: addTwo }, Promise.resolve({ ok: true }));
  const updated = write();
  await settled();
  await node.answer(0, 9, ["one", "two", "three"]);
  asked[0]?.(["one", "two"]);
  await settled();
  assert.equal(asked.length, 2, "nobody knows which of them is newer, so it is asked once more");
  asked[1]?.(["one", "two", "three", "four"]);
  await updated;
  assert.deepEqual([last?.value, last?.block], [["one", "two", "three", "four"], 9]);

  const again = write();
  await settled();
  await node.answer(0, 10, ["ten"]);
  asked[2]?.(["nine"]);
  await settled();
  await node.answer(0, 11, ["eleven"]);
  asked[3]?.(["ten"]);
  await again;
  assert.deepEqual([last?.value, asked.length], [["eleven"], 4], "the stream tells the rest");
  live.close();
});

/**
 * A block is where a node first had an answer that it still has: at another node, or when the stream was opened anew, it may be lower for
 * the same answer. Another answer at a lower block is that of a node that is behind, and as soon as that one has the known block it has told the
 * same answer, or one of a higher block: in both cases the page goes on. Only a network that begins anew has nothing to tell that
 * the page knows: its nodes say that they cannot go on where the page was.
 */
test("an older answer of a node that is behind is not shown, and the page goes on as soon as the node does", async () => {
  const { node, live } = opened();
  let last: State | undefined;
  const shown = () => [last?.value, last?.block, last?.isStale];
  live.watch(queryOf("recent"), { of: "hall" }, (state) => (last = state));
  await settled();
  await node.answer(0, 9, ["one", "two"]);

  await node.break();
  await node.resume();
  await node.answer(0, 3, ["one", "two"]);
  assert.deepEqual(shown(), [["one", "two"], 9, false], "another node has had it for longer");

  await node.break();
  await node.resume();
  await node.answer(0, 5, ["one"]);
  assert.deepEqual(shown(), [["one", "two"], 9, true], "what is shown is newer");
  await node.answer(0, 8, ["one", "two"]);
  assert.deepEqual(shown(), [["one", "two"], 9, false], "it has come to the same answer");

  await node.break();
  await node.resume();
  await node.answer(0, 4, ["one"]);
  await node.answer(0, 12, ["twelve"]);
  assert.deepEqual(shown(), [["twelve"], 12, false], "it has gone past it");

  await node.break();
  await node.resume();
  await node.reset(2);
  await node.answer(0, 2, ["anew"]);
  assert.deepEqual(shown(), [["anew"], 2, false], "a network that has begun anew");
  live.close();
});

test("when somebody else asks, what the app's own service told is forgotten, and asked for anew", async () => {
  const node = new FakeNode();
  let user = "alice";
  const kept = new Map<string, unknown>();
  const keptOf = (name: string) => `${user}: ${name}`;
  const port = {
    ...node.port,
    kept: {
      get: (name: string) => kept.get(keptOf(name)),
      set: (name: string, json: unknown) => void kept.set(keptOf(name), json),
    },
  };
  const live = new LiveQueries("http://kith.localhost:8080", port, board);
  const states: State[] = [];
  const { asked, query } = askedBy("mine");
  const args = { of: "x" };
  let balance: State | undefined;
  live.watch(query, args, (state) => states.push(state));
  live.watch(queryOf("balance", none, tokens), args, (state) => (balance = state));
  await settled();
  await node.answer(0, 7, ["alice's"]);
  await node.answer(1, 7, ["5"]);
  const written = live.update({ query, args, update: addTwo }, Promise.resolve({ ok: true }));
  await settled();

  const late = node.answer(0, 8, ["alice's, on its way"]);
  user = "berta";
  live.askAnew();
  assert.deepEqual([states.at(-1)?.value, states.at(-1)?.block], [undefined, undefined]);
  assert.deepEqual(balance?.value, ["5"], "what is everybody's stays");
  asked[0]?.(["alice's", "two"]);
  await late;
  assert.equal(states.at(-1)?.value, undefined, "what was asked in her name is not shown");
  asked[1]?.(["berta's"]);
  await written;
  assert.equal(node.openCount, 1);
  assert.equal(node.asked.length, 2);
  // A block that is lower than what was told to somebody else.
  await node.answer(0, 6, ["berta's"]);
  const last = states.at(-1);
  assert.deepEqual([last?.value, last?.block, last?.isOptimistic], [["berta's"], 6, false]);
  assert.deepEqual(
    [...kept].filter(([name]) => name.includes("mine")),
    [
      ["alice: board /query/mine?of=x", ["alice's"]],
      ["berta: board /query/mine?of=x", ["berta's"]],
    ],
  );
  live.close();
});

test("a stream that shows nothing of the app's own service goes on when somebody else asks", async () => {
  const node = new FakeNode();
  const live = new LiveQueries("http://kith.localhost:8080", node.port, board);
  live.watch(queryOf("balance", none, tokens), { of: "x" }, () => undefined);
  await settled();
  live.askAnew();
  await settled();
  assert.equal(node.asked.length, 1);
  live.close();
});

function addTwo(texts: readonly string[]): readonly string[] {
  return [...texts, "two"];
}

test("a write that fails leaves the answer as it was", async () => {
  const { node, live } = opened();
  let last: State | undefined;
  const query = queryOf("recent");
  live.watch(query, { of: "hall" }, (state) => (last = state));
  await settled();
  await node.answer(0, 7, ["one"]);
  const args = { of: "hall" };
  const update = addTwo;
  await live.update({ query, args, update }, Promise.resolve({ ok: false }));
  assert.deepEqual([last?.value, last?.isOptimistic], [["one"], false]);
  const thrown = live.update({ query, args, update }, Promise.reject(new Error("cut off")));
  await assert.rejects(thrown);
  assert.deepEqual([last?.value, last?.isOptimistic], [["one"], false]);
  live.close();
});

test("an answer that is no answer to the query is told as a failure", async () => {
  const { node, live } = opened();
  let last: State | undefined;
  live.watch(queryOf("recent"), { of: "hall" }, (state) => (last = state));
  await settled();
  await node.answer(0, 7, { code: "query-timeout", message: "it took too long" });
  assert.equal(last?.failure?.code, "query-timeout");
  live.close();
});

test("what nobody watches any more is not asked for", async () => {
  const { node, live } = opened();
  const end = live.watch(queryOf("recent"), { of: "hall" }, () => undefined);
  live.watch(queryOf("count"), { of: "hall" }, () => undefined);
  await settled();
  end();
  await settled();
  assert.equal(node.asked.length, 2);
  assert.ok(!node.asked[1]?.includes("recent"));
  live.close();
});
