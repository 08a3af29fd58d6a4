/** Puts one staged state after the other in the place of a state, until it is killed: `adopt-child.ts FOLDER`. */
import { writeSync } from "node:fs";

import { brandAccountName } from "@kith/protocol/ids";

import { appliedRecord, openedState } from "../fixtures.ts";
import { markReady, stagedFolder } from "./staged-file.ts";
import { StagedState } from "./staged-state.ts";

const [folder = ""] = process.argv.slice(2);
const service = brandAccountName("counter");
const state = openedState(folder);
const rowsOfBlock = 50;

for (let num = (state.applied()?.num ?? 0) + 1; num < 250; num++) {
  const isStaged = num % 2 === 0;
  const target = isStaged
    ? new StagedState({ folder: stagedFolder(folder), isNeededFirst: () => false })
    : state;
  target.begin();
  for (let at = 0; at < rowsOfBlock; at++) {
    target.putRow({ service, space: 16 * (at % 3), key: Uint8Array.of(at) }, Uint8Array.of(num));
  }
  target.commit(appliedRecord(num));
  if (target instanceof StagedState) {
    target.close();
    markReady(stagedFolder(folder), num);
    await state.adopt(() => undefined);
  } else await state.flush();
  writeSync(1, `${num}\n`);
}
