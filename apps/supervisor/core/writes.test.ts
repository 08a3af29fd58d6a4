import assert from "node:assert/strict";
import { test } from "node:test";

import { blockNumOf } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";
import { receiptCodec, type Receipt } from "@kith/protocol/receipt";

import type { Database, EffectRow } from "./database.ts";
import { Failure } from "./failure.ts";
import type { NodeRequest } from "./nodes.ts";
import { testDatabase } from "./test-database.ts";
import { alice, berta, board, chat, writeOf } from "./test-writes.ts";
import { WriteStore } from "./write-store.ts";
import { Writes, type SignedWrite } from "./writes.ts";

type Answer = "final" | "refused" | "busy" | "gone";
type DiscardWrite = ConstructorParameters<typeof Writes>[0]["discard"];
type Asked = Pick<NodeRequest, "isPoor"> & {
  readonly number: number;
  readonly give: (answer: Answer) => void;
};

const effect: EffectRow = {
  host: board,
  method: methodNameConstant("keep"),
  args: new Uint8Array(),
};

/** A browser whose pages share one database and one lock, and a network that says what the test wants. */
class Browser {
  readonly asked: Asked[] = [];
  readonly applied: string[] = [];
  readonly database: Database;
  /** What the network says at once; undefined: it waits for the test. */
  answer: Answer | undefined;
  #isLocked = false;
  #timers: (() => void)[] = [];

  private constructor(database: Database) {
    this.database = database;
  }

  static async open(): Promise<Browser> {
    return new Browser(await testDatabase());
  }

  page(name: string, discard: DiscardWrite = async () => {}): Writes {
    return new Writes({
      nodes: { fetch: (request) => this.#fetch(request) },
      store: new WriteStore(this.database),
      apply: async ({ id }) => void this.applied.push(`${name} ${id.slice(0, 2)}`),
      discard,
      onChange: () => {},
      page: name,
      browser: {
        alone: async (run) => {
          if (this.#isLocked) return false;
          this.#isLocked = true;
          await run().finally(() => (this.#isLocked = false));
          return true;
        },
        after: (_ms, run) => {
          this.#timers.push(run);
          return () => void (this.#timers = this.#timers.filter((each) => each !== run));
        },
      },
    });
  }

  /** Writes of a page that found no network; the one that comes then has been asked nothing. */
  async leave(page: Writes, writes: readonly SignedWrite[]): Promise<void> {
    this.answer = "gone";
    for (const write of writes) await page.send(write);
    this.answer = undefined;
    this.asked.length = 0;
  }

  /** Lets what is planned for later happen; how much that was. */
  passTime(): number {
    const due = this.#timers;
    this.#timers = [];
    for (const run of due) run();
    return due.length;
  }

  /** What the network was asked, in its order. */
  get order(): readonly number[] {
    return this.asked.map(({ number }) => number);
  }

  async states(): Promise<readonly string[]> {
    return (await new WriteStore(this.database).all()).map(({ state }) => state);
  }

  /** The network's next question, once it comes. */
  async question(count: number): Promise<Asked> {
    for (let tries = 0; tries < 500; tries++) {
      const found = this.asked[count - 1];
      if (found !== undefined) return found;
      await rest();
    }
    throw new Error(`the network was asked ${this.asked.length} times, not ${count}`);
  }

  /** Until the writes are in these states. */
  async comesTo(states: readonly string[]): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      if (String(await this.states()) === String(states)) return;
      await rest();
    }
    assert.deepEqual(await this.states(), states);
  }

  /** As long as whatever is under way takes. */
  async rests(): Promise<void> {
    for (let times = 0; times < 30; times++) await rest();
  }

  #fetch({ body, isPoor }: NodeRequest): Promise<Response> {
    const number = body instanceof Uint8Array ? (body[0] ?? 0) : 0;
    return new Promise((resolve, reject) => {
      const give = (answer: Answer): void => {
        if (answer === "gone") reject(new Failure("unreachable", "no node"));
        else resolve(responseOf(answer));
      };
      this.asked.push({ number, give, ...(isPoor === undefined ? {} : { isPoor }) });
      if (this.answer !== undefined) give(this.answer);
    });
  }
}

const receipt: Receipt = {
  transactionId: writeOf(1).id,
  blockNum: blockNumOf(7),
  blockTime: 1,
  index: 0,
  results: [],
};

/** Long enough for a change of the database. */
function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

function responseOf(answer: Exclude<Answer, "gone">): Response {
  if (answer === "final") {
    const bytes = new Uint8Array(receiptCodec.pack(receipt));
    return new Response(bytes, { headers: { "content-type": "application/octet-stream" } });
  }
  const status = answer === "refused" ? 422 : 504;
  return Response.json({ code: answer, message: answer }, { status });
}

test("nothing is sent before it is written down", async () => {
  const browser = await Browser.open();
  const sending = browser.page("a").send(writeOf(1));
  const asked = await browser.question(1);
  assert.deepEqual(await browser.states(), ["sent"]);
  asked.give("final");
  assert.equal((await sending).kind, "final");
  assert.deepEqual(await browser.states(), ["final"]);
});

test("who says that it was executed, and not how, is not the only one to be asked", async () => {
  const browser = await Browser.open();
  browser.answer = "final";
  await browser.page("a").send(writeOf(1));
  const { isPoor } = await browser.question(1);
  const executed = Response.json({ code: "already-executed", message: "" }, { status: 409 });
  assert.deepEqual([await isPoor?.(executed), await isPoor?.(responseOf("final"))], [true, false]);
});

test("what cannot be written down is not sent, and what was made for it is undone", async () => {
  const discarded: unknown[] = [];
  const browser = await Browser.open();
  browser.database.close();
  const page = browser.page("a", async ({ effects }) => void discarded.push(effects));
  await assert.rejects(page.send(writeOf(1, { effects: [effect] })));
  assert.deepEqual([browser.order, discarded], [[], [[effect]]]);
});

test("what the network refuses is over when somebody has heard of it, and stays when nobody has", async () => {
  const browser = await Browser.open();
  browser.answer = "refused";
  const heard = await browser.page("a").send(writeOf(1));
  assert.ok(heard.kind === "failed" && heard.code === "refused");
  assert.deepEqual(await browser.states(), []);
  browser.answer = "gone";
  const queued = await browser.page("a").send(writeOf(2));
  assert.ok(queued.kind === "undecided" && queued.code === "unreachable");
  browser.answer = "refused";
  browser.page("b").sendQueued();
  await browser.comesTo(["failed"]);
});

test("a write that is queued while others are sent is sent as well, and nobody has to ask for that", async () => {
  const browser = await Browser.open();
  const page = browser.page("a");
  const sending = page.send(writeOf(2, { app: chat }));
  const direct = await browser.question(1);
  browser.answer = "gone";
  await page.send(writeOf(1));
  browser.answer = undefined;
  page.sendQueued();
  const drained = await browser.question(3);
  assert.equal(drained.number, 1);
  direct.give("busy");
  assert.equal((await sending).kind, "undecided");
  drained.give("final");
  (await browser.question(4)).give("final");
  await browser.rests();
  assert.deepEqual(
    [browser.order, await browser.states()],
    [
      [2, 1, 1, 2],
      ["final", "final"],
    ],
  );
});

test("a page that finds another one sending looks again later", async () => {
  const browser = await Browser.open();
  browser.answer = "gone";
  const [first, second] = [browser.page("a"), browser.page("b")];
  await first.send(writeOf(1));
  browser.passTime();
  await browser.rests();
  browser.answer = undefined;
  first.sendQueued();
  const asked = await browser.question(3);
  second.sendQueued();
  await browser.rests();
  asked.give("gone");
  await browser.rests();
  browser.answer = "final";
  assert.equal(browser.passTime(), 2, "both of them");
  await browser.comesTo(["final"]);
});

test("a write does not overtake what waits of the same user and app, and overtakes all else", async () => {
  const browser = await Browser.open();
  const page = browser.page("a");
  await browser.leave(page, [writeOf(1), writeOf(2)]);
  browser.answer = "final";
  const [own, othersApp, otherUser] = await Promise.all([
    page.send(writeOf(3)),
    page.send(writeOf(4, { app: chat })),
    page.send(writeOf(5, { user: berta })),
  ]);
  assert.deepEqual([own.kind, othersApp.kind, otherUser.kind], ["final", "final", "final"]);
  assert.deepEqual(
    browser.order.filter((number) => number < 4),
    [1, 2, 3],
  );
  assert.deepEqual(new Set(browser.order), new Set([1, 2, 3, 4, 5]));
});

test("what another app or user has left is not waited for", async () => {
  const browser = await Browser.open();
  const page = browser.page("a");
  await browser.leave(page, [writeOf(1)]);
  for (const [place, other] of [{ app: chat }, { user: berta }].entries()) {
    const sending = page.send(writeOf(place + 2, other));
    const asked = await browser.question(place + 1);
    assert.equal(asked.number, place + 2);
    asked.give("final");
    await sending;
  }
});

test("without a network one question is enough to know that", async () => {
  const browser = await Browser.open();
  const page = browser.page("a");
  await browser.leave(page, [writeOf(1), writeOf(2, { app: chat })]);
  browser.answer = "gone";
  browser.passTime();
  await browser.rests();
  assert.deepEqual(browser.order, [1]);
});

test("a call whose turn does not come ends as queued, and what becomes of it stays to be seen", async () => {
  const browser = await Browser.open();
  const page = browser.page("a");
  browser.answer = "gone";
  await page.send(writeOf(1));
  const behind = await page.send(writeOf(2));
  assert.ok(behind.kind === "undecided", behind.kind);
  browser.answer = "refused";
  page.sendQueued();
  await browser.comesTo(["failed", "failed"]);
});

test("a write that the network cannot decide holds up its own line only", async () => {
  const browser = await Browser.open();
  const page = browser.page("a");
  await browser.leave(page, [writeOf(1), writeOf(2), writeOf(3, { app: chat })]);
  page.sendQueued();
  (await browser.question(1)).give("busy");
  (await browser.question(2)).give("final");
  await browser.rests();
  assert.deepEqual(
    [browser.order, await browser.states()],
    [
      [1, 3],
      ["queued", "queued", "final"],
    ],
  );
});

test("what has failed is sent again once, whoever asks for that, and not at all once it is dropped", async () => {
  const browser = await Browser.open();
  const [first, second] = [browser.page("a"), browser.page("b")];
  browser.answer = "gone";
  await first.send(writeOf(1));
  browser.answer = "refused";
  first.sendQueued();
  await browser.comesTo(["failed"]);
  const viewer = { app: board, user: alice };
  const [failed] = await first.statesFor(board, alice);
  assert.ok(failed?.state === "failed");
  const row = await first.failed(failed.transactionId, viewer);
  browser.answer = "final";
  browser.asked.length = 0;
  const tries = await Promise.allSettled([
    first.send(writeOf(2), row),
    second.send(writeOf(3), row),
    first.send(writeOf(4), row),
  ]);
  assert.deepEqual(
    tries.map(({ status }) => status),
    ["fulfilled", "rejected", "rejected"],
  );
  assert.deepEqual([browser.order, await browser.states()], [[2], ["final"]]);

  browser.answer = "gone";
  await first.send(writeOf(5));
  browser.answer = "refused";
  first.sendQueued();
  await browser.comesTo(["final", "failed"]);
  const left = await first.failed(writeOf(5).id, viewer);
  await second.drop(left);
  await assert.rejects(first.send(writeOf(6), left), { code: "write-unknown" });
  assert.deepEqual(await browser.states(), ["final"]);
});

for (const late of ["gone", "final", "refused"] as const) {
  test(`two pages that send the same do once what it is to do, whatever the second hears: ${late}`, async () => {
    const browser = await Browser.open();
    const sending = browser.page("a").send(writeOf(1, { effects: [effect] }));
    const first = await browser.question(1);
    browser.page("b").sendQueued();
    const second = await browser.question(2);
    first.give("final");
    assert.equal((await sending).kind, "final");
    second.give(late);
    await browser.rests();
    assert.deepEqual([await browser.states(), browser.applied], [["final"], ["a 01"]]);
  });
}

test("what one page has heard of is not brought back by another", async () => {
  const browser = await Browser.open();
  const sending = browser.page("a").send(writeOf(1));
  const first = await browser.question(1);
  browser.page("b").sendQueued();
  const second = await browser.question(2);
  first.give("refused");
  assert.equal((await sending).kind, "failed");
  second.give("refused");
  await browser.comesTo([]);
});

test("effects that a page has left undone are carried out by the next, once", async () => {
  const browser = await Browser.open();
  const { id, ...write } = writeOf(1, { effects: [effect] });
  const endedAt = Date.now() - 60_000;
  await browser.database.put("writes", { ...write, id, signedAt: 1, state: "final", endedAt });
  for (const name of ["b", "c"]) {
    browser.page(name).sendQueued();
    await browser.rests();
  }
  assert.deepEqual([browser.applied, await browser.states()], [["b 01"], []]);
});
