import assert from "node:assert/strict";
import { test } from "node:test";

import { subscribe, type LivePort, type StreamAnswer, type Subscription } from "./live.ts";
import { answersOf, eventsOf, liveQueryOf, rowsOf } from "./live/interests.ts";

/** Pieces of a stream, then its end, a break, or silence. */
type Script = {
  readonly status?: number;
  readonly text: readonly string[];
  readonly end: "end" | "break" | "silence";
};

/** Answers one request after the other, as written; timers run when a test says so, breaks are mended at once. */
class FakeNetwork {
  readonly requests: { readonly url: string; readonly lastEventId: string | undefined }[] = [];
  readonly delays: number[] = [];
  readonly aborting = new AbortController();
  silence: (() => void) | undefined;
  cancelled = 0;
  readonly #scripts: readonly (Script | "unreachable")[];

  constructor(...scripts: readonly (Script | "unreachable")[]) {
    this.#scripts = scripts;
  }

  readonly port: LivePort<AbortSignal> = {
    fetch: (url, { headers }) => {
      const script = this.#scripts[this.requests.length];
      this.requests.push({ url, lastEventId: headers["last-event-id"] });
      if (script === undefined) this.aborting.abort();
      if (script === undefined || script === "unreachable")
        return Promise.reject(new Error("no way"));
      return Promise.resolve(this.#answer(script));
    },
    after: (ms, run) => {
      if (ms === 45_000) this.silence = run;
      else {
        this.delays.push(ms);
        queueMicrotask(run);
      }
      return () => undefined;
    },
    random: () => 0,
  };

  run(parts: Partial<Subscription<AbortSignal>>) {
    const { port, aborting } = this;
    return subscribe("http://app.test/", {
      interests: [],
      port,
      signal: aborting.signal,
      ...parts,
    });
  }

  #answer({ status = 200, text, end }: Script): StreamAnswer {
    const pieces = [...text];
    let give: ((read: { done: boolean }) => void) | undefined;
    const type = status === 200 ? "text/event-stream; charset=utf-8" : "application/json";
    const read = () => {
      const piece = pieces.shift();
      if (piece !== undefined) {
        return Promise.resolve({ done: false, value: new TextEncoder().encode(piece) });
      }
      if (end === "end") return Promise.resolve({ done: true });
      if (end === "break") return Promise.reject(new Error("reset by peer"));
      queueMicrotask(() => this.silence?.());
      return new Promise<{ done: boolean }>((resolve) => (give = resolve));
    };
    const cancel = () => {
      this.cancelled++;
      give?.({ done: true });
      return Promise.resolve();
    };
    return {
      status,
      headers: { get: (name) => (name === "content-type" ? type : null) },
      body: { getReader: () => ({ read, cancel }) },
      text: () => Promise.resolve(text.join("")),
    };
  }
}

function event(name: string, id: string | undefined, data: unknown): string {
  return `event: ${name}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

const parseText = (json: unknown): string => {
  assert.equal(typeof json, "string");
  return String(json);
};

test("what is told reaches whom it is for, in its order and one after the other", async () => {
  const heard: string[] = [];
  const network = new FakeNetwork({
    text: [
      event("ready", "7", { block: 7 }),
      event("rows", undefined, {
        block: 8,
        rows: [
          { of: 0, key: { id: 1 }, row: "one" },
          { of: 0, key: { id: 2 }, row: null },
          { of: 0, key: { id: 3 }, tooLarge: true },
        ],
      }),
      event("event", "7-1", { of: 1, block: 8, position: 0, data: "happened" }),
      event("answer", "8", {
        of: 2,
        block: 8,
        status: 200,
        contentType: "text/plain",
        body: "fine",
      }),
      event("answer", "8", { of: 3, block: 8, failed: "query-timeout" }),
      event("unheard-of", "9", { block: 9 }),
      ":\nid: 10\n\n",
      event("reset", "11", { block: 11, reason: "behind" }),
    ],
    end: "end",
  });
  const positions: string[] = [];
  const done = await network.run({
    interests: [
      rowsOf({
        table: "posts",
        where: { topic: "tea & milk" },
        parse: parseText,
        onChange: async ({ block, key, row, tooLarge }) => {
          await Promise.resolve();
          heard.push(`${block} ${JSON.stringify(key)} ${row ?? "none"} ${tooLarge}`);
        },
      }),
      eventsOf({
        event: "posted",
        parse: parseText,
        onEvent: (told) => void heard.push(JSON.stringify(told)),
      }),
      answersOf({
        path: "/count?a=1",
        parse: parseText,
        onAnswer: (told) => void heard.push(JSON.stringify(told)),
      }),
      liveQueryOf({
        query: "{ a }",
        variables: { n: 1 },
        parse: parseText,
        onAnswer: (told) => void heard.push(JSON.stringify(told)),
      }),
    ],
    onReady: (block) => void heard.push(`ready ${block}`),
    onReset: (block) => void heard.push(`reset ${block}`),
    onPosition: (position) => positions.push(position),
  });
  assert.deepEqual(done, { ok: true, value: undefined });
  assert.deepEqual(heard, [
    "ready 7",
    `8 {"id":1} one false`,
    `8 {"id":2} none false`,
    `8 {"id":3} none true`,
    `{"block":8,"position":0,"data":"happened"}`,
    `{"block":8,"status":200,"body":"fine"}`,
    `{"block":8,"failed":"query-timeout"}`,
    "reset 11",
  ]);
  assert.deepEqual(positions, ["7", "7-1", "8", "9", "10", "11"]);
  const url = new URL(network.requests[0]?.url ?? "");
  assert.equal(url.pathname, "/changes");
  assert.deepEqual(
    [...url.searchParams],
    [
      ["rows", `{"table":"posts","where":{"topic":"tea & milk"}}`],
      ["event", "posted"],
      ["path", "/count?a=1"],
      ["graphql", `{"query":"{ a }","variables":{"n":1}}`],
    ],
  );
});

function ready(id: string): string {
  return event("ready", id, { block: 7 });
}

test("a break is mended from where it was, with growing pauses until something is heard", async () => {
  const network = new FakeNetwork(
    { text: [`retry: 200\n\n${ready("7")}`], end: "break" },
    "unreachable",
    { status: 503, text: ["{}"], end: "end" },
    { text: [ready("9")], end: "end" },
    { text: ["half an ev"], end: "end" },
  );
  const breaks: string[] = [];
  await network.run({ since: "5", onBreak: ({ code }) => breaks.push(code) });
  assert.deepEqual(
    network.requests.map(({ lastEventId }) => lastEventId),
    ["5", "7", "7", "7", "9", "9"],
  );
  assert.deepEqual(breaks, ["unreachable", "unreachable", "refused-for-now", "ended", "ended"]);
  assert.deepEqual(network.delays, [100, 200, 400, 100, 200]);
});

test("a position counts only when what came with it has been taken", async () => {
  const network = new FakeNetwork({
    text: [
      event("ready", "7", { block: 7 }),
      event("event", "8", { of: 0, block: 8, position: 0, data: "x" }),
    ],
    end: "end",
  });
  const positions: string[] = [];
  const fails = eventsOf({
    event: "posted",
    parse: parseText,
    onEvent: () => Promise.reject(new Error("the disk is full")),
  });
  const run = network.run({
    interests: [fails],
    onPosition: (position) => positions.push(position),
  });
  await assert.rejects(run, /the disk is full/);
  assert.deepEqual(positions, ["7"]);
  assert.equal(network.cancelled, 1);
});

test("a silent connection is given up", async () => {
  const network = new FakeNetwork({ text: [], end: "silence" });
  const breaks: string[] = [];
  await network.run({ onBreak: ({ code }) => breaks.push(code) });
  assert.deepEqual(breaks, ["silent"]);
});

test("a refusal that will not pass ends the subscription", async () => {
  const text = [JSON.stringify({ code: "interest-table-unknown", message: "there is none" })];
  const network = new FakeNetwork({ status: 404, text, end: "end" });
  assert.deepEqual(await network.run({}), {
    ok: false,
    error: {
      code: "refused",
      status: 404,
      reason: "interest-table-unknown",
      message: "there is none",
    },
  });
});

test("what no node says breaks the connection", async () => {
  const nonsense = [
    event("rows", "1", { block: 1, rows: 5 }),
    event("event", "1", { of: 9, block: 1 }),
    "event: ready\ndata: [\n\n",
    event("ready", "1", {}),
  ];
  for (const text of nonsense) {
    const network = new FakeNetwork({ text: [text], end: "silence" });
    const breaks: string[] = [];
    await network.run({ onBreak: ({ code }) => breaks.push(code) });
    assert.deepEqual(breaks, ["answer-malformed"], text);
    assert.equal(network.requests[1]?.lastEventId, undefined);
  }
});

test("the signal ends a subscription in the middle of a pause", async () => {
  const network = new FakeNetwork("unreachable", { text: [], end: "silence" });
  const port = { ...network.port, after: () => () => undefined };
  const run = network.run({ port });
  while (network.requests.length === 0) await Promise.resolve();
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  network.aborting.abort();
  assert.deepEqual(await run, { ok: true, value: undefined });
  assert.equal(network.requests.length, 1);
});

/** A network that is gone, timers that run when a test says so, and a browser that says when it is back. */
class GoneNetwork {
  requestCount = 0;
  readonly aborting = new AbortController();
  readonly timers: { readonly ms: number; readonly run: () => void }[] = [];
  readonly told = new Set<() => void>();

  readonly port: LivePort<AbortSignal> = {
    fetch: () => {
      this.requestCount++;
      return Promise.reject(new Error("no way"));
    },
    after: (ms, run) => {
      const timer = { ms, run };
      this.timers.push(timer);
      return () => {
        const place = this.timers.indexOf(timer);
        if (place !== -1) this.timers.splice(place, 1);
      };
    },
    random: () => 0.5,
    onReach: (run) => {
      this.told.add(run);
      return () => this.told.delete(run);
    },
  };

  /** What waits, in milliseconds. */
  get pauses(): readonly number[] {
    return this.timers.map(({ ms }) => ms);
  }

  run() {
    const { port, aborting } = this;
    return subscribe("http://app.test/", { interests: [], port, signal: aborting.signal });
  }

  async fire(ms: number): Promise<void> {
    this.timers.find((timer) => timer.ms === ms)?.run();
    await this.settled();
  }

  async tell(): Promise<void> {
    for (const run of this.told) run();
    await this.settled();
  }

  async settled(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
}

test("a stream that waits tries at once when the network is back, and with short pauses after that", async () => {
  const network = new GoneNetwork();
  const run = network.run();
  await network.settled();
  for (const ms of [750, 1500, 3000, 6000, 12_000]) await network.fire(ms);
  assert.deepEqual([network.requestCount, network.pauses], [6, [22_500]]);

  await network.tell();
  await network.tell();
  assert.deepEqual(network.pauses, [22_500, 250], "not all pages in the same millisecond");
  await network.fire(250);
  assert.deepEqual([network.requestCount, network.pauses], [7, [750]]);

  network.aborting.abort();
  assert.deepEqual(await run, { ok: true, value: undefined });
  assert.deepEqual([network.pauses, network.told.size], [[], 0], "nothing is left behind");
});
