import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, termOf, type NodeId } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";

import type { ConsensusEffect } from "./effect.ts";
import type { Now } from "./input.ts";
import type { ConsensusState } from "./state.ts";

type Persist = {
  readonly kind: "persist";
  readonly write: number;
  ballot?: Ballot;
  keepNum?: ReturnType<typeof blockNumOf>;
  readonly blocks: SealedBlock[];
};

/** Collects the effects of one step. Everything that a step writes is one atomic `persist`. */
export class Output {
  readonly now: Now;
  readonly effects: ConsensusEffect[] = [];
  readonly #state: ConsensusState;
  #persist: Persist | undefined;

  constructor(state: ConsensusState, now: Now) {
    this.#state = state;
    this.now = now;
  }

  push(effect: ConsensusEffect): void {
    this.effects.push(effect);
  }

  send(to: NodeId, message: ConsensusMessage, afterWrite: number): void {
    const durable = afterWrite <= this.#state.writes.durable;
    this.effects.push({ kind: "send", to, message, afterWrite: durable ? 0 : afterWrite });
  }

  /** Writes the ballot as it is now; returns the number of the write. */
  writeBallot(): number {
    const persist = this.#open();
    const { term, votedFor, bft, writes } = this.#state;
    // After a restart the term may not have begun again, and still this node may have voted in it.
    const root = bft.root ?? bft.rootBefore;
    persist.ballot = {
      term: termOf(term),
      ...(votedFor === undefined ? {} : { votedFor }),
      ...(root === undefined ? {} : { root }),
      ...(bft.lock === undefined ? {} : { lock: bft.lock }),
    };
    writes.lastBallot = persist.write;
    return persist.write;
  }

  /** Writes that the log ends at `keepNum`. What this step has put behind that is not written at all. */
  writeTruncation(keepNum: number): void {
    const persist = this.#open();
    const { blocks } = persist;
    const kept = blocks.filter(({ header }) => header.blockNum <= keepNum).length;
    blocks.length = kept;
    // The blocks that stay come behind what an earlier truncation of this step has kept.
    if (kept === 0) persist.keepNum = blockNumOf(Math.min(persist.keepNum ?? keepNum, keepNum));
    this.#notePending();
  }

  /** Writes a block that was just appended to the log. */
  writeBlock(block: SealedBlock): void {
    this.#open().blocks.push(block);
    this.#notePending();
  }

  #open(): Persist {
    if (this.#persist === undefined) {
      const { writes } = this.#state;
      writes.last += 1;
      this.#persist = { kind: "persist", write: writes.last, blocks: [] };
      this.effects.push(this.#persist);
    }
    return this.#persist;
  }

  #notePending(): void {
    const { log, writes } = this.#state;
    const { num } = log.head;
    const last = writes.pending.at(-1);
    if (last?.write === writes.last) last.headNum = num;
    else writes.pending.push({ write: writes.last, headNum: num });
  }
}
