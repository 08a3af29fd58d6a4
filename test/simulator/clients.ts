import type { SealedBlock } from "@kith/protocol/block";

import type { Dice } from "./dice.ts";
import type { Operations } from "./faults.ts";
import type { Draft, Outcome, Subject } from "./machine.ts";
import { reach, type Marks } from "./marks.ts";
import type { SimNode } from "./node.ts";
import { SafetyViolation, type Oracles } from "./oracles.ts";
import type { Scheduler } from "./scheduler.ts";

export type ClientPorts = {
  readonly scheduler: Scheduler;
  readonly dice: Dice;
  readonly marks: Marks;
  readonly nodes: readonly SimNode[];
  readonly oracles: Oracles;
  readonly subject: Subject;
};

export type Clients = {
  start(): void;
  /** No new transactions; those under way are still tried again. */
  stop(): void;
  /** One transaction that has to become final now. */
  probe(): { readonly isFinal: () => boolean; readonly isGivenUp: () => boolean };
  acknowledgedCount(): number;
  onFinal(block: SealedBlock): void;
  /** Everything acknowledged is on every node that has come so far, once. */
  check(): void;
};

type Submission = {
  readonly client: number;
  readonly draft: Draft;
  attempts: number;
  outcome: Outcome | undefined;
};

const patienceMicros = 4_000_000;
const attemptsMax = 8;

/** Sends the same bytes again, to any node, until it knows the outcome: a transaction id is executed at most once. */
export function createClients(ports: ClientPorts, operations: Operations): Clients {
  const { scheduler, dice, marks, nodes, oracles, subject } = ports;
  const submissions: Submission[] = [];
  const places = new Map<string, number[]>();
  let acknowledged = 0;
  let acknowledgedNum = 0;
  let isOver = false;

  function newest(): SealedBlock {
    return oracles.finalBlock(oracles.finalNum()) ?? subject.genesis;
  }

  function submit(client: number, draft: Draft): Submission {
    const submission: Submission = { client, draft, attempts: 0, outcome: undefined };
    submissions.push(submission);
    attempt(submission);
    return submission;
  }

  function attempt(submission: Submission): void {
    if (submission.outcome !== undefined || submission.attempts >= attemptsMax) return;
    if (submission.attempts > 0) reach(marks, "retry-after-timeout");
    submission.attempts += 1;
    scheduler.after(patienceMicros, () => attempt(submission));
    const node = dice.pick(nodes);
    const send = (): void =>
      node.machine?.submit(submission.draft.bytes, (outcome) =>
        onOutcome(node, submission, outcome),
      );
    scheduler.after(0, send, node.owner);
  }

  function onOutcome(node: SimNode, submission: Submission, outcome: Outcome): void {
    if (outcome.kind === "unavailable" || submission.outcome !== undefined) return;
    submission.outcome = outcome;
    if (outcome.kind === "refused") return;
    oracles.onCommit(node.index, outcome.blockNum);
    const { id, isValid } = submission.draft;
    if (places.get(id)?.includes(outcome.blockNum) !== true) {
      throw new SafetyViolation("acknowledged stays", `${id} is not in block ${outcome.blockNum}`);
    }
    if (outcome.isExecuted && !isValid) {
      throw new SafetyViolation("only what is proved is executed", id);
    }
    acknowledged += 1;
    acknowledgedNum = Math.max(acknowledgedNum, outcome.blockNum);
  }

  function read(): void {
    const node = dice.pick(nodes);
    const floor = acknowledgedNum;
    const ask = (): void =>
      node.machine?.readIndex((num) => {
        if (num === undefined) return;
        reach(marks, "read-index");
        if (num >= floor) return;
        throw new SafetyViolation("reads are linearizable", `${num} after ${floor}`);
      });
    scheduler.after(0, ask, node.owner);
  }

  function transfer(): void {
    const leader = nodes.find((node) => node.status?.role === "leader");
    const to = dice.pick(nodes);
    if (leader === undefined || to === leader) return;
    reach(marks, "transfer");
    scheduler.after(0, () => leader.machine?.transfer(to.id), leader.owner);
  }

  function change(): void {
    const count = 1 + dice.below(nodes.length);
    const shuffled = nodes.map((node) => ({ node, rank: dice.float() }));
    shuffled.sort((a, b) => a.rank - b.rank);
    const producers = shuffled.slice(0, count).map(({ node: { id, account } }) => ({
      node: id,
      account,
    }));
    submit(-1, subject.draftChange(producers, newest()));
  }

  function every(seconds: number, run: () => void): void {
    if (seconds === 0) return;
    scheduler.after(dice.exponential(seconds * 1e6), () => {
      if (isOver) return;
      run();
      every(seconds, run);
    });
  }

  function work(client: number): void {
    const burst = dice.chance(0.1) ? dice.between(2, 20) : 1;
    for (let at = 0; at < burst; at += 1) submit(client, subject.draft(client, newest()));
  }

  function checkNode(node: SimNode): void {
    const { program } = node;
    const executedNum = program.executedNum();
    const tallies = new Map<number, number>();
    for (const { client, draft, outcome } of submissions) {
      const num = program.executedIn(draft.id);
      if (num !== undefined) tallies.set(client, (tallies.get(client) ?? 0) + 1);
      if (outcome?.kind !== "final" || !outcome.isExecuted) continue;
      if (outcome.blockNum > executedNum || num === outcome.blockNum) continue;
      throw new SafetyViolation(
        "acknowledged stays",
        `node ${node.index} has ${draft.id} in ${num}, acknowledged was ${outcome.blockNum}`,
      );
    }
    for (let client = 0; client < operations.clientCount; client += 1) {
      const expected = tallies.get(client) ?? 0;
      if (program.tally(client) === expected) continue;
      throw new SafetyViolation(
        "executed once",
        `node ${node.index} executed ${program.tally(client)} of client ${client}, not ${expected}`,
      );
    }
  }

  return {
    start() {
      for (let client = 0; client < operations.clientCount; client += 1) {
        every(operations.transactionSeconds * operations.clientCount, () => work(client));
      }
      every(operations.readSeconds, read);
      every(operations.transferSeconds, transfer);
      every(operations.changeSeconds, change);
    },
    stop() {
      isOver = true;
    },
    probe() {
      const submission = submit(0, subject.draft(0, newest()));
      return {
        isFinal: () => submission.outcome?.kind === "final",
        isGivenUp: () =>
          submission.outcome?.kind === "refused" || submission.attempts >= attemptsMax,
      };
    },
    acknowledgedCount: () => acknowledged,
    onFinal(block) {
      for (const id of subject.idsOf(block)) {
        const known = places.get(id);
        if (known === undefined) places.set(id, [block.header.blockNum]);
        else known.push(block.header.blockNum);
      }
    },
    check() {
      for (const node of nodes) checkNode(node);
    },
  };
}
