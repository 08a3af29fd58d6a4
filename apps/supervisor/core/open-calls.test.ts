import assert from "node:assert/strict";
import { test } from "node:test";

import type { FrameMessage } from "@kith/sdk/connect/page-messages";

import { Failure } from "./failure.ts";
import { openCallsMax } from "./limits.ts";
import { OpenCalls } from "./open-calls.ts";

function codeOf(message: FrameMessage): string {
  return "failed" in message ? message.failed.code : Object.keys(message).join();
}

function done(id: number): FrameMessage {
  return { done: { id, value: new Uint8Array() } };
}

test("a page has so many calls under way and no more, until one of them has ended", async () => {
  const calls = new OpenCalls();
  const held = Promise.withResolvers<FrameMessage>();
  const open = Array.from({ length: openCallsMax }, (_, id) =>
    calls.answer(id, async () => (id === 0 ? held.promise : new Promise(() => {}))),
  );
  let isRun = false;
  const refused = await calls.answer(99, async () => {
    isRun = true;
    return done(99);
  });
  assert.deepEqual([codeOf(refused), isRun], ["too-many-calls", false]);
  held.resolve(done(0));
  await open[0];
  assert.equal(codeOf(await calls.answer(100, async () => done(100))), "done");
});

test("what goes wrong before a call begins is its answer, and takes no place afterwards", async () => {
  const calls = new OpenCalls();
  for (let count = 0; count <= openCallsMax; count++) {
    const failed = await calls.answer(count, async () => {
      throw new Failure("unreachable", "no node of the network can be reached");
    });
    assert.equal(codeOf(failed), "unreachable");
  }
});
