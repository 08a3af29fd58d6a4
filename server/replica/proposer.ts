import type { Chain } from "@kith/chain/chain";
import type { Applied } from "@kith/chain/ports";
import type { ConsensusInput, Executed } from "@kith/consensus/core/input";
import type { ConsensusState } from "@kith/consensus/core/state";
import type { BlockNum } from "@kith/protocol/ids";
import { blockBytesMax, blockTransactionsMax } from "@kith/protocol/limits";

import { FinalityMeter } from "./finality-meter.ts";
import {
  aloneSenderMax,
  blockHeadroomBytes,
  flightBlockShare,
  flightBytesMin,
  flightQueueMsMin,
  flightRoomShare,
  headerAgainMs,
  pipelineSpacingMs,
  pipelineSpacingShare,
  pipelineWaitMsMax,
  restLookMs,
} from "./limits.ts";
import type { Pool, PoolEntry } from "./pool.ts";
import type { ClockPort } from "./ports.ts";
import type { SenderWork } from "./sender-work.ts";

type ProposerPorts = {
  readonly chain: Pick<Chain, "applied" | "appliedAt" | "wantedConsensus">;
  readonly pool: Pool;
  readonly work: Pick<SenderWork, "roomFor">;
  readonly clock: ClockPort;
  readonly state: () => ConsensusState;
  readonly propose: (input: Extract<ConsensusInput, { kind: "propose" }>) => void;
};

/**
 * Blocks when there is work: at once when nothing is in flight; otherwise transactions gather until the block before
 * them is final, or until enough of them wait, or for as long as blocks wait on their way and a share of the shortest
 * finality. So one client gets the shortest way, many clients get large blocks, distant networks pipeline, and no leader
 * gives its followers more than their lines carry (decision 0150).
 */
export class Proposer {
  readonly #ports: ProposerPorts;
  readonly #finality = new FinalityMeter();
  #lastMs = Number.NEGATIVE_INFINITY;
  #wakesAtMs = Number.POSITIVE_INFINITY;
  #sleepOn = (): void => undefined;
  #offered: readonly PoolEntry[] = [];
  /** The core said no; asking again makes sense only after something else happened. */
  #refused = false;
  /** Somebody wants a header that says what is true after this height. */
  #headerWanted = 0;
  /** The next block has to say what was true after this height, and after no later one. */
  #stateToName: BlockNum | undefined;
  /** When the last block was made for that alone. */
  #headerMadeMs = Number.NEGATIVE_INFINITY;

  constructor(ports: ProposerPorts) {
    this.#ports = ports;
  }

  /** Anything but a proposal reached the core. */
  onChange(): void {
    this.#refused = false;
  }

  onRefused(): void {
    this.#refused = true;
    this.#finality.withdrawn();
    for (const entry of this.#offered) this.#ports.pool.requeue(entry);
    this.#offered = [];
  }

  /** A block without transactions is made for it, when no other is to come; it never takes two in a row. */
  wantHeader(num: number): void {
    this.#headerWanted = Math.max(this.#headerWanted, num);
    this.run();
  }

  /** The next block says what was true after block `num`, although more may be executed. */
  nameState(num: BlockNum): void {
    this.#stateToName = num;
    this.run();
  }

  run(): void {
    const { chain, pool, clock } = this.#ports;
    const state = this.#ports.state();
    if (state.role !== "leader" || this.#refused) return;
    const { monotonicMs } = clock.now();
    this.#finality.reached(state.commitNum, monotonicMs);
    const inFlight = state.log.head.num - state.commitNum;
    const applied = this.#appliedToName(state) ?? chain.applied();
    const wanted = inFlight === 0 ? chain.wantedConsensus() : undefined;
    if (applied === undefined) return;
    const isHeaderDue = inFlight === 0 && this.#isHeaderDue(state, applied.num);
    if (pool.queuedBytes === 0 && wanted === undefined && !isHeaderDue) return;
    const waitMs = inFlight === 0 ? 0 : this.#lastMs + this.#spacingMs() - monotonicMs;
    const flightBytes = this.#flightBytes();
    const blockBytes = flightBytes * flightBlockShare;
    if (waitMs > 0 && pool.queuedBytes < blockBytes) return this.#wakeAfter(waitMs);
    const roomBytes = inFlight === 0 ? blockBytes : flightBytes - this.#finality.openBytes;
    // Finality wakes it.
    if (roomBytes < flightBytes * flightRoomShare) return;
    const batch = this.#nextBatch(monotonicMs, Math.min(blockBytes, roomBytes));
    // What waits may be of senders that have to wait themselves.
    if (batch.length === 0 && wanted === undefined && !isHeaderDue) {
      return this.#wakeAfter(restLookMs);
    }
    if (waitMs > 0 && bytesOf(batch) < blockBytes / 2) return this.#wakeAfter(waitMs);
    this.#lastMs = monotonicMs;
    if (batch.length === 0) this.#headerMadeMs = monotonicMs;
    this.#finality.proposed(state.log.head.num + 1, monotonicMs, bytesOf(batch));
    this.#offered = batch;
    pool.markProposed(this.#offered);
    this.#ports.propose({
      kind: "propose",
      transactions: this.#offered.map((entry) => entry.prepared.bytes),
      executed: executedBy(state, applied),
      ...(wanted === undefined ? {} : { newConsensus: wanted }),
    });
  }

  /**
   * Empty blocks say nothing new, so whoever asks again and again makes one block for each that has something in it; and now and then
   * another, for nodes that started since and have forgotten the states before.
   */
  #isHeaderDue({ log }: ConsensusState, appliedNum: number): boolean {
    const carriedNum = log.block(log.head.num)?.header.executedNum ?? appliedNum;
    if (this.#stateToName === appliedNum) return true;
    if (this.#headerWanted <= carriedNum || appliedNum <= carriedNum) return false;
    if (this.#ports.clock.now().monotonicMs - this.#headerMadeMs >= headerAgainMs) return true;
    for (let num = carriedNum + 1; num <= appliedNum; num += 1) {
      const block = log.block(num);
      if (block === undefined || block.transactions.length > 0) return true;
    }
    return false;
  }

  /** Blocks never say less than the one before: then it is too late, or done. */
  #appliedToName({ log }: ConsensusState): Applied | undefined {
    const num = this.#stateToName;
    if (num === undefined) return undefined;
    const carriedNum = log.block(log.head.num)?.header.executedNum;
    const applied = this.#ports.chain.appliedAt(num);
    if (carriedNum !== undefined && carriedNum < num && applied !== undefined) return applied;
    this.#stateToName = undefined;
    return undefined;
  }

  #spacingMs(): number {
    const { usualMs, leastMs } = this.#finality;
    const waitedMs = Math.min(usualMs - leastMs, pipelineWaitMsMax);
    return Math.max(pipelineSpacingMs, waitedMs + leastMs * pipelineSpacingShare);
  }

  /** How much may be proposed and not final; a block alone holds one transaction of any size. */
  #flightBytes(): number {
    const { leastMs, bytesPerMs } = this.#finality;
    return Math.max(flightBytesMin, bytesPerMs * (leastMs + Math.max(leastMs, flightQueueMsMin)));
  }

  #nextBatch(nowMs: number, bytesMax: number): readonly PoolEntry[] {
    return this.#ports.pool.nextBatch({
      bytesMax: Math.min(bytesMax, blockBytesMax - blockHeadroomBytes),
      countMax: blockTransactionsMax,
      eachMax: aloneSenderMax,
      roomFor: (first, proposed) => this.#ports.work.roomFor(first, proposed, nowMs),
    });
  }

  #wakeAfter(delayMs: number): void {
    const atMs = this.#ports.clock.now().monotonicMs + delayMs;
    if (atMs >= this.#wakesAtMs) return;
    this.#sleepOn();
    this.#wakesAtMs = atMs;
    this.#sleepOn = this.#ports.clock.after(delayMs, () => {
      this.#wakesAtMs = Number.POSITIVE_INFINITY;
      this.run();
    });
  }
}

/** What is known to be executed never goes back, also where a new leader has not executed yet what the last one had. */
function executedBy({ log }: ConsensusState, { num, stateRoot, eventRoot }: Applied): Executed {
  const before = log.block(log.head.num)?.header;
  if (before === undefined || before.executedNum <= num) return { num, stateRoot, eventRoot };
  return {
    num: before.executedNum,
    stateRoot: before.stateRoot,
    eventRoot: before.eventRoot,
  };
}

function bytesOf(batch: readonly PoolEntry[]): number {
  return batch.reduce((sum, { prepared }) => sum + prepared.bytes.length, 0);
}
