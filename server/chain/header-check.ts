import type { SealedBlock } from "@kith/protocol/block";
import { zeroChecksum } from "@kith/protocol/hashes";

import { BrokenInvariant } from "./errors.ts";
import type { Applied, StateStore } from "./ports.ts";

/** A final block must follow the last executed one, and must not claim another state than this node computed. */
export function checkHeader(
  state: StateStore,
  { header }: SealedBlock,
  before: Applied | undefined,
): void {
  const expectedNum = (before?.num ?? 0) + 1;
  if (header.blockNum !== expectedNum) {
    throw new BrokenInvariant(
      `block ${header.blockNum} cannot be executed: ${expectedNum} is next`,
    );
  }
  if (before !== undefined && header.previous !== before.id) {
    throw new BrokenInvariant(
      `block ${header.blockNum} follows ${header.previous}, but the executed block ${before.num} is ${before.id}`,
    );
  }
  if (header.executedNum >= header.blockNum) {
    throw new BrokenInvariant(
      `block ${header.blockNum} claims the state after ${header.executedNum}`,
    );
  }
  const own = header.executedNum === 0 ? noState : state.appliedAt(header.executedNum);
  if (own === undefined) return;
  if (own.stateRoot !== header.stateRoot || own.eventRoot !== header.eventRoot) {
    throw new BrokenInvariant(
      `this node's state differs from the network's: after block ${header.executedNum} it has ` +
        `state root ${own.stateRoot} and event root ${own.eventRoot}, ` +
        `block ${header.blockNum} says ${header.stateRoot} and ${header.eventRoot}`,
    );
  }
}

const noState = { stateRoot: zeroChecksum, eventRoot: zeroChecksum };
