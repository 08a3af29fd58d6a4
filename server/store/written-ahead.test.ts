import assert from "node:assert/strict";
import { test } from "node:test";

import { brandAccountName, type BlockNum } from "@kith/protocol/ids";

import { appliedRecord, newFolder, openedState } from "./fixtures.ts";
import { openStateReader } from "./state-reader.ts";
import type { WrittenAhead } from "./state-writer.ts";

const address = { service: brandAccountName("counter"), space: 0, key: Uint8Array.of(1) };

/** Something that is durable as far as a test says. */
class Ahead implements WrittenAhead {
  durable = 0;
  forced = 0;

  isDurable(num: BlockNum): boolean {
    return num <= this.durable;
  }

  makeDurable(num: BlockNum): void {
    if (num <= this.durable) return;
    this.durable = num;
    this.forced += 1;
  }
}

function applyBlocks(state: ReturnType<typeof openedState>, from: number, to: number): void {
  for (let num = from; num <= to; num += 1) {
    state.begin();
    state.putRow(address, Uint8Array.of(num));
    state.commit(appliedRecord(num));
  }
}

test("no block is in state.db before its events are on the disk", { timeout: 20_000 }, async () => {
  const [folder, ahead] = [newFolder(), new Ahead()];
  const state = openedState(folder, { ahead });
  const reader = openStateReader(folder);
  const inFile = (): number => reader.read((_, applied) => applied?.num ?? 0);
  applyBlocks(state, 1, 5);
  let flushed = false;
  const flush = state.flush().then(() => {
    flushed = true;
  });
  for (ahead.durable = 0; ahead.durable < 5; ahead.durable += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([inFile(), flushed], [0, false]);
  }
  await flush;
  assert.deepEqual([inFile(), state.durableNum(), ahead.forced], [5, 5, 0]);
  reader.close();
  await state.close();
});

test("a state that cannot wait, or closes, has them brought to the disk first", async () => {
  const [folder, ahead] = [newFolder(), new Ahead()];
  const state = openedState(folder, { ahead, pendingBytesMax: 1000 });
  applyBlocks(state, 1, 60);
  assert.ok(ahead.forced > 0, "more gathered than may wait");
  await state.close();
  assert.equal(ahead.durable, 60);
  assert.equal(openedState(folder).applied()?.num, 60);
});
