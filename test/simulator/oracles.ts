import type { Applied } from "@kith/chain/ports";
import type { SealedBlock } from "@kith/protocol/block";
import type { CftMessage } from "@kith/protocol/node-message";
import type { LogBatch } from "@kith/replica/ports";

import { blockAt, lastNum, type LogImage } from "./disk.ts";
import { reach, type Marks } from "./marks.ts";
import { SafetyViolation, type Rule } from "./safety-violation.ts";
import { isQuorum, votersOf, type Voters } from "./voters.ts";

export type OraclePorts = {
  readonly marks: Marks;
  readonly nodeCount: number;
  readonly durable: (node: number) => LogImage;
  readonly written: (node: number) => LogImage;
  /** The index of a node by its id; undefined for a stranger. */
  readonly nodeIndex: (id: string) => number | undefined;
  readonly onFinal: (block: SealedBlock) => void;
};

export type Oracles = {
  onWritten(node: number, batch: LogBatch): void;
  onDurable(node: number, batch: LogBatch): void;
  onRestarted(node: number, block: SealedBlock): void;
  onSend(from: number, to: number, message: CftMessage): void;
  onCommit(node: number, num: number): void;
  onExecuted(node: number, applied: Applied): void;
  finalNum(): number;
  finalBlock(num: number): SealedBlock | undefined;
};

type Append = Extract<CftMessage, { kind: "append" }>;

/** A block that is so far behind the final one when it is sent is not in the leader's memory in every run. */
const oldBlocks = 16;

export function createOracles(ports: OraclePorts): Oracles {
  const elections = createElectionOracle(ports);
  const finals = createFinalOracle(ports);
  const logs = createLogOracle(ports);
  const roots = new Map<number, Applied>();

  function onAppend(from: number, { blocks, commitNum }: Append): void {
    finals.onCommit(from, commitNum);
    const last = blocks.at(-1)?.header.blockNum ?? commitNum;
    if (last + oldBlocks < commitNum) reach(ports.marks, "old-blocks-sent");
  }

  return {
    onWritten: logs.onWritten,
    onDurable(node, batch) {
      elections.onDurable(node, batch);
      finals.onDurable(node, batch);
      logs.onDurable(node, batch);
    },
    onRestarted(node, block) {
      logs.onRestarted(node, block);
    },
    onSend(from, to, message) {
      elections.onSend(from, to, message);
      if (message.kind === "append") onAppend(from, message);
      if (message.kind === "confirm") logs.onConfirm(from, message);
    },
    onCommit: finals.onCommit,
    onExecuted(node, applied) {
      finals.onCommit(node, applied.num);
      const known = roots.get(applied.num);
      if (known === undefined) roots.set(applied.num, applied);
      else if (
        known.id !== applied.id ||
        known.stateRoot !== applied.stateRoot ||
        known.eventRoot !== applied.eventRoot
      ) {
        throw new SafetyViolation(
          "equal states at equal heights",
          `node ${node} at ${applied.num} has ${applied.stateRoot}, others ${known.stateRoot}`,
        );
      }
    },
    finalNum: finals.finalNum,
    finalBlock: finals.finalBlock,
  };
}

type ElectionOracle = Pick<Oracles, "onDurable" | "onSend">;

/** Raft section 5.2: one vote a term, told only when durable; so one leader a term. */
function createElectionOracle(ports: OraclePorts): ElectionOracle {
  const leaders = new Map<number, number>();
  const votes = Array.from({ length: ports.nodeCount }, () => new Map<number, number>());

  function onVote(node: number, term: number, candidate: number): void {
    const { vote } = ports.durable(node);
    const told = votes[node]?.get(term);
    if (told !== undefined && told !== candidate) {
      throw new SafetyViolation(
        "one vote a term",
        `node ${node} voted for ${told} and for ${candidate} in term ${term}`,
      );
    }
    votes[node]?.set(term, candidate);
    if (vote.term > term) return;
    const durableFor = vote.votedFor === undefined ? undefined : ports.nodeIndex(vote.votedFor);
    if (vote.term < term || durableFor !== candidate) {
      throw new SafetyViolation(
        "votes are durable before they are told",
        `node ${node} tells its vote for ${candidate} in term ${term}, on disk is term ${vote.term}`,
      );
    }
  }

  function onTermUsed(node: number, term: number): void {
    const durableTerm = ports.durable(node).vote.term;
    if (durableTerm >= term) return;
    throw new SafetyViolation(
      "terms are durable before they are used",
      `node ${node} uses term ${term}, on disk is ${durableTerm}`,
    );
  }

  function onLead(node: number, term: number): void {
    onTermUsed(node, term);
    const leader = leaders.get(term);
    if (leader === node) return;
    if (leader !== undefined) {
      throw new SafetyViolation(
        "one leader a term",
        `nodes ${leader} and ${node} lead in term ${term}`,
      );
    }
    reach(ports.marks, leaders.size === 0 ? "election" : "re-election");
    leaders.set(term, node);
  }

  return {
    onDurable(node, { vote }) {
      if (vote === undefined) return;
      const before = ports.durable(node).vote;
      const isChanged = before.votedFor !== undefined && before.votedFor !== vote.votedFor;
      if (vote.term > before.term || (vote.term === before.term && !isChanged)) return;
      throw new SafetyViolation(
        "votes never regress",
        `node ${node} goes from term ${before.term} to ${vote.term}`,
      );
    },
    onSend(from, to, message) {
      switch (message.kind) {
        case "append":
          return onLead(from, message.term);
        case "confirm":
          return onTermUsed(from, message.term);
        case "vote-request":
          if (!message.pre) onVote(from, message.term, from);
          return;
        case "vote-response":
          if (!message.pre && message.granted) onVote(from, message.term, to);
          return;
        case "timeout-now":
          return onTermUsed(from, message.term);
      }
    },
  };
}

type LogOracle = Pick<Oracles, "onWritten" | "onDurable" | "onRestarted"> & {
  onConfirm(node: number, message: Extract<CftMessage, { kind: "confirm" }>): void;
};

/** Raft section 5.3: logs are chains, a leader makes one block a height, and a confirm names what is on disk. */
function createLogOracle(ports: OraclePorts): LogOracle {
  const made = new Map<number, string>();
  const everDurable = Array.from({ length: ports.nodeCount }, () => new Set<string>());

  function checkChain(node: number, before: SealedBlock | undefined, block: SealedBlock): void {
    const { previous, blockNum, term } = block.header;
    if (before === undefined) return;
    const isNext = before.id === previous && before.header.blockNum + 1 === blockNum;
    if (isNext && before.header.term <= term) return;
    throw new SafetyViolation("logs are chains", `node ${node} puts ${block.id} on ${before.id}`);
  }

  function checkMade(block: SealedBlock): void {
    const place = block.header.term * 2 ** 30 + block.header.blockNum;
    const known = made.get(place);
    if (known === undefined) {
      made.set(place, block.id);
      if (block.header.newConsensus !== undefined) reach(ports.marks, "change-proposed");
    }
    if (known !== undefined && known !== block.id) {
      throw new SafetyViolation("one block a term and height", `${known} and ${block.id}`);
    }
  }

  return {
    onWritten(node, batch) {
      const image = ports.written(node);
      const keepNum = batch.keepNum ?? lastNum(image);
      if (keepNum < lastNum(image)) reach(ports.marks, "truncation");
      let before = blockAt(image, Math.min(keepNum, lastNum(image)));
      for (const block of batch.blocks) {
        checkChain(node, before, block);
        checkMade(block);
        before = block;
      }
    },
    onDurable(node, batch) {
      for (const block of batch.blocks) everDurable[node]?.add(block.id);
    },
    onRestarted(node, block) {
      everDurable[node]?.add(block.id);
      reach(ports.marks, "snapshot-installed");
    },
    onConfirm(node, message) {
      if (!message.accepted || message.headNum < ports.durable(node).firstNum) return;
      if (everDurable[node]?.has(message.headId) === true) return;
      throw new SafetyViolation(
        "confirms are durable before they are told",
        `node ${node} confirms block ${message.headNum} ${message.headId}`,
      );
    },
  };
}

type FinalOracle = Pick<Oracles, "onDurable" | "onCommit" | "finalNum" | "finalBlock">;

/** State machine safety (Raft section 5.4): one final block a height, held by a quorum for ever. */
function createFinalOracle(ports: OraclePorts): FinalOracle {
  const finals: SealedBlock[] = [];
  const claimed = Array.from({ length: ports.nodeCount }, () => 0);
  let voters: Voters | undefined;

  function holds(node: number, block: SealedBlock): boolean {
    const image = ports.durable(node);
    const num = block.header.blockNum;
    return num < image.firstNum || blockAt(image, num)?.id === block.id;
  }

  function checkQuorum(block: SealedBlock, except: number | undefined, rule: Rule): void {
    if (voters === undefined) return;
    const holders = (node: number): boolean => node !== except && holds(node, block);
    if (isQuorum(voters, block.header.blockNum, (id) => holders(ports.nodeIndex(id) ?? -1))) return;
    throw new SafetyViolation(rule, `block ${block.header.blockNum} ${block.id}`);
  }

  function onNewFinal(block: SealedBlock): void {
    finals[block.header.blockNum] = block;
    voters = votersOf(voters, block);
    checkQuorum(block, undefined, "final blocks are durable on a quorum");
    ports.onFinal(block);
  }

  function onFinal(node: number, num: number): void {
    const image = ports.written(node);
    if (num < image.firstNum) return;
    const block = blockAt(image, num);
    const known = finals[num];
    if (block === undefined || (known !== undefined && known.id !== block.id)) {
      throw new SafetyViolation(
        "one final block a height",
        `node ${node} takes ${block?.id} at ${num}, others ${known?.id}`,
      );
    }
    if (known === undefined) onNewFinal(block);
  }

  return {
    onCommit(node, num) {
      const before = claimed[node] ?? 0;
      for (let at = before + 1; at <= num; at += 1) onFinal(node, at);
      claimed[node] = Math.max(before, num);
    },
    onDurable(node, { keepNum }) {
      if (keepNum === undefined) return;
      const image = ports.durable(node);
      for (let num = Math.max(keepNum + 1, image.firstNum); num <= lastNum(image); num += 1) {
        const block = blockAt(image, num);
        if (block === undefined || finals[num]?.id !== block.id) continue;
        if (num <= (claimed[node] ?? 0)) {
          throw new SafetyViolation("commit never goes back", `node ${node} drops block ${num}`);
        }
        checkQuorum(block, node, "final blocks stay");
      }
    },
    finalNum: () => Math.max(0, finals.length - 1),
    finalBlock: (num) => finals[num],
  };
}
