import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import { blockIdOf, blockNumOf, brandAccountName, checksumOf, termOf } from "@kith/protocol/ids";

import type { LogBatch, LogStore } from "./log-store.ts";
import { openLog } from "./log.ts";
import type { OpenedLog, OpenLogOptions } from "./log.ts";
import type { Applied } from "./state-store.ts";
import { openState } from "./state.ts";
import type { OpenedState, OpenStateOptions } from "./state.ts";

/** What the tests of this folder share. */

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kith-store-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function openedState(folder: string, options: Partial<OpenStateOptions> = {}): OpenedState {
  const opened = openState({
    folder,
    onBroken: (broken) => {
      throw broken;
    },
    ...options,
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

/** A chain of blocks, each with one transaction of `sizeBytes`. */
export function blocksFrom(
  previous: SealedBlock | undefined,
  count: number,
  { sizeBytes = 100, term = 1 }: { readonly sizeBytes?: number; readonly term?: number } = {},
): readonly SealedBlock[] {
  const blocks: SealedBlock[] = [];
  let before = previous;
  for (let index = 0; index < count; index += 1) {
    const num = blockNumOf((before?.header.blockNum ?? 0) + 1);
    const transaction = new Uint8Array(sizeBytes).map((_, at) => (at * 31 + num * 7 + term) % 251);
    before = sealBlock(
      {
        previous: before?.id ?? blockIdOf("0".repeat(64)),
        blockNum: num,
        time: num * 1_000_000,
        producer: brandAccountName("prod"),
        term: termOf(term),
        commitNum: blockNumOf(num - 1),
        consensusState: checksumOf("11".repeat(32)),
        executedNum: blockNumOf(0),
        stateRoot: checksumOf("00".repeat(32)),
        eventRoot: checksumOf("00".repeat(32)),
      },
      [transaction],
    );
    blocks.push(before);
  }
  return blocks;
}

export function openedLog(folder: string, options: Partial<OpenLogOptions> = {}): OpenedLog {
  const opened = openLog({
    folder,
    onBroken: (broken) => {
      throw broken;
    },
    ...options,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}

export function persisted(log: LogStore, batch: LogBatch): Promise<void> {
  return new Promise((resolve) => log.persist(batch, resolve));
}
