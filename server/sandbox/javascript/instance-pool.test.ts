import assert from "node:assert/strict";
import { test } from "node:test";

import type { EngineInstance } from "../engine/engine-instance.ts";
import { openEngine } from "../engine/engine-module.ts";
import { GuestSession } from "../guest/guest-session.ts";
import { TestHost } from "../guest/test-host.ts";
import { makeImage, type Image } from "./image.ts";
import { InstancePool } from "./instance-pool.ts";

const images = ["one", "two"].map(imageOf);

function imageOf(name: string): Image {
  const definition = JSON.stringify({ name, tables: [], schema: "{}" });
  const source = `Object.defineProperty(globalThis, "kithGuest", { value: { definition: ${JSON.stringify(definition)}, serves: false, run: () => {} } });`;
  const image = makeImage(openEngine(), new TextEncoder().encode(source));
  assert.ok(image.ok, JSON.stringify(image));
  return image.value;
}

function assertFresh({ memory }: EngineInstance, { state }: Image): void {
  const { bytes } = memory;
  assert.equal(Buffer.compare(bytes.subarray(0, state.memory.length), state.memory), 0);
  assert.ok(bytes.subarray(state.memory.length).every((byte) => byte === 0));
}

function spoil({ memory }: EngineInstance): void {
  memory.bytes.fill(0xab, 1024);
}

test("an instance is the image, whatever ran in it before and however soon it comes again", async () => {
  const pool = new InstancePool(openEngine());
  for (let round = 0; round < 6; round++) {
    for (const image of images) {
      const taken = [pool.take(image), pool.take(image)];
      for (const instance of taken) {
        assertFresh(instance, image);
        spoil(instance);
      }
      for (const instance of taken) pool.giveBack(instance);
    }
    // In every other round the pool has had time to make them ready.
    if (round % 2 === 1) await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

test("an instance that was made ready for one image becomes another one", async () => {
  const pool = new InstancePool(openEngine());
  const [one, two] = images;
  assert.ok(one !== undefined && two !== undefined);
  const first = pool.take(one);
  spoil(first);
  pool.giveBack(first);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertFresh(first, one);
  const second = pool.take({ ...two, pages: one.pages });
  assert.equal(second, first);
  assertFresh(second, two);
});

test("one whose memory grew does not come back, nor one that is running", () => {
  const pool = new InstancePool(openEngine());
  const [one] = images;
  assert.ok(one !== undefined);
  const first = pool.take(one);
  first.hasGrown = true;
  pool.giveBack(first);
  const second = pool.take(one);
  assert.notEqual(second, first);
  const calls = new GuestSession(new TestHost(), new Map());
  second.within(calls, () => pool.giveBack(second));
  const third = pool.take(one);
  assert.notEqual(third, second);
});

test("one that was given back twice is used once", () => {
  const pool = new InstancePool(openEngine());
  const [one] = images;
  assert.ok(one !== undefined);
  const first = pool.take(one);
  pool.giveBack(first);
  pool.giveBack(first);
  assert.equal(pool.take(one), first);
  assert.notEqual(pool.take(one), first);
});
