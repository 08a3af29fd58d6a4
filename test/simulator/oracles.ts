import type { Applied } from "@kith/chain/ports";
import type { SealedBlock } from "@kith/protocol/block";
import type { Evidence } from "@kith/protocol/evidence";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import type { LogBatch } from "@kith/replica/ports";

import { BftOracle } from "./bft/bft-oracle.ts";
import { ElectionOracle } from "./election-oracle.ts";
import { FinalOracle } from "./final-oracle.ts";
import { lastNum, type LogImage } from "./log-image.ts";
import { LogOracle } from "./log-oracle.ts";
import { reach } from "./marks.ts";
import type { OraclePorts } from "./oracle-ports.ts";
import { SafetyViolation } from "./safety-violation.ts";
import type { Voters } from "./voters.ts";

type Append = Extract<ConsensusMessage, { kind: "append" }>;

/** A block that is so far behind the final one when it is sent is not in the leader's memory in every run. */
const oldBlocks = 16;

/** Sees every message that leaves a node, every write and every execution, and throws when a rule is broken. */
export class Oracles {
  readonly #ports: OraclePorts;
  readonly #elections: ElectionOracle;
  readonly #logs: LogOracle;
  readonly #finals: FinalOracle;
  readonly #bft: BftOracle | undefined;
  readonly #roots = new Map<number, Applied>();
  /** The newest height whose state each node has had. */
  readonly #computed = new Map<number, number>();

  constructor(ports: OraclePorts) {
    this.#ports = ports;
    this.#elections = new ElectionOracle(ports);
    this.#logs = new LogOracle(ports);
    this.#finals = new FinalOracle({
      ...ports,
      onFinal: (block) => {
        this.#bft?.onFinal(block);
        ports.onFinal(block);
      },
    });
    if (ports.algorithm === "bft") {
      this.#bft = new BftOracle({
        ...ports,
        producersOf: (epoch) => this.finalBlock(epoch)?.header.newConsensus,
        rootAfter: (num) => this.#roots.get(num)?.stateRoot,
        hasComputed: (node, num) => num <= (this.#computed.get(node) ?? 1),
      });
    }
  }

  get finalNum(): number {
    return this.#finals.finalNum;
  }

  /** Whose votes count after a final block. */
  votersAfter(num: number): Voters | undefined {
    return this.#finals.votersAfter(num);
  }

  finalBlock(num: number): SealedBlock | undefined {
    return this.#finals.finalBlock(num);
  }

  /**
   * What state.db holds at a start was final, even if the crash came before anybody was told. Where it is ahead of the
   * log, a snapshot came: its block is durable in the state before it is in the log.
   */
  onBoot(node: number, executedNum: number): void {
    if (this.#ports.isLiar(node)) return;
    this.#noteComputed(node, executedNum);
    if (executedNum <= lastNum(this.#ports.written(node))) {
      this.#finals.onCommit(node, executedNum);
      return;
    }
    const block = this.#finals.finalBlock(executedNum);
    if (block !== undefined) this.#logs.onDurable(node, { blocks: [block] });
  }

  onWritten(node: number, batch: LogBatch): void {
    if (this.#ports.isLiar(node)) return;
    const [first] = batch.blocks;
    const isTrusted = this.#ports.algorithm === "cft";
    if (isTrusted && first !== undefined && this.#logs.isNew(first)) this.#onMade(node, first);
    this.#logs.onWritten(node, batch);
  }

  onDurable(node: number, batch: LogBatch): void {
    if (this.#ports.isLiar(node)) return;
    this.#bft?.onDurable(node, batch);
    this.#elections.onDurable(node, batch);
    this.#finals.onDurable(node, batch);
    this.#logs.onDurable(node, batch);
  }

  onRestarted(node: number, block: SealedBlock): void {
    if (this.#ports.isLiar(node)) return;
    this.#bft?.onRestarted(node, block);
    this.#logs.onRestarted(node, block);
  }

  /** An older copy stands in the place of its disk. */
  onPutBack(node: number, image: LogImage): void {
    this.#logs.onPutBack(node, image);
    this.#bft?.onPutBack(node, image);
  }

  /** It says that it knows whatever it may have said. */
  onRemembered(): void {
    this.#finals.onRemembered();
  }

  onRepaired(node: number, block: SealedBlock): void {
    if (this.#ports.isLiar(node)) return;
    this.#logs.onRepaired(node, block);
  }

  onSend(from: number, to: number, message: ConsensusMessage): void {
    this.#bft?.onSend(from, message);
    if (this.#ports.isLiar(from)) return;
    this.#elections.onSend(from, to, message);
    if (message.kind === "append") this.#onAppend(from, message);
    if (message.kind === "confirm") this.#logs.onConfirm(from, message);
  }

  onCommit(node: number, num: number): void {
    if (this.#ports.isLiar(node)) return;
    this.#finals.onCommit(node, num);
  }

  onEvidence(node: number, evidence: Evidence): void {
    if (!this.#ports.isLiar(node)) this.#bft?.onEvidence(node, evidence);
  }

  /** Whom everything that was signed shows to have broken a rule of BFT. */
  guilty(): ReadonlySet<string> {
    return this.#bft?.guilty() ?? new Set();
  }

  /** At the end of a run. */
  checkGuilty(): void {
    this.#bft?.checkGuilty();
  }

  onExecuted(node: number, applied: Applied): void {
    if (this.#ports.isLiar(node)) return;
    this.#noteComputed(node, applied.num);
    this.#finals.onCommit(node, applied.num);
    const known = this.#roots.get(applied.num);
    if (known === undefined) {
      this.#roots.set(applied.num, applied);
      return;
    }
    const isEqual =
      known.id === applied.id &&
      known.stateRoot === applied.stateRoot &&
      known.eventRoot === applied.eventRoot;
    if (isEqual) return;
    throw new SafetyViolation(
      "equal states at equal heights",
      `node ${node} at ${applied.num} has ${applied.stateRoot}, others ${known.stateRoot}`,
    );
  }

  #noteComputed(node: number, num: number): void {
    this.#computed.set(node, Math.max(num, this.#computed.get(node) ?? 1));
  }

  /** Its maker writes it first, and says in it what it knows to be final. */
  #onMade(node: number, { header }: SealedBlock): void {
    this.#finals.onLeaderCommit(node, header.term, header.commitNum);
  }

  #onAppend(from: number, { term, blocks, commitNum }: Append): void {
    this.#finals.onLeaderCommit(from, term, commitNum);
    const last = blocks.at(-1)?.header.blockNum ?? commitNum;
    if (last + oldBlocks < commitNum) reach(this.#ports.marks, "old-blocks-sent");
  }
}
