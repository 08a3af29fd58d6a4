import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import { keyClaim } from "@kith/sdk/claims";
import { publicKeyOf } from "@kith/sdk/transaction";

import { keyOf, owner, ownerKey } from "../network.ts";
import { childPids, QueryWorld } from "./world.ts";

/** Where the system tells which processes this one has started. */
const tellsChildren = existsSync(`/proc/${process.pid}/task/${process.pid}/children`);
const testOfChildren = tellsChildren ? test : test.skip;

test("a query process answers with the newest block, which the file does not have yet", async (context) => {
  const world = await QueryWorld.open(context);
  assert.equal(await world.ask("/value/a"), null);
  for (let value = 1; value <= 50; value++) {
    world.set("a", value);
    assert.equal(await world.ask("/value/a"), value);
    assert.deepEqual(await world.ask("/all"), [value]);
  }
  assert.ok(world.state.writtenNum() < (world.state.applied()?.num ?? 0));
  await world.state.write();
  assert.equal(await world.ask("/value/a"), 50);
  assert.equal(await world.ask("/nothing"), undefined);
});

test("a query process is told whose question it is, and who may ask in whose name", async (context) => {
  const world = await QueryWorld.open(context);
  assert.equal(await world.ask("/user"), null);
  assert.equal(await world.ask("/user", "counter", owner), owner);
  const claim = keyClaim(publicKeyOf(ownerKey));
  const question = { account: owner, app: accountNameConstant("counter"), claim };
  const allowed = { ok: true, value: { kind: "allowed", validFrom: 0 } };
  assert.deepEqual(await world.queries.mayLogIn(question), allowed);
  const other = { ...question, claim: keyClaim(publicKeyOf(keyOf(9))) };
  const refused = await world.queries.mayLogIn(other);
  assert.ok(refused.ok && refused.value.kind === "refused");
  assert.equal(refused.value.code, "wrong-key");
});

test("under load everybody reads what they were told, in the file or not", async (context) => {
  const world = await QueryWorld.open(context, { processes: 2 });
  const written = { value: 0 };
  const asked = { count: 0 };
  const writing = (async () => {
    for (let at = 0; asked.count < 300; at++) {
      world.set("a", ++written.value);
      if (at % 20 === 0) await world.state.write();
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const reader = async (): Promise<void> => {
    while (asked.count < 300) {
      const told = written.value;
      const read = await world.ask("/value/a");
      assert.ok(typeof read === "number" || read === null);
      assert.ok((read ?? 0) >= told, `${read} after ${told}`);
      asked.count++;
      // An answer that is kept comes at once, and the writer has to have its turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all([writing, ...Array.from({ length: 8 }, reader)]);
  assert.equal(await world.ask("/value/a"), written.value);
});

test("a loop without end is killed at its deadline, and the others are answered", async (context) => {
  const world = await QueryWorld.open(context, { queryMs: 300 });
  world.set("a", 5);
  assert.equal(await world.ask("/value/a"), 5);
  const startMs = performance.now();
  const loop = world.ask("/loop");
  const others = await Promise.all([
    world.ask("/hello", "neighbour"),
    world.ask("/all"),
    world.ask("/height"),
  ]);
  assert.equal(await loop, "query-timeout");
  assert.ok(performance.now() - startMs < 3_000);
  assert.deepEqual([others[0], others[1]], ["hello", [5]]);
  assert.equal(world.queries.metrics().timedOut, 1);
});

test("with two processes a loop without end holds up nobody else", async (context) => {
  const world = await QueryWorld.open(context, { processes: 2, queryMs: 2_000 });
  // Enough at once for both to be there.
  await Promise.all(Array.from({ length: 40 }, (_, at) => world.ask(`/value/${at}`)));
  while (world.queries.metrics().processes < 2) await world.ask(`/height`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const loop = world.ask("/loop");
  const startMs = performance.now();
  for (let at = 0; at < 100; at++) assert.equal(await world.ask(`/value/x${at}`), null);
  assert.ok(performance.now() - startMs < 1_500, "nobody waited for the deadline");
  assert.equal(await loop, "query-timeout");
});

void testOfChildren(
  "processes that are killed in the middle of answers cost nobody one",
  async (context) => {
    const world = await QueryWorld.open(context, { processes: 2 });
    world.set("a", 1);
    await world.ask("/value/a");
    const { queries } = world;
    let killed = 0;
    const client = async (name: string): Promise<void> => {
      for (let at = 0; at < 200; at++) {
        assert.equal(await world.ask(`/value/${name}-${at}`), null);
        // Whoever comes to the next hundred first.
        if (queries.metrics().answered < 100 * (killed + 1)) continue;
        const [pid] = childPids();
        if (pid === undefined) continue;
        process.kill(pid, "SIGKILL");
        killed++;
      }
    };
    await Promise.all(Array.from({ length: 6 }, (_, at) => client(`client-${at}`)));
    assert.ok(killed >= 5, `${killed} were killed`);
    assert.ok(queries.metrics().restarts >= 5);
  },
);

test("an answer is kept until a block touches what it was made from", async (context) => {
  const world = await QueryWorld.open(context);
  const { queries } = world;
  const cachedBy = async (path: string): Promise<boolean> => {
    const before = queries.metrics().cached;
    await world.ask(path);
    return queries.metrics().cached > before;
  };
  world.set("a", 1);
  assert.equal(await cachedBy("/value/a"), false);
  assert.equal(await cachedBy("/value/a"), true);
  world.set("b", 1);
  assert.equal(await cachedBy("/value/a"), true, "another row of the table");
  world.set("a", 1, "setOther");
  assert.equal(await cachedBy("/value/a"), true, "another table");
  world.set("a", 2);
  assert.equal(await cachedBy("/value/a"), false);
  assert.equal(await world.ask("/value/a"), 2);
  assert.equal(await cachedBy("/all"), false);
  assert.equal(await cachedBy("/all"), true);
  world.set("c", 3);
  assert.equal(await cachedBy("/all"), false, "a new row in the range");
  assert.equal(await cachedBy("/value/none"), false);
  world.set("none", 3);
  assert.equal(await cachedBy("/value/none"), false, "a row that was not there");
  assert.equal(await cachedBy("/height"), false);
  assert.equal(await cachedBy("/height"), true);
  world.set("d", 1, "setOther");
  assert.equal(await cachedBy("/height"), false, "the number of the block");
  assert.equal(await cachedBy("/refuse"), false);
  assert.equal(await cachedBy("/refuse"), false, "what went wrong is not kept");
});

test("the same question at the same height is answered once, however many ask", async (context) => {
  const world = await QueryWorld.open(context);
  const answers = await Promise.all(Array.from({ length: 50 }, () => world.ask("/busy-2")));
  assert.deepEqual(new Set(answers), new Set([0]));
  assert.equal(world.queries.metrics().answered, 1);
});

test("an answer has a tag of its content", async (context) => {
  const world = await QueryWorld.open(context);
  const tagOf = async (path: string): Promise<string | undefined> => {
    const reply = await world.reply(path);
    assert.ok(typeof reply === "object");
    return reply.headers.find(({ name }) => name === "etag")?.value;
  };
  const empty = await tagOf("/all");
  assert.match(empty ?? "", /^"[0-9a-f]{24}"$/);
  world.set("a", 1);
  const one = await tagOf("/all");
  assert.notEqual(one, empty);
  world.set("a", 2);
  world.set("a", 1);
  assert.equal(await tagOf("/all"), one);
});

for (const processes of [0, 1]) {
  const where = processes === 0 ? "in the node's own thread" : "in a process";
  test(`SQL sees the newest block and the same as rows do, ${where}`, async (context) => {
    const world = await QueryWorld.open(context, { processes });
    for (let value = 1; value <= 20; value++) {
      world.set(`row ${value}`, value);
      const sum = (value * (value + 1)) / 2;
      assert.deepEqual(await world.ask("/sum"), { sum, rows: sum });
      if (value % 5 === 0) await world.state.write();
    }
    const before = world.queries.metrics().cached;
    world.set("elsewhere", 1, "setOther");
    await world.ask("/sum");
    assert.equal(world.queries.metrics().cached, before, "SQL may have read any of its tables");
    await world.ask("/sum");
    assert.equal(world.queries.metrics().cached, before + 1);
  });
}

test("actions have no SQL, in a transaction or called by a query", async (context) => {
  const world = await QueryWorld.open(context);
  world.set("a", 1);
  assert.equal(world.failureOf("setSum"), "sql-unavailable");
  assert.equal(await world.ask("/value/sum"), null);
  const message = "only queries may use SQL";
  assert.deepEqual(await world.ask("/ask", "neighbour"), { code: "sql-unavailable", message });
});

test("without processes the node's own thread gives the same answers", async (context) => {
  const world = await QueryWorld.open(context, { processes: 0 });
  world.set("a", 4);
  assert.equal(await world.ask("/value/a"), 4);
  assert.deepEqual(await world.ask("/refuse"), { code: "no-entry", message: "not for you" });
  assert.equal(world.queries.metrics().processes, 0);
});

void testOfChildren(
  "a process that takes all memory is killed before the machine has none",
  async (context) => {
    const world = await QueryWorld.open(context, {
      queryMs: 60_000,
      residentBytesMax: 256 * 1024 * 1024,
    });
    assert.equal(await world.ask("/grow"), "query-crashed");
    assert.equal(await world.ask("/hello", "neighbour"), "hello");
  },
);

void testOfChildren(
  "a query that does not end does not outlive its node, however that ends",
  async () => {
    const script = join(import.meta.dirname, "looping-node.ts");
    const node = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const printed = await new Promise((resolve) =>
      node.stdout.setEncoding("utf8").once("data", resolve),
    );
    const pids = String(printed).trim().split(" ").map(Number);
    assert.ok(pids.length > 0 && pids.every(runs));
    node.kill("SIGKILL");
    const endMs = performance.now() + 10_000;
    while (pids.some(runs)) {
      assert.ok(performance.now() < endMs, `${pids.filter(runs).join(" ")} still run`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
);

/** A process that has ended and that nobody has asked about does not run. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
