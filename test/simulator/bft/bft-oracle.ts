import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { evidenceHolds, type Evidence } from "@kith/protocol/evidence";
import type { NodeId } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import {
  viewChangeStatement,
  voteStatement,
  type SignedViewChange,
  type SignedVote,
} from "@kith/protocol/vote";
import type { LogBatch } from "@kith/replica/ports";

import type { LogImage } from "../log-image.ts";
import { reach } from "../marks.ts";
import type { OraclePorts } from "../oracle-ports.ts";
import { SafetyViolation } from "../safety-violation.ts";
import { guiltyOf } from "./accountability.ts";
import { BlockTree } from "./block-tree.ts";
import { HonestRules } from "./honest-rules.ts";
import { Justification } from "./justification.ts";
import { blocksIn, Statements } from "./statements.ts";

export type BftOraclePorts = OraclePorts & {
  /** Those that the final block of this height began to introduce. */
  readonly producersOf: (epoch: number) => Consensus | undefined;
  /** What honest nodes computed after this height; undefined while none has. */
  readonly rootAfter: (num: number) => string | undefined;
  /** Whether this node has ever had the state after this height. */
  readonly hasComputed: (node: number, num: number) => boolean;
};

/** Hears everything that leaves a node under BFT, and holds the honest ones to the rules of bft.md. */
export class BftOracle {
  readonly #ports: BftOraclePorts;
  readonly #tree = new BlockTree();
  readonly #statements: Statements;
  readonly #rules: HonestRules;

  constructor(ports: BftOraclePorts) {
    this.#ports = ports;
    this.#statements = new Statements((statement) => this.#isReal(statement));
    const tree = this.#tree;
    const { producersOf } = ports;
    const parts = { tree, statements: this.#statements, producersOf };
    this.#rules = new HonestRules({ ...ports, tree, justification: new Justification(parts) });
  }

  /** Called before the batch is applied to the durable log. */
  onDurable(node: number, batch: LogBatch): void {
    for (const block of batch.blocks) this.#tree.add(block);
    this.#rules.onDurable(node, batch);
  }

  /** A block that is on the disk by another way: a snapshot brought it. */
  onRestarted(node: number, block: SealedBlock): void {
    this.#tree.add(block);
    this.#rules.onHeld(node, block);
  }

  onPutBack(node: number, image: LogImage): void {
    this.#rules.onPutBack(node, image);
  }

  onSend(from: number, message: ConsensusMessage): void {
    for (const block of blocksIn(message)) this.#tree.add(block);
    this.#statements.record(message);
    if (this.#ports.isLiar(from)) return;
    this.#rules.onSend(from, message);
    this.#noteRareThings(from, message);
  }

  /** How far a batch of runs has come into the corners of the algorithm. */
  #noteRareThings(from: number, message: ConsensusMessage): void {
    const { marks } = this.#ports;
    const isOwn = (node: NodeId): boolean => this.#ports.nodeIndex(node) === from;
    if (message.kind === "view-change") {
      reach(marks, "view-change");
      const said = this.#statements.of(message.view.node)?.get(message.view.term);
      if ((said?.views.length ?? 0) > 1 && isOwn(message.view.node))
        reach(marks, "second-view-change");
    } else if (message.kind === "new-view") {
      if (message.certificate !== undefined) reach(marks, "view-change-with-certificate");
    } else if (message.kind === "vote") {
      const { epoch, term, committed } = message.vote;
      if (epoch > 1) reach(marks, "epoch-begun");
      const header = this.#tree.header(committed.id);
      if (header !== undefined && header.term < term) reach(marks, "block-carried-over");
    } else if (message.kind === "chain-response") {
      const isCaughtUp = message.certificate !== undefined && message.blocks.length > 0;
      if (isCaughtUp) reach(marks, "catch-up-by-certificate");
    } else if (message.kind === "certificate" && message.certificate.kind === "prepared") {
      reach(marks, "lock-shown");
    }
  }

  /** A change of producers became final, by the word of those that leave and of those that come. */
  onFinal({ header: { newConsensus, blockNum } }: SealedBlock): void {
    if (newConsensus !== undefined && blockNum > 1) reach(this.#ports.marks, "joint-commit");
  }

  onEvidence(node: number, evidence: Evidence): void {
    const { chain, isSigned, marks } = this.#ports;
    if (!evidenceHolds(chain, evidence, isSigned)) {
      throw new SafetyViolation("evidence convinces everybody", `node ${node} made it`);
    }
    this.#checkAccused(evidence.first.node);
    reach(marks, "evidence");
  }

  /** Whom the safety proof of bft.md names, by all that was ever signed. */
  guilty(): ReadonlySet<string> {
    return guiltyOf(this.#tree, this.#statements);
  }

  /** At the end of a run: the proof names nobody who kept the rules. */
  checkGuilty(): void {
    for (const id of this.guilty()) this.#checkAccused(id);
  }

  #checkAccused(id: string): void {
    const node = this.#ports.nodeIndex(id);
    if (node !== undefined && this.#ports.isLiar(node)) return;
    throw new SafetyViolation("nobody honest is accused", `node ${node} ${id}`);
  }

  #isReal(statement: SignedVote | SignedViewChange): boolean {
    const { chain, isSigned } = this.#ports;
    const bytes =
      "best" in statement ? viewChangeStatement(chain, statement) : voteStatement(chain, statement);
    return isSigned(statement.node, bytes, statement.signature);
  }
}
