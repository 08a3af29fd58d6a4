import type { SealedBlock } from "@kith/protocol/block";
import type { LogBatch } from "@kith/replica/ports";

import { blockAt, lastNum } from "./log-image.ts";
import type { OraclePorts } from "./oracle-ports.ts";
import { SafetyViolation, type Rule } from "./safety-violation.ts";
import { isQuorum, votersOf, type Voters } from "./voters.ts";

/** State machine safety (Raft section 5.4): one final block a height, held by a quorum for ever. */
export class FinalOracle {
  readonly #ports: OraclePorts;
  readonly #finals: SealedBlock[] = [];
  /** Up to which block each node has said that it is final. */
  readonly #claimed: number[];
  /** Whose votes count after the newest final block, and at which heights that changed. */
  #voters: Voters | undefined;
  readonly #changes: { readonly num: number; readonly voters: Voters }[] = [];

  constructor(ports: OraclePorts) {
    this.#ports = ports;
    this.#claimed = Array.from({ length: ports.nodeCount }, () => 0);
  }

  get finalNum(): number {
    return Math.max(0, this.#finals.length - 1);
  }

  finalBlock(num: number): SealedBlock | undefined {
    return this.#finals[num];
  }

  /** Whose votes count after a final block. */
  votersAfter(num: number): Voters | undefined {
    return this.#changes.findLast((change) => change.num <= num)?.voters;
  }

  /**
   * Raft section 5.4.2: a leader says that more is final than anybody knew. It may have counted only blocks of its term;
   * older ones become final with them.
   */
  onLeaderCommit(node: number, term: number, num: number): void {
    const last = blockAt(this.#ports.written(node), num);
    const isCounting = this.#voters?.current.algorithm === "cft";
    if (isCounting && num > this.finalNum && last !== undefined && last.header.term !== term) {
      throw new SafetyViolation(
        "leaders count blocks of their own term",
        `node ${node} leads in term ${term} and counts block ${num} of term ${last.header.term}`,
      );
    }
    this.onCommit(node, num);
  }

  /** A node acts on it that everything up to `num` is final. */
  onCommit(node: number, num: number): void {
    const before = this.#claimed[node] ?? 0;
    for (let at = before + 1; at <= num; at += 1) this.#onFinal(node, at);
    this.#claimed[node] = Math.max(before, num);
  }

  /** Called before the batch is applied to the durable log. */
  onDurable(node: number, { keepNum }: LogBatch): void {
    if (keepNum === undefined) return;
    const image = this.#ports.durable(node);
    for (let num = Math.max(keepNum + 1, image.firstNum); num <= lastNum(image); num += 1) {
      const block = blockAt(image, num);
      if (block === undefined || this.#finals[num]?.id !== block.id) continue;
      // What the others went on without may go where its copies are damaged, if they have it.
      const isOvertaken = this.#ports.isStarting(node) && this.finalNum > lastNum(image);
      if (num <= (this.#claimed[node] ?? 0) && !isOvertaken) {
        throw new SafetyViolation("commit never goes back", `node ${node} drops block ${num}`);
      }
      this.#checkQuorum(block, node, "final blocks stay");
    }
  }

  /** Whatever counted on a node that had forgotten it is on its disk before it speaks again, or on enough of the others. */
  onRemembered(): void {
    const newest = this.#finals.at(-1);
    if (newest !== undefined) this.#checkQuorum(newest, undefined, "final blocks stay");
  }

  #onFinal(node: number, num: number): void {
    const image = this.#ports.written(node);
    if (num < image.firstNum) return;
    const block = blockAt(image, num);
    const known = this.#finals[num];
    if (block === undefined || (known !== undefined && known.id !== block.id)) {
      throw new SafetyViolation(
        "one final block a height",
        `node ${node} takes ${block?.id} at ${num}, others ${known?.id}`,
      );
    }
    if (known === undefined) this.#onNewFinal(block);
  }

  #onNewFinal(block: SealedBlock): void {
    this.#finals[block.header.blockNum] = block;
    this.#noteVoters(votersOf(this.#voters, block), block.header.blockNum);
    this.#checkQuorum(block, undefined, "final blocks are durable on a quorum");
    this.#ports.onFinal(block);
  }

  #noteVoters(voters: Voters | undefined, num: number): void {
    if (voters === undefined || voters === this.#voters) return;
    this.#voters = voters;
    this.#changes.push({ num, voters });
  }

  #checkQuorum(block: SealedBlock, except: number | undefined, rule: Rule): void {
    if (this.#voters === undefined) return;
    const { blockNum } = block.header;
    const { nodeIndex, isLiar, isForgetful } = this.#ports;
    // What a liar holds nobody knows; so many of a quorum it counts for are honest, and hold it. Who forgot that it held it is asked later.
    const holds = (id: string): boolean => {
      const node = nodeIndex(id);
      if (node === undefined || node === except) return false;
      return isLiar(node) || isForgetful(node) || this.#holds(node, block);
    };
    if (isQuorum(this.#voters, blockNum, holds)) return;
    throw new SafetyViolation(rule, `block ${blockNum} ${block.id}`);
  }

  #holds(node: number, block: SealedBlock): boolean {
    const image = this.#ports.durable(node);
    const num = block.header.blockNum;
    return num < image.firstNum || blockAt(image, num)?.id === block.id;
  }
}
