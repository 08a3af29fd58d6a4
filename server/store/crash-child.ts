import { writeSync } from "node:fs";

import { blockNumOf, brandAccountName } from "@kith/protocol/ids";

import { BlockMaker, eventsOfBlock, openedEvents } from "./event-fixtures.ts";
import { appliedRecord, blocksFrom, openedLog, openedState } from "./fixtures.ts";
import type { LogStore } from "./log-store.ts";

/**
 * What the crash tests kill: `log <folder>` appends blocks for ever and prints each number once it is on disk;
 * `state <folder>` applies blocks for ever, each of which puts its number into two rows, and prints heights that are in the file;
 * `events <folder>` does so with the events of `eventsOfBlock` beside them.
 */
function appendForEver(log: LogStore, stored: number): void {
  const previous = stored === 0 ? undefined : log.readBlock(blockNumOf(stored));
  let newest = previous?.kind === "found" ? previous.block : undefined;
  const append = (): void => {
    const blocks = blocksFrom(newest, 1 + (stored % 3), { sizeBytes: 2000 });
    newest = blocks.at(-1);
    const num = newest?.header.blockNum;
    log.persist({ blocks }, () => {
      writeSync(1, `${num}\n`);
      append();
    });
  };
  for (let inFlight = 0; inFlight < 4; inFlight += 1) append();
}

function applyForEver(folder: string): void {
  // A dozen blocks gather at most: what is a hundred blocks old is in the file.
  const state = openedState(folder, { pendingBytesMax: 5000 });
  const service = brandAccountName("counter");
  for (let num = (state.applied()?.num ?? 0) + 1; ; num += 1) {
    const row = Uint8Array.from([num >> 16, num >> 8, num]);
    state.begin();
    state.putRow({ service, space: 0, key: Uint8Array.of(1) }, row);
    state.putRow({ service, space: num % 5, key: Uint8Array.from([2, num >> 8, num]) }, row);
    state.commit(appliedRecord(num));
    if (num % 100 === 0) writeSync(1, `${num - 100}\n`);
  }
}

/** Goes on where the state is, as a node does that executes its log again. */
async function emitForEver(folder: string): Promise<void> {
  const events = openedEvents(folder, { pendingBytesMax: 20_000 });
  const state = openedState(folder, { pendingBytesMax: 5000, ahead: events });
  const blocks = new BlockMaker();
  const applied = state.applied()?.num ?? 0;
  while (blocks.num < applied) blocks.next(eventsOfBlock(blocks.num + 1));
  for (;;) {
    const block = blocks.next(eventsOfBlock(blocks.num + 1));
    state.begin();
    state.putRow(
      { service: brandAccountName("counter"), space: 0, key: Uint8Array.of(1) },
      new Uint8Array(200),
    );
    state.commit(appliedRecord(block.num));
    events.append(block);
    if (block.num % 50 !== 0) continue;
    // The writers work between the turns of the loop.
    await new Promise((resolve) => setImmediate(resolve));
    writeSync(1, `${Math.max(0, block.num - 2000)}\n`);
  }
}

const [what, folder = ""] = process.argv.slice(2);
if (what === "state") applyForEver(folder);
else if (what === "events") void emitForEver(folder);
else {
  const { log } = openedLog(folder);
  appendForEver(log, log.range()?.last ?? 0);
}
