import type { ConsensusMessage } from "@kith/protocol/node-message";
import type { LogBatch } from "@kith/replica/ports";

import { reach } from "./marks.ts";
import type { OraclePorts } from "./oracle-ports.ts";
import { SafetyViolation } from "./safety-violation.ts";

/** Raft section 5.2: one vote a term, told only when durable; so one leader a term. */
export class ElectionOracle {
  readonly #ports: OraclePorts;
  readonly #leaders = new Map<number, number>();
  /** For each node the candidate of each term. */
  readonly #votes: readonly Map<number, number>[];

  constructor(ports: OraclePorts) {
    this.#ports = ports;
    this.#votes = Array.from({ length: ports.nodeCount }, () => new Map());
  }

  /** Called before the batch is applied to the durable log. */
  onDurable(node: number, { ballot }: LogBatch): void {
    if (ballot === undefined) return;
    const before = this.#ports.durable(node).ballot;
    const isChanged = before.votedFor !== undefined && before.votedFor !== ballot.votedFor;
    if (ballot.term > before.term || (ballot.term === before.term && !isChanged)) return;
    throw new SafetyViolation(
      "votes never regress",
      `node ${node} goes from term ${before.term} to ${ballot.term}`,
    );
  }

  onSend(from: number, to: number, message: ConsensusMessage): void {
    switch (message.kind) {
      case "append":
        return this.#onLead(from, message.term);
      case "confirm":
      case "timeout-now":
        return this.#onTermUsed(from, message.term);
      case "vote-request":
        if (!message.pre) this.#onVote(from, message.term, from);
        return;
      case "vote-response":
        if (!message.pre && message.granted) this.#onVote(from, message.term, to);
        return;
      case "proposal":
      case "vote":
      case "view-change":
      case "new-view":
      case "chain-request":
      case "chain-response":
      case "read-round":
      case "read-answer":
      case "certificate":
      case "recall":
      case "recalled":
      case "reminder":
      // Elections are of CFT alone.
    }
  }

  #onVote(node: number, term: number, candidate: number): void {
    const told = this.#votes[node]?.get(term);
    if (told !== undefined && told !== candidate) {
      throw new SafetyViolation(
        "one vote a term",
        `node ${node} voted for ${told} and for ${candidate} in term ${term}`,
      );
    }
    this.#votes[node]?.set(term, candidate);
    this.#checkVoteIsDurable(node, term, candidate);
  }

  #checkVoteIsDurable(node: number, term: number, candidate: number): void {
    const { ballot } = this.#ports.durable(node);
    if (ballot.term > term) return;
    const { votedFor } = ballot;
    const durableFor = votedFor === undefined ? undefined : this.#ports.nodeIndex(votedFor);
    if (ballot.term === term && durableFor === candidate) return;
    throw new SafetyViolation(
      "votes are durable before they are told",
      `node ${node} tells its vote for ${candidate} in term ${term}, on disk is term ${ballot.term}`,
    );
  }

  #onTermUsed(node: number, term: number): void {
    const durableTerm = this.#ports.durable(node).ballot.term;
    if (durableTerm >= term) return;
    throw new SafetyViolation(
      "terms are durable before they are used",
      `node ${node} uses term ${term}, on disk is ${durableTerm}`,
    );
  }

  #onLead(node: number, term: number): void {
    this.#onTermUsed(node, term);
    const leader = this.#leaders.get(term);
    if (leader === node) return;
    if (leader !== undefined) {
      throw new SafetyViolation(
        "one leader a term",
        `nodes ${leader} and ${node} lead in term ${term}`,
      );
    }
    reach(this.#ports.marks, this.#leaders.size === 0 ? "election" : "re-election");
    this.#leaders.set(term, node);
  }
}
