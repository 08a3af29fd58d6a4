import assert from "node:assert/strict";
import { test } from "node:test";

import { brandAccountName, type BlockNum } from "@kith/protocol/ids";

import { appliedRecord, newFolder, openedState } from "./fixtures.ts";
import { openStateReader } from "./state-reader.ts";
import type { WrittenAhead } from "./state-writer.ts";
import { balanceColumns, balanceKey, balanceRow } from "./tables/fixtures.ts";

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

test("tables that are declared are there for the next reading, though their block waits for its events", async () => {
  const [folder, ahead] = [newFolder(), new Ahead()];
  // Whoever asks for this has to wait for it elsewhere: the events come behind the commit.
  ahead.makeDurable = () => assert.fail("nothing is there to bring to the disk");
  const state = openedState(folder, { ahead });
  const { service } = address;
  const row = balanceRow("alice", 5n);
  state.begin();
  state.putRow({ service, space: 0, key: balanceKey("alice") }, row);
  const columns = balanceColumns("balances", [[0, 1], [2]]);
  state.declareTables(service, { revision: "1", tables: [{ number: 0, columns }] });
  state.commit(appliedRecord(1));
  const byAmount = { service, space: 1, reverse: false, limit: 9 };
  assert.deepEqual(
    state.rangeRows(byAmount).map((entry) => entry.row),
    [balanceKey("alice")],
  );
  assert.deepEqual(state.getRow({ service, space: 0, key: balanceKey("alice") }), row);
  const reader = openStateReader(folder);
  assert.equal(
    reader.read((_, applied) => applied),
    undefined,
  );
  ahead.durable = 1;
  await state.write();
  assert.equal(
    reader.read((_, applied) => applied?.num),
    1,
  );
  // The same height once more, for tables of another making: nothing new has to be on the disk.
  ahead.durable = 0;
  state.begin();
  state.declareTables(service, { revision: "2", tables: [] });
  state.commit(appliedRecord(1));
  assert.deepEqual(state.rangeRows(byAmount), []);
  await state.write();
  assert.equal(state.declaredRevision(service), "2");
  reader.close();
  await state.close();
});
