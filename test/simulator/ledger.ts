import type { SealedBlock } from "@kith/protocol/block";

import type { Draft, Outcome, Program } from "./machine.ts";
import { SafetyViolation } from "./safety-violation.ts";

/** A transaction was executed, with success, by some node. */
export type Execution = { readonly id: string; readonly blockNum: number };

type Final = Extract<Outcome, { kind: "final" }>;

type Acknowledged = { readonly draft: Draft; readonly blockNum: number };

type LedgerPorts = {
  readonly clientCount: number;
  readonly idsOf: (block: SealedBlock) => readonly string[];
  readonly finalBlock: (num: number) => SealedBlock | undefined;
};

/** How many acknowledged transactions are looked up again on every node in one of the regular checks. */
const checkedAgainMax = 200;

/**
 * What clients were told, which blocks hold it and what was executed: kept apart from every node, and for ever. A node
 * may forget an id when the transaction has expired by block time; its effect has to stay in the tally of the client.
 */
export class Ledger {
  readonly #ports: LedgerPorts;
  readonly #drafts = new Map<string, Draft>();
  readonly #places = new Map<string, number[]>();
  readonly #executedIn = new Map<string, number>();
  /** For each client the heights at which its transactions were executed, ascending. */
  readonly #heights: readonly number[][];
  readonly #acknowledged: Acknowledged[] = [];
  #acknowledgedNum = 0;
  #acknowledgedCount = 0;

  constructor(ports: LedgerPorts) {
    this.#ports = ports;
    this.#heights = Array.from({ length: ports.clientCount }, () => []);
  }

  /** The highest block that a client was told of: every later read has to see it. */
  get acknowledgedNum(): number {
    return this.#acknowledgedNum;
  }

  get acknowledgedCount(): number {
    return this.#acknowledgedCount;
  }

  /** A client is about to send it for the first time. */
  expect(draft: Draft): void {
    this.#drafts.set(draft.id, draft);
  }

  onFinal(block: SealedBlock): void {
    for (const id of this.#ports.idsOf(block)) {
      const known = this.#places.get(id);
      if (known === undefined) this.#places.set(id, [block.header.blockNum]);
      else known.push(block.header.blockNum);
    }
  }

  /** Every node that executes it says so, in whatever order the nodes come to it. */
  onExecution({ id, blockNum }: Execution): void {
    const draft = this.#drafts.get(id);
    if (draft === undefined) return;
    if (!draft.isValid) throw new SafetyViolation("only what is proved is executed", id);
    const known = this.#executedIn.get(id);
    if (known === blockNum) return;
    if (known !== undefined) {
      throw new SafetyViolation("executed once", `${id} in block ${known} and in ${blockNum}`);
    }
    this.#executedIn.set(id, blockNum);
    const heights = this.#heights[draft.client];
    if (heights === undefined) return;
    let at = heights.length;
    while (at > 0 && (heights[at - 1] ?? 0) > blockNum) at -= 1;
    heights.splice(at, 0, blockNum);
  }

  /** A node told a client that the transaction is final. */
  onAcknowledged(draft: Draft, { blockNum, isExecuted }: Final): void {
    if (this.#places.get(draft.id)?.includes(blockNum) !== true) {
      throw new SafetyViolation("acknowledged stays", `${draft.id} is not in block ${blockNum}`);
    }
    if (isExecuted && this.#executedIn.get(draft.id) !== blockNum) {
      throw new SafetyViolation(
        "acknowledged stays",
        `${draft.id} is said to be executed in ${blockNum}, not ${this.#executedIn.get(draft.id)}`,
      );
    }
    this.#acknowledgedNum = Math.max(this.#acknowledgedNum, blockNum);
    this.#acknowledgedCount += 1;
    if (isExecuted) this.#acknowledged.push({ draft, blockNum });
  }

  /** A read that began after `floor` was acknowledged was answered at `num`. */
  onRead(num: number, floor: number): void {
    if (num < floor) throw new SafetyViolation("reads are linearizable", `${num} after ${floor}`);
  }

  /** What was acknowledged lately, up to the node's height, is in its state; everything was counted there, once. */
  check(node: number, program: Program): void {
    this.#checkAcknowledged(node, program, this.#acknowledged.slice(-checkedAgainMax));
    this.#checkTallies(node, program);
  }

  /** The same for everything that was ever acknowledged. */
  checkAll(node: number, program: Program): void {
    this.#checkAcknowledged(node, program, this.#acknowledged);
    this.#checkTallies(node, program);
  }

  #checkTallies(node: number, program: Program): void {
    const executedNum = program.executedNum();
    for (const [client, heights] of this.#heights.entries()) {
      const expected = countUpTo(heights, executedNum);
      const tally = program.tally(client);
      if (tally === expected) continue;
      throw new SafetyViolation(
        tally < expected ? "acknowledged stays" : "executed once",
        `node ${node} executed ${tally} of client ${client} up to ${executedNum}, not ${expected}`,
      );
    }
  }

  #checkAcknowledged(node: number, program: Program, acknowledged: readonly Acknowledged[]): void {
    const executedNum = program.executedNum();
    const time = this.#ports.finalBlock(executedNum)?.header.time ?? 0;
    for (const { draft, blockNum } of acknowledged) {
      if (blockNum > executedNum) continue;
      const kept = program.executedIn(draft.id);
      const isForgotten = kept === undefined && draft.expiresMicros <= time;
      if (kept === blockNum || isForgotten) continue;
      throw new SafetyViolation(
        "acknowledged stays",
        `node ${node} has ${draft.id} in ${kept}, acknowledged was ${blockNum}`,
      );
    }
  }
}

function countUpTo(heights: readonly number[], num: number): number {
  let count = heights.length;
  while (count > 0 && (heights[count - 1] ?? 0) > num) count -= 1;
  return count;
}
