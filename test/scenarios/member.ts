import type { ConsensusConfig } from "@kith/consensus/core/config";
import type { ConsensusEffect } from "@kith/consensus/core/effect";
import type { Now } from "@kith/consensus/core/input";
import { startConsensus } from "@kith/consensus/core/start";
import type { ConsensusState } from "@kith/consensus/core/state";
import type { Ballot } from "@kith/protocol/ballot";
import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { consensusAfter, noConsensus } from "@kith/protocol/consensus-point";
import type { Evidence } from "@kith/protocol/evidence";
import { termOf } from "@kith/protocol/ids";

import { epochMicros } from "../simulator/clock.ts";

type Persist = Extract<ConsensusEffect, { kind: "persist" }>;
type Send = Extract<ConsensusEffect, { kind: "send" }>;

/** What a data folder held at some time. */
export type Folder = { readonly ballot: Ballot; readonly blocks: readonly SealedBlock[] };

/** One node with its disk: what it wrote, what of it survives a crash, and what waits for a write to be durable. */
export class Member {
  readonly name: string;
  readonly config: ConsensusConfig;
  state: ConsensusState;
  nowMs = 0;
  /** Microseconds by which its wall clock is ahead. */
  clockAheadMicros = 0;
  /** While false, writes stay in `unsynced` until `sync`. */
  syncsAtOnce = true;
  running = true;
  ballot: Ballot = { term: termOf(0) };
  blocks: SealedBlock[] = [];
  unsynced: Persist[] = [];
  held: Send[] = [];
  /** Effects since the test last looked. */
  effects: ConsensusEffect[] = [];
  writes = 0;
  /** Proofs of finality that its driver keeps. */
  certificates: Certificate[] = [];
  evidence: Evidence[] = [];
  /** On its disk, too: it may have said what it does not know of. */
  isDoubtful = false;

  constructor(config: ConsensusConfig, name: string, blocks: readonly SealedBlock[]) {
    this.name = name;
    this.config = config;
    this.blocks = [...blocks];
    this.state = this.restored();
  }

  now(): Now {
    const wallMicros = epochMicros + this.clockAheadMicros + this.nowMs * 1000;
    return { monotonicMs: this.nowMs, wallMicros };
  }

  /** From the disk alone; what was applied is final for certain, and the core sees the blocks from there on. */
  restored(appliedNum = 1): ConsensusState {
    const from = this.blocks.findIndex(({ header }) => header.blockNum === appliedNum);
    let consensus = noConsensus;
    for (const block of this.blocks.slice(0, from + 1)) {
      consensus = consensusAfter(consensus, block.header);
    }
    return startConsensus(
      this.config,
      {
        ballot: this.ballot,
        blocks: this.blocks.slice(Math.max(from, 0)),
        consensus,
        commitNum: from === -1 ? 0 : appliedNum,
        logFirst: this.blocks[0]?.header.blockNum ?? 1,
        isDoubtful: this.isDoubtful,
      },
      this.now(),
    );
  }

  /** The effects since the last call. */
  takeEffects(): readonly ConsensusEffect[] {
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  idAt(num: number): string | undefined {
    return this.state.log.idAt(num);
  }

  /** A write is durable. */
  apply({ ballot, keepNum, blocks }: Persist): void {
    if (ballot !== undefined) this.ballot = ballot;
    if (keepNum !== undefined) {
      this.blocks = this.blocks.filter(({ header }) => header.blockNum <= keepNum);
    }
    this.blocks.push(...blocks);
  }
}
