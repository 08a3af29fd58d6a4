import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";

import { openMachine } from "@kith/sandbox/machine";

import { sample } from "../sample/service/index.ts";
import { testNetwork, valueOf } from "../test-network.ts";
import { plantedMachine, type Plant } from "./planted-machine.ts";
import { readRecording, recordingsVariable } from "./recording.ts";
import { describeDifference, replayElsewhere } from "./replay-elsewhere.ts";
import { replay, type Replayed } from "./replay.ts";
import { findSecondEngine } from "./second-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-replay-test-"));
after(() => rmSync(folder, { recursive: true }));
const long = { timeout: 60_000 };
const facts = { path: "", wrongBlock: 0, wrongId: "" };

/** Five blocks, of which one is worth a wrong engine. */
async function record(): Promise<void> {
  const app = resolve(import.meta.dirname, "../sample");
  const network = await testNetwork({ app, service: sample });
  const alice = network.account("alice");
  valueOf(network.as(alice).add({ number: 5, note: "first" }));
  const called = network.as(alice).spend({ number: 2 });
  assert.equal(valueOf(called), 3);
  facts.wrongBlock = called.receipt.blockNum;
  facts.wrongId = called.receipt.transactionId;
  assert.ok(!network.as(alice).spend({ number: 9 }).ok);
  await network.close();
  facts.path = join(folder, readdirSync(folder).find((each) => each.endsWith(".jsonl")) ?? "");
}

const outer = process.env[recordingsVariable];
process.env[recordingsVariable] = folder;
await record();
if (outer === undefined) delete process.env[recordingsVariable];
else process.env[recordingsVariable] = outer;

function replayOn(plant: Plant): Required<Replayed>["difference"] {
  const machine = plantedMachine(plant, { service: "sample", method: "spend" });
  const { difference } = replay(readRecording(facts.path), machine);
  assert.ok(difference !== undefined, plant);
  assert.equal(difference.blockNum, facts.wrongBlock);
  assert.deepEqual(difference.transaction, { index: 0, id: facts.wrongId });
  assert.deepEqual(difference.actions, ["alice: sample.spend"]);
  return difference;
}

test("an engine that agrees comes to the same in every block", long, () => {
  const replayed = replay(readRecording(facts.path), openMachine());
  assert.equal(replayed.difference, undefined);
  assert.equal(replayed.blocks, 5);
});

test(
  "an engine that is wrong about one action is found, with its block, transaction and action",
  long,
  () => {
    const result = replayOn("result");
    assert.equal(result.what, "receipt");
    assert.match(result.first, /^done, results 03000000$/);
    assert.match(result.second, /^done, results 03000001$/);
    const failure = replayOn("failure");
    assert.match(failure.second, /^failed in action 0: service-failed/);
    const row = replayOn("row");
    assert.match(row.what, /^row sample\/\d+\//);
    assert.notEqual(row.first, row.second);
    assert.equal(replayOn("event").what, "event root");
  },
);

test("people are told where the engines part", long, () => {
  const text = describeDifference("sample", replayOn("result"));
  const start = `Two engines disagree about block ${facts.wrongBlock} of sample, transaction 0 (`;
  assert.ok(text.startsWith(start), text);
  assert.match(text, /\n {2}action alice: sample\.spend\n/);
});

test(
  "another runtime runs the recordings again, and finds one that was changed",
  long,
  async () => {
    const engine = findSecondEngine();
    assert.equal(engine.isSame, false, "Deno is among the dependencies");
    try {
      const replayed = await replayElsewhere(folder, engine);
      assert.ok(replayed.ok, JSON.stringify(replayed));
      assert.deepEqual(
        replayed.value.map(({ blocks, difference }) => [blocks, difference]),
        [[5, undefined]],
      );
      const text = readFileSync(facts.path, "utf8");
      const lines = text.trim().split("\n");
      const last = JSON.parse(lines.pop() ?? "") as { facts: { stateRoot: string } };
      last.facts.stateRoot = "0".repeat(64);
      writeFileSync(facts.path, `${[...lines, JSON.stringify(last)].join("\n")}\n`);
      const changed = await replayElsewhere(folder, engine);
      writeFileSync(facts.path, text);
      assert.ok(changed.ok);
      assert.equal(changed.value[0]?.difference?.what, "state root");
    } finally {
      engine.close();
    }
  },
);

test("a second engine that does not come to its end is a fault, and no agreement", async () => {
  const wrong = { name: "Nothing", command: [process.execPath, "-e", "process.exit(3)"] } as const;
  const replayed = await replayElsewhere(folder, wrong);
  assert.ok(!replayed.ok);
  const silent = { name: "Silence", command: [process.execPath, "-e", "0"] } as const;
  assert.ok(!(await replayElsewhere(folder, silent)).ok);
});
