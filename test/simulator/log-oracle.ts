import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import type { CftMessage } from "@kith/protocol/node-message";
import type { LogBatch } from "@kith/replica/ports";

import { blockAt, lastNum, type LogImage } from "./log-image.ts";
import { reach } from "./marks.ts";
import type { OraclePorts } from "./oracle-ports.ts";
import { SafetyViolation } from "./safety-violation.ts";

/** Raft section 5.3: logs are chains, a leader makes one block a height, and a confirm names what is on disk. */
export class LogOracle {
  readonly #ports: OraclePorts;
  /** The block of each term and height. */
  readonly #made = new Map<number, string>();
  readonly #everDurable: Set<string>[];

  constructor(ports: OraclePorts) {
    this.#ports = ports;
    this.#everDurable = Array.from({ length: ports.nodeCount }, () => new Set());
  }

  /** Whether no node has written it before. */
  isNew({ header }: SealedBlock): boolean {
    return !this.#made.has(placeOf(header));
  }

  /** Called before the batch is applied to what the node has written. */
  onWritten(node: number, batch: LogBatch): void {
    const image = this.#ports.written(node);
    const keepNum = batch.keepNum ?? lastNum(image);
    if (keepNum < lastNum(image)) reach(this.#ports.marks, "truncation");
    let before = blockAt(image, Math.min(keepNum, lastNum(image)));
    for (const block of batch.blocks) {
      checkChain(node, before, block);
      // Under BFT a block counts when it leaves its maker, who may forget it before.
      if (this.#ports.algorithm === "cft") this.#checkMade(block);
      before = block;
    }
  }

  onDurable(node: number, batch: LogBatch): void {
    for (const block of batch.blocks) this.#everDurable[node]?.add(block.id);
  }

  onRestarted(node: number, block: SealedBlock): void {
    this.#everDurable[node]?.add(block.id);
    reach(this.#ports.marks, "snapshot-installed");
  }

  onPutBack(node: number, { blocks }: LogImage): void {
    this.#everDurable[node] = new Set(blocks.map(({ id }) => id));
  }

  /** Called before the copy is written: what was damaged is still known here. */
  onRepaired(node: number, block: SealedBlock): void {
    const before = blockAt(this.#ports.durable(node), block.header.blockNum);
    // It may have left the log while the copy was on its way to the disk.
    if (before === undefined) return;
    if (before.id !== block.id) {
      throw new SafetyViolation(
        "repair brings back what was there",
        `node ${node} puts ${block.id} in the place of ${before.id}`,
      );
    }
    reach(this.#ports.marks, "block-repaired");
  }

  onConfirm(node: number, message: Extract<CftMessage, { kind: "confirm" }>): void {
    if (!message.accepted || message.headNum < this.#ports.durable(node).firstNum) return;
    if (this.#everDurable[node]?.has(message.headId) === true) return;
    throw new SafetyViolation(
      "confirms are durable before they are told",
      `node ${node} confirms block ${message.headNum} ${message.headId}`,
    );
  }

  #checkMade(block: SealedBlock): void {
    const { newConsensus } = block.header;
    const place = placeOf(block.header);
    const known = this.#made.get(place);
    if (known === undefined) {
      this.#made.set(place, block.id);
      if (newConsensus !== undefined) reach(this.#ports.marks, "change-proposed");
    } else if (known !== block.id) {
      throw new SafetyViolation("one block a term and height", `${known} and ${block.id}`);
    }
  }
}

function placeOf({ term, blockNum }: BlockHeader): number {
  return term * 2 ** 30 + blockNum;
}

function checkChain(node: number, before: SealedBlock | undefined, block: SealedBlock): void {
  const { previous, blockNum, term } = block.header;
  if (before === undefined) return;
  const isNext = before.id === previous && before.header.blockNum + 1 === blockNum;
  if (isNext && before.header.term <= term) return;
  throw new SafetyViolation("logs are chains", `node ${node} puts ${block.id} on ${before.id}`);
}
