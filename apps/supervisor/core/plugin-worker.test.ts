import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";

import type { Called, TopCall } from "../machine/plugin-machine.ts";
import type { FromWorker, MachineStart, ToWorker } from "../worker/messages.ts";
import { Failure } from "./failure.ts";
import { PluginWorker } from "./plugin-worker.ts";

const app = accountNameConstant("board");
const about = { app, network: "01".repeat(32), root: "kith.test", nowMicros: 0 };
const call: TopCall = {
  caller: app,
  callee: app,
  method: methodNameConstant("post"),
  args: new Uint8Array(),
  about,
};
const called: Called = {
  actions: [],
  claims: [],
  effects: [],
  result: { ok: true, value: new Uint8Array([7]) },
};
const answer = () => Promise.reject(new Error("nothing is asked"));

/** A thread that does nothing by itself. */
class FakeWorker extends EventTarget {
  readonly told: ToWorker[] = [];
  isTerminated = false;

  say(message: FromWorker): void {
    this.dispatchEvent(new MessageEvent("message", { data: message }));
  }

  fail(): void {
    this.dispatchEvent(new Event("error"));
  }

  postMessage(message: ToWorker): void {
    this.told.push(message);
    if (message.kind === "call") this.say({ kind: "called", id: message.id, called });
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

function openThreads(start: () => Promise<unknown> = async () => undefined) {
  const threads: FakeWorker[] = [];
  const worker = new PluginWorker({
    open: () => {
      const thread = new FakeWorker();
      threads.push(thread);
      return thread as unknown as Worker;
    },
    start: start as () => Promise<MachineStart>,
    wholeEngine: async () => undefined,
    onLog: () => undefined,
  });
  return { worker, threads };
}

test("calls wait for the thread to be ready, and share it", async () => {
  const { worker, threads } = openThreads();
  const both = [worker.call(call, [], answer), worker.call(call, [], answer)];
  threads[0]?.say({ kind: "ready" });
  assert.deepEqual(await Promise.all(both), [called, called]);
  assert.deepEqual(
    threads.map(({ told }) => told.map(({ kind }) => kind)),
    [["start", "call", "call"]],
  );
});

test("a thread that fails before it is ready fails whoever waits for it, and the next call has another one", async () => {
  const { worker, threads } = openThreads();
  const waiting = [worker.warmUp(), worker.call(call, [], answer)];
  threads[0]?.fail();
  for (const each of waiting) await assert.rejects(each, { code: "plugins-not-started" });
  assert.equal(threads[0]?.isTerminated, true);
  const next = worker.call(call, [], answer);
  // Late news of the first one are no news of the second.
  threads[0]?.fail();
  threads[1]?.say({ kind: "ready" });
  assert.deepEqual(await next, called);
});

test("a thread without an engine is ended, and the next call tries again", async () => {
  let isReached = false;
  const { worker, threads } = openThreads(async () => {
    if (!isReached) throw new Failure("machine-missing", "there is no network");
  });
  const first = worker.call(call, [], answer);
  threads[0]?.say({ kind: "ready" });
  await assert.rejects(first, { code: "machine-missing" });
  assert.equal(threads[0]?.isTerminated, true);
  isReached = true;
  const next = worker.call(call, [], answer);
  threads[1]?.say({ kind: "ready" });
  assert.deepEqual(await next, called);
});

test("a thread that cannot be made is tried again, too", async () => {
  let isAllowed = false;
  const thread = new FakeWorker();
  const worker = new PluginWorker({
    open: () => {
      if (!isAllowed) throw new Failure("not-allowed", "no threads here");
      return thread as unknown as Worker;
    },
    start: async () => ({}) as MachineStart,
    wholeEngine: async () => undefined,
    onLog: () => undefined,
  });
  await assert.rejects(worker.call(call, [], answer), { code: "not-allowed" });
  isAllowed = true;
  const next = worker.call(call, [], answer);
  thread.say({ kind: "ready" });
  assert.deepEqual(await next, called);
});
