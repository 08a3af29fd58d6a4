import type { Producer } from "@kith/protocol/block";

import type { Dice } from "./dice.ts";
import type { Operations } from "./faults.ts";
import type { Ledger } from "./ledger.ts";
import type { Draft, Outcome, Subject, View } from "./machine.ts";
import { reach, type Marks } from "./marks.ts";
import type { SimNode } from "./node.ts";
import type { Scheduler } from "./scheduler.ts";

type ClientPorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly marks: Marks;
  readonly nodes: readonly SimNode[];
  readonly ledger: Ledger;
  readonly subject: Subject;
  /** What a client knows that has just looked at the network. */
  readonly view: () => View;
  /** Whether these may be the producers: they have to decide without those that may be lost. */
  readonly mayProduce: (producers: readonly Producer[]) => boolean;
};

type Submission = {
  readonly draft: Draft;
  /** 0: sent once, by nobody who waits for an outcome. */
  attempts: number;
  outcome: Outcome | undefined;
};

/** One transaction that has to become final now. */
export type Probe = { readonly isFinal: () => boolean; readonly isGivenUp: () => boolean };

const patienceMicros = 4_000_000;
const attemptsMax = 8;
const burstShare = 0.1;
/** Of the operations: the bytes of an old transaction come again, long after its outcome. */
const replayShare = 0.02;

/** Send the same bytes again, to any node, until they know the outcome: an id is executed at most once. */
export class Clients {
  readonly #ports: ClientPorts;
  readonly #operations: Operations;
  readonly #settled: Draft[] = [];
  #asked: readonly SimNode[] | undefined;
  #isOver = false;

  constructor(ports: ClientPorts, operations: Operations) {
    this.#ports = ports;
    this.#operations = operations;
  }

  start(): void {
    const { clientCount, transactionSeconds, readSeconds } = this.#operations;
    for (let client = 0; client < clientCount; client += 1) {
      this.#every(transactionSeconds * clientCount, () => this.#work(client));
    }
    this.#every(readSeconds, () => this.#read());
    this.#every(this.#operations.transferSeconds, () => this.#transfer());
    this.#every(this.#operations.changeSeconds, () => this.#change());
  }

  /** No new transactions; those under way are still tried again. */
  stop(): void {
    this.#isOver = true;
    this.#ports.subject.endChanges?.();
  }

  /** From now on these nodes alone are asked. */
  probe(nodes: readonly SimNode[]): Probe {
    this.#asked = nodes;
    const submission = this.#submit(this.#ports.subject.draft(0, this.#ports.view()));
    return {
      isFinal: () => submission.outcome?.kind === "final",
      isGivenUp: () => submission.outcome?.kind === "refused" || submission.attempts >= attemptsMax,
    };
  }

  #every(seconds: number, run: () => void): void {
    if (seconds === 0) return;
    const { scheduler, dice } = this.#ports;
    scheduler.after(dice.exponential(seconds * 1e6), () => {
      if (this.#isOver) return;
      run();
      this.#every(seconds, run);
    });
  }

  #work(client: number): void {
    const { dice, subject, view } = this.#ports;
    const burst = dice.chance(burstShare) ? dice.between(2, 20) : 1;
    for (let at = 0; at < burst; at += 1) this.#submit(subject.draft(client, view()));
    if (this.#settled.length > 0 && dice.chance(replayShare)) this.#replay();
  }

  #submit(draft: Draft): Submission {
    const submission: Submission = { draft, attempts: 0, outcome: undefined };
    this.#ports.ledger.expect(draft);
    this.#attempt(submission);
    return submission;
  }

  #attempt(submission: Submission): void {
    if (submission.outcome !== undefined || submission.attempts >= attemptsMax) return;
    const { scheduler, marks } = this.#ports;
    if (submission.attempts > 0) reach(marks, "retry-after-timeout");
    submission.attempts += 1;
    scheduler.after(patienceMicros, () => this.#attempt(submission));
    this.#send(submission);
  }

  #send(submission: Submission): void {
    const { scheduler, dice, nodes } = this.#ports;
    const node = dice.pick(this.#asked ?? nodes.filter((each) => each.isActive));
    const send = (): void =>
      node.machine?.submit(submission.draft.bytes, (outcome) =>
        this.#onOutcome(node, submission, outcome),
      );
    scheduler.after(0, send, node.owner);
  }

  #onOutcome(node: SimNode, submission: Submission, outcome: Outcome): void {
    // Whoever asks a liar has to ask somebody else.
    if (outcome.kind === "unavailable" || submission.outcome !== undefined || node.isLiar) return;
    submission.outcome = outcome;
    if (submission.attempts > 0) this.#settled.push(submission.draft);
    if (outcome.kind === "refused") return;
    node.claimFinal(outcome.blockNum);
    this.#ports.ledger.onAcknowledged(submission.draft, outcome);
  }

  /** Somebody has kept the bytes, or the network has: whatever comes of it, nothing is executed twice. */
  #replay(): void {
    const draft = this.#ports.dice.pick(this.#settled);
    reach(this.#ports.marks, "old-transaction-again");
    this.#send({ draft, attempts: 0, outcome: undefined });
  }

  #read(): void {
    const { scheduler, dice, marks, nodes, ledger } = this.#ports;
    const node = dice.pick(nodes);
    const floor = ledger.acknowledgedNum;
    const ask = (): void =>
      node.machine?.readIndex((num) => {
        if (num === undefined || node.isLiar) return;
        reach(marks, "read-index");
        ledger.onRead(num, floor);
      });
    scheduler.after(0, ask, node.owner);
  }

  #transfer(): void {
    const { scheduler, dice, marks, nodes } = this.#ports;
    const leader = nodes.find((node) => node.status?.role === "leader");
    const to = dice.pick(nodes);
    if (leader === undefined || to === leader) return;
    reach(marks, "transfer");
    scheduler.after(0, () => leader.machine?.transfer(to.id), leader.owner);
  }

  #change(): void {
    const { dice, nodes, subject, view, mayProduce } = this.#ports;
    const active = nodes.filter((node) => node.isActive);
    const count = 1 + dice.below(active.length);
    const chosen = dice.shuffled(active).slice(0, count);
    const producers = chosen.map(({ id, account }) => ({ node: id, account }));
    if (mayProduce(producers)) this.#submit(subject.draftChange(producers, view()));
  }
}
