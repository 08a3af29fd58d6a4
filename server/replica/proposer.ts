import type { Chain } from "@kith/chain/chain";
import type { CftInput } from "@kith/consensus/cft/input";
import type { CftState } from "@kith/consensus/cft/state";
import { blockBytesMax, blockTransactionsMax } from "@kith/protocol/limits";

import { FinalityMeter } from "./finality-meter.ts";
import {
  blockHeadroomBytes,
  blockSenderTransactionsMax,
  pipelineBytes,
  pipelineSpacingMs,
  pipelineSpacingShare,
} from "./limits.ts";
import type { Pool, PoolEntry } from "./pool.ts";
import type { ClockPort } from "./ports.ts";

type ProposerPorts = {
  readonly chain: Chain;
  readonly pool: Pool;
  readonly clock: ClockPort;
  readonly state: () => CftState;
  readonly propose: (input: Extract<CftInput, { kind: "propose" }>) => void;
};

/**
 * Blocks when there is work: at once when nothing is in flight; otherwise transactions gather until the block before
 * them is final, or until enough of them wait, or a share of the time that finality takes has passed, whichever is
 * first. So one client gets the shortest way, many clients get large blocks, and distant networks still pipeline.
 */
export class Proposer {
  readonly #ports: ProposerPorts;
  readonly #finality = new FinalityMeter();
  #lastMs = Number.NEGATIVE_INFINITY;
  #waking = false;
  #offered: readonly PoolEntry[] = [];
  /** The core said no; asking again makes sense only after something else happened. */
  #refused = false;

  constructor(ports: ProposerPorts) {
    this.#ports = ports;
  }

  /** Anything but a proposal reached the core. */
  onChange(): void {
    this.#refused = false;
  }

  onRefused(): void {
    this.#refused = true;
    for (const entry of this.#offered) this.#ports.pool.requeue(entry);
    this.#offered = [];
  }

  run(): void {
    const { chain, pool, clock } = this.#ports;
    const state = this.#ports.state();
    if (state.role !== "leader" || this.#refused) return;
    const { monotonicMs } = clock.now();
    this.#finality.reached(state.commitNum, monotonicMs);
    const inFlight = state.log.head.num - state.commitNum;
    const applied = chain.applied();
    const wanted = inFlight === 0 ? chain.wantedConsensus() : undefined;
    if ((pool.queuedBytes === 0 && wanted === undefined) || applied === undefined) return;
    if (inFlight > 0 && pool.queuedBytes < pipelineBytes) {
      const spacingMs = Math.max(pipelineSpacingMs, this.#finality.usualMs * pipelineSpacingShare);
      const waitMs = this.#lastMs + spacingMs - monotonicMs;
      if (waitMs > 0) return this.#wakeAfter(waitMs);
    }
    this.#lastMs = monotonicMs;
    this.#finality.proposed(state.log.head.num + 1, monotonicMs);
    this.#offered = pool.nextBatch({
      bytesMax: blockBytesMax - blockHeadroomBytes,
      countMax: blockTransactionsMax,
      eachMax: blockSenderTransactionsMax,
    });
    pool.markProposed(this.#offered);
    const { num, stateRoot, eventRoot } = applied;
    this.#ports.propose({
      kind: "propose",
      transactions: this.#offered.map((entry) => entry.prepared.bytes),
      executed: { num, stateRoot, eventRoot },
      ...(wanted === undefined ? {} : { newConsensus: wanted }),
    });
  }

  #wakeAfter(delayMs: number): void {
    if (this.#waking) return;
    this.#waking = true;
    this.#ports.clock.after(delayMs, () => {
      this.#waking = false;
      this.run();
    });
  }
}
