import type { Action } from "@kith/protocol/transaction";

import { batchActionsMax, batchBytesMax } from "./limits.ts";

/** In their order: each batch fits one transaction. */
export function batchesOf(actions: readonly Action[]): Action[][] {
  const batches: Action[][] = [];
  let batch: Action[] = [];
  let sizeBytes = 0;
  for (const action of actions) {
    const full = sizeBytes + action.rawData.length > batchBytesMax;
    if (batch.length > 0 && (full || batch.length >= batchActionsMax)) {
      batches.push(batch);
      batch = [];
      sizeBytes = 0;
    }
    batch.push(action);
    sizeBytes += action.rawData.length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Of what these actions carry; names and lengths come on top. */
export function bytesOf(actions: readonly Action[]): number {
  return actions.reduce((sum, { rawData }) => sum + rawData.length, 0);
}

/** Whether they can happen together or not at all. */
export function fitsOne(actions: readonly Action[]): boolean {
  return actions.length <= batchActionsMax && bytesOf(actions) <= batchBytesMax;
}
