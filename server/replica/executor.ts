import type { BlockResult } from "@kith/chain/apply-block";
import type { Chain } from "@kith/chain/chain";
import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf, type BlockNum } from "@kith/protocol/ids";
import { prepareTransaction, type PreparedTransaction } from "@kith/protocol/transactions";

import { executeSliceMs } from "./limits.ts";
import type { ClockPort } from "./ports.ts";
import type { Reference, Verdicts } from "./verdicts.ts";

type ExecutorPorts = {
  readonly chain: Chain;
  readonly verdicts: Verdicts;
  readonly clock: ClockPort;
  /** A final block, from memory or from the log; undefined while it is being repaired. */
  readonly finalBlock: (num: BlockNum) => SealedBlock | undefined;
  readonly onExecuted: (executed: ExecutedBlock) => void;
};

export type ExecutedBlock = {
  readonly block: SealedBlock;
  readonly result: BlockResult;
  /** Those that are transactions at all. */
  readonly transactions: readonly PreparedTransaction[];
  readonly tookMs: number;
};

type Candidate = {
  readonly prepared: PreparedTransaction | undefined;
  reference: Reference | undefined;
  proved: boolean;
};

/**
 * Executes final blocks in order, each when the proofs of all its transactions have been judged. Judging starts when
 * a block arrives, long before it is final; here only what is left is waited for.
 */
export class Executor {
  readonly #ports: ExecutorPorts;
  readonly #prepared = new WeakMap<Uint8Array, PreparedTransaction>();
  #finalNum: number;
  #judging: BlockNum | undefined;
  #resuming = false;
  #running = false;

  constructor(ports: ExecutorPorts) {
    this.#ports = ports;
    this.#finalNum = ports.chain.applied()?.num ?? 0;
  }

  /** Transactions that this node admitted are not decoded again when they come back in a block. */
  remember(bytes: Uint8Array, prepared: PreparedTransaction): void {
    this.#prepared.set(bytes, prepared);
  }

  /** Starts to judge the proofs of a block that is not final yet. */
  foresee(block: SealedBlock): void {
    for (const bytes of block.transactions) {
      const prepared = this.#prepare(bytes);
      if (prepared === undefined) continue;
      const wanted = this.#ports.chain.signatureChecks(prepared, block.header.blockNum);
      if (wanted.ok) this.#ports.verdicts.check(prepared.id, wanted.value, () => undefined);
    }
  }

  advance(finalNum: BlockNum): void {
    if (finalNum > this.#finalNum) this.#finalNum = finalNum;
    this.run();
  }

  /** Goes on executing; called again when a block was repaired or a snapshot installed. */
  run(): void {
    // Whoever hears of an executed block may come back here: the loop below goes on by itself.
    if (this.#running) return;
    this.#running = true;
    this.#runSlice();
    this.#running = false;
  }

  #runSlice(): void {
    const sliceEndMs = this.#ports.clock.now().monotonicMs + executeSliceMs;
    for (;;) {
      if (this.#resuming) return;
      if (this.#ports.clock.now().monotonicMs > sliceEndMs) return this.#resumeSoon();
      const applied = this.#ports.chain.applied()?.num ?? 0;
      if (applied >= this.#finalNum || this.#judging !== undefined) return;
      const block = this.#ports.finalBlock(blockNumOf(applied + 1));
      if (block === undefined) return;
      this.#judge(block);
    }
  }

  /** A node that replays many blocks still answers heartbeats in between. */
  #resumeSoon(): void {
    this.#resuming = true;
    this.#ports.clock.after(0, () => {
      this.#resuming = false;
      this.run();
    });
  }

  #judge(block: SealedBlock): void {
    const candidates: Candidate[] = [];
    let open = 1;
    let waited = false;
    this.#judging = block.header.blockNum;
    const oneDone = (): void => {
      open--;
      if (open > 0) return;
      this.#judging = undefined;
      // A snapshot may have brought the state further meanwhile.
      const isNext = block.header.blockNum === (this.#ports.chain.applied()?.num ?? 0) + 1;
      if (isNext) this.#execute(block, candidates);
      if (waited) this.run();
    };
    for (const bytes of block.transactions) {
      const prepared = this.#prepare(bytes);
      const candidate: Candidate = { prepared, reference: undefined, proved: false };
      candidates.push(candidate);
      if (prepared === undefined) continue;
      const wanted = this.#ports.chain.signatureChecks(prepared, block.header.blockNum);
      if (!wanted.ok) continue;
      candidate.reference = wanted.value;
      open++;
      this.#ports.verdicts.check(prepared.id, wanted.value, (valid) => {
        candidate.proved = valid;
        oneDone();
      });
    }
    oneDone();
    waited = true;
  }

  #execute(block: SealedBlock, candidates: readonly Candidate[]): void {
    const startMs = this.#ports.clock.now().monotonicMs;
    const result = this.#ports.chain.applyBlock(
      block,
      candidates.map((candidate) => candidate.prepared),
      candidates.map((candidate) => candidate.proved),
    );
    const tookMs = this.#ports.clock.now().monotonicMs - startMs;
    for (const { prepared, reference } of candidates) {
      if (prepared !== undefined && reference !== undefined) {
        this.#ports.verdicts.forget(prepared.id, reference);
      }
    }
    const transactions = candidates.flatMap(({ prepared }) => prepared ?? []);
    this.#ports.onExecuted({ block, result, transactions, tookMs });
  }

  #prepare(bytes: Uint8Array): PreparedTransaction | undefined {
    const known = this.#prepared.get(bytes);
    if (known !== undefined) return known;
    const prepared = prepareTransaction(bytes);
    if (!prepared.ok) return undefined;
    this.#prepared.set(bytes, prepared.value);
    return prepared.value;
  }
}
