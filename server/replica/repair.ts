import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type BlockId, type BlockNum } from "@kith/protocol/ids";

import { copiesAwaitedMs, repairsAskedMax, requestAgainMs } from "./limits.ts";
import type { ClockPort, LinksPort, LogPort } from "./ports.ts";

type RepairPorts = {
  readonly log: LogPort;
  readonly links: LinksPort;
  readonly clock: ClockPort;
  readonly onRepaired: () => void;
};

type Wanted = {
  readonly id: BlockId;
  readonly sinceMs: number;
  /** Counts the questions, so that each block is asked of every peer in turn. */
  questions: number;
  isWriting: boolean;
};

/**
 * Replaces blocks that cannot be read any more by copies from other nodes. The id that a copy must have is known from
 * the log itself, so whoever sends it need not be trusted; without a copy the node keeps asking and goes no further.
 */
export class Repair {
  readonly #ports: RepairPorts;
  readonly #wanted = new Map<BlockNum, Wanted>();
  /** Damaged blocks that only their successor names, and that is damaged too; since when they are wanted. */
  readonly #unnamed = new Map<BlockNum, number>();
  #isAsking = false;
  #askedNow = 0;

  constructor(ports: RepairPorts) {
    this.#ports = ports;
  }

  get wanted(): readonly BlockNum[] {
    return [...this.#unnamed.keys(), ...this.#wanted.keys()];
  }

  isWanted(num: BlockNum): boolean {
    return this.#wanted.has(num) || this.#unnamed.has(num);
  }

  /** It was asked for so long that nobody seems to have it. */
  isLost(num: BlockNum): boolean {
    const sinceMs = this.#wanted.get(num)?.sinceMs ?? this.#unnamed.get(num);
    return sinceMs !== undefined && this.#nowMs - sinceMs >= copiesAwaitedMs;
  }

  /** Which block belongs there, where that is known and a copy is asked for. */
  idWanted(num: BlockNum): BlockId | undefined {
    return this.#wanted.get(num)?.id;
  }

  /** False when not even the blocks behind it tell which block belongs there. */
  want(num: BlockNum): boolean {
    const unnamed: BlockNum[] = [];
    for (let at = num; !this.isWanted(at); at = blockNumOf(at + 1)) {
      const id = this.#expectedId(at);
      if (id !== undefined) {
        this.#wantNamed(at, id);
        break;
      }
      if (!this.#isDamaged(blockNumOf(at + 1))) return false;
      unnamed.push(at);
    }
    for (const each of unnamed) this.#unnamed.set(each, this.#nowMs);
    return true;
  }

  /** Nothing is asked for any more. */
  stop(): void {
    this.#wanted.clear();
    this.#unnamed.clear();
  }

  receive(blocks: readonly SealedBlock[]): void {
    for (const block of blocks) {
      const num = block.header.blockNum;
      const wanted = this.#wanted.get(num);
      if (wanted?.id !== block.id || wanted.isWriting) continue;
      if (!this.#isDamaged(num)) {
        this.#settle(num);
        continue;
      }
      wanted.isWriting = true;
      this.#ports.log.repairBlock(block, () => this.#settle(num));
    }
  }

  /** It is whole again, or has left the log: whoever waited for it goes on, and the one before it has a name. */
  #settle(num: BlockNum): void {
    this.#wanted.delete(num);
    for (let before = blockNumOf(num - 1); this.#unnamed.delete(before);) {
      if (this.#isDamaged(before) && this.want(before)) break;
      before = blockNumOf(before - 1);
    }
    this.#ports.onRepaired();
  }

  #wantNamed(num: BlockNum, id: BlockId): void {
    const wanted = { id, sinceMs: this.#nowMs, questions: 0, isWriting: false };
    this.#wanted.set(num, wanted);
    if (!this.#isAsking) this.#askAll();
    else if (this.#askedNow < repairsAskedMax) this.#ask(num, wanted);
  }

  #expectedId(num: BlockNum): BlockId | undefined {
    const known = this.#ports.log.blockRef(num)?.id;
    if (known !== undefined) return known;
    const successor = this.#ports.log.readBlock(blockNumOf(num + 1));
    return successor.kind === "found" ? successor.block.header.previous : undefined;
  }

  get #nowMs(): number {
    return this.#ports.clock.now().monotonicMs;
  }

  #isDamaged(num: BlockNum): boolean {
    return this.#ports.log.readBlock(num).kind === "corrupt";
  }

  #askAll(): void {
    this.#isAsking = this.#wanted.size > 0;
    if (!this.#isAsking) return;
    this.#askedNow = 0;
    const open = [...this.#wanted].filter(([, wanted]) => !wanted.isWriting);
    const seldomFirst = open.toSorted(([, a], [, b]) => a.questions - b.questions);
    for (const [num, wanted] of seldomFirst.slice(0, repairsAskedMax)) {
      // The log may have been trimmed, overwritten or restarted since.
      if (this.#isDamaged(num)) this.#ask(num, wanted);
      else this.#settle(num);
    }
    this.#ports.clock.after(requestAgainMs, () => this.#askAll());
  }

  #ask(num: BlockNum, wanted: Wanted): void {
    this.#askedNow++;
    const peers = this.#ports.links.connected();
    const peer = peers[wanted.questions % Math.max(1, peers.length)];
    if (peer === undefined) return;
    wanted.questions++;
    this.#ports.links.send(peer, { kind: "blocks-request", from: num, to: num });
  }
}
