import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { blockIdOf, blockNumOf, checksumOf } from "@kith/protocol/ids";

import type { Applied } from "./state-store.ts";
import { openState } from "./state.ts";
import type { OpenedState } from "./state.ts";

/** What the tests of this folder share. */

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "kith-store-"));
}

export function openedState(folder: string): OpenedState {
  const opened = openState({
    folder,
    onBroken: (broken) => {
      throw broken;
    },
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}

export function appliedRecord(num: number): Applied {
  return {
    num: blockNumOf(num),
    id: blockIdOf(num.toString(16).padStart(64, "0")),
    time: num * 1_000_000,
    stateRoot: checksumOf("aa".repeat(32)),
    eventRoot: checksumOf("bb".repeat(32)),
  };
}
