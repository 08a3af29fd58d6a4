import type { Chain } from "@kith/chain/chain";
import type { ConsensusInput } from "@kith/consensus/core/input";
import { blockNumOf } from "@kith/protocol/ids";

import { executedToldMax } from "./limits.ts";

type StatesPorts = {
  readonly chain: Pick<Chain, "applied" | "appliedAt" | "wantedConsensus">;
  readonly tell: (input: Extract<ConsensusInput, { kind: "executed" }>) => void;
};

/** Tells the core which states this node has computed: under BFT it votes only for those, and for producers that they ask for. */
export class ExecutedStates {
  readonly #ports: StatesPorts;

  constructor(ports: StatesPorts) {
    this.#ports = ports;
  }

  /** At a start: a leader that lags behind names an earlier state, which this node computed before. */
  tellBefore(): void {
    const { chain, tell } = this.#ports;
    const lastNum = chain.applied()?.num ?? 0;
    for (let num = Math.max(1, lastNum - executedToldMax); num < lastNum; num += 1) {
      const executed = chain.appliedAt(blockNumOf(num));
      if (executed !== undefined) tell({ kind: "executed", executed });
    }
  }

  /** The newest. */
  tellNewest(): void {
    const { chain, tell } = this.#ports;
    const applied = chain.applied();
    if (applied === undefined) return;
    const { num, stateRoot, eventRoot } = applied;
    const wanted = chain.wantedConsensus();
    const executed = { num, stateRoot, eventRoot, ...(wanted === undefined ? {} : { wanted }) };
    tell({ kind: "executed", executed });
  }
}
