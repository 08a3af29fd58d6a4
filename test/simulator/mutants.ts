import { bftMutants } from "./bft/bft-mutants.ts";
import { blockMutants } from "./bft/block-mutants.ts";
import { bondMutants } from "./bft/bond-mutants.ts";
import { jointMutants } from "./bft/joint-mutants.ts";
import { memoryMutants } from "./bft/memory-mutants.ts";
import { proofMutants } from "./bft/proof-mutants.ts";
import { readMutants } from "./bft/read-mutants.ts";
import { termMutants } from "./bft/term-mutants.ts";
import { voteMutants } from "./bft/vote-mutants.ts";
import { wordMutants } from "./bft/word-mutants.ts";
import { keepMutants } from "./keep-mutants.ts";
import { ruleMutants } from "./rule-mutants.ts";
import type { Scenario } from "./run-scenario.ts";

/** A rule taken out of the product's source: each `from` stands once in `file`, and is replaced by `to`. */
export type Mutant = {
  readonly name: string;
  readonly file: string;
  readonly edits: readonly { readonly from: string; readonly to: string }[];
  /** Safety, where nothing else is said. */
  readonly breaks?: "liveness";
  readonly found: FoundBySeeds | FoundByScenario;
};

/** How the simulator has to be run to find it, and within how many seeds it does, from the first of them on (1). */
export type FoundBySeeds = {
  readonly mode: "core" | "core-bft" | "replica";
  readonly weather: "usual" | "storm";
  readonly producerCount: number;
  readonly seedFirst?: number;
  readonly seedsMax: number;
};

/** What breaks only when several things come together that seldom do is found by the one test that brings them together. */
type FoundByScenario = { readonly scenario: Scenario };

const cft = "server/consensus/cft";
const usual = { mode: "core", weather: "usual", producerCount: 3, seedsMax: 20 } as const;
const storm = { mode: "core", weather: "storm", producerCount: 5, seedsMax: 60 } as const;

const cftMutants: readonly Mutant[] = [
  {
    name: "vote-told-before-durable",
    file: `${cft}/election.ts`,
    edits: [
      {
        from: "out.send(from, response, state.writes.lastBallot)",
        to: "out.send(from, response, 0)",
      },
    ],
    found: usual,
  },
  {
    name: "vote-not-written",
    file: `${cft}/election.ts`,
    edits: [{ from: "state.votedFor = from;\n  out.writeBallot();", to: "state.votedFor = from;" }],
    found: usual,
  },
  {
    name: "candidacy-told-before-durable",
    file: `${cft}/election.ts`,
    edits: [
      {
        from: "out.send(node, message, state.writes.lastBallot)",
        to: "out.send(node, message, 0)",
      },
    ],
    found: usual,
  },
  {
    name: "two-votes-a-term",
    file: `${cft}/election.ts`,
    edits: [{ from: "if (state.votedFor !== undefined) return false;", to: "" }],
    found: usual,
  },
  {
    name: "vote-for-a-shorter-log",
    file: `${cft}/head.ts`,
    edits: [
      { from: "if (a.headTerm !== b.headTerm) return a.headTerm > b.headTerm;", to: "" },
      { from: "return a.headNum >= b.headNum;", to: "return true;" },
    ],
    found: storm,
  },
  {
    name: "own-term-commit",
    file: `${cft}/final.ts`,
    edits: [{ from: " || state.log.termAt(num) !== state.term", to: "" }],
    found: storm,
  },
  {
    name: "leader-counts-itself-before-durable",
    file: `${cft}/final.ts`,
    edits: [{ from: "return state.durableNum;", to: "return state.log.head.num;" }],
    found: usual,
  },
  {
    name: "confirm-by-height-alone",
    file: `${cft}/confirm.ts`,
    edits: [
      { from: "ownId === message.headId;\n  if (equal)", to: "true;\n  if (equal)" },
      { from: " || message.term < state.term", to: "" },
    ],
    found: { ...storm, seedFirst: 56 },
  },
  {
    name: "confirm-of-an-earlier-term",
    file: `${cft}/confirm.ts`,
    edits: [{ from: " || message.term < state.term", to: "" }],
    found: { ...storm, seedFirst: 56 },
  },
  {
    name: "log-matching",
    file: `${cft}/append.ts`,
    edits: [{ from: "return ownId === message.previousId;", to: "return true;" }],
    found: usual,
  },
  {
    name: "late-append-shortens-the-log",
    file: `${cft}/append.ts`,
    edits: [{ from: "} else if (ownId !== block.id) {", to: "} else {" }],
    found: usual,
  },
  {
    name: "append-confirmed-before-durable",
    file: `${cft}/append.ts`,
    edits: [
      {
        from: "accepted && match.num > state.durableNum ? writes.last : writes.lastBallot",
        to: "writes.lastBallot",
      },
    ],
    found: usual,
  },
  {
    name: "dropped-blocks-count-as-durable",
    file: "server/consensus/log/log-change.ts",
    edits: [{ from: "state.durableNum = Math.min(state.durableNum, num);", to: "" }],
    found: storm,
  },
  {
    name: "messages-do-not-wait-for-writes",
    file: "server/replica/core.ts",
    edits: [{ from: "effect.afterWrite <= this.#durableWrite", to: "effect.afterWrite >= 0" }],
    found: usual,
  },
  {
    name: "read-without-a-round",
    file: `${cft}/read-index.ts`,
    edits: [{ from: "if (!answered) return;", to: "" }],
    found: storm,
  },
  {
    name: "read-before-a-block-of-the-own-term",
    file: `${cft}/read-index.ts`,
    edits: [
      { from: "return state.log.termAt(state.commitNum) === state.term;", to: "return true;" },
    ],
    found: storm,
  },
  {
    name: "change-without-the-new-producers",
    file: "server/consensus/joint/voters.ts",
    edits: [
      {
        from: "if (next === undefined) return votersAlone(current);",
        to: "if (next !== joint.current) return votersAlone(current);",
      },
    ],
    found: usual,
  },
  {
    name: "second-change-within-a-change",
    file: "server/consensus/joint/consensus-change.ts",
    edits: [{ from: "if (under.joint.next !== undefined) return", to: "if (!under) return" }],
    found: { ...storm, seedFirst: 53 },
  },
  {
    name: "transaction-executed-twice",
    file: "server/chain/apply-block.ts",
    edits: [{ from: "if (state.getReceipt(prepared.id) !== undefined) continue;", to: "" }],
    found: { mode: "replica", weather: "storm", producerCount: 3, seedsMax: 20 },
  },
  {
    name: "old-disk-believed",
    file: "server/consensus/core/start.ts",
    edits: [
      {
        from: 'memory: isDoubtful ? askingFrom({ random }, now.monotonicMs) : { kind: "whole", doubts: 0 },',
        to: 'memory: { kind: "whole", doubts: 0 },',
      },
    ],
    found: { mode: "core-bft", weather: "usual", producerCount: 4, seedFirst: 49, seedsMax: 60 },
  },
  {
    name: "old-disk-asks-nobody",
    file: "server/consensus/core/speak-again.ts",
    edits: [
      {
        from: "if (waitedMs < silentElections * config.electionTimeoutMsMax) return false;",
        to: "return true;",
      },
    ],
    found: { ...usual, seedFirst: 20, seedsMax: 60 },
  },
  {
    name: "nobody-campaigns",
    file: `${cft}/election.ts`,
    edits: [
      {
        from: "if (out.now.monotonicMs - state.electionStartMs < state.electionTimeoutMs) return;",
        to: "if (state.term >= 0) return;",
      },
    ],
    found: usual,
    breaks: "liveness",
  },
];

export const mutants: readonly Mutant[] = [
  ...cftMutants,
  ...ruleMutants,
  ...keepMutants,
  ...bftMutants,
  ...termMutants,
  ...voteMutants,
  ...wordMutants,
  ...blockMutants,
  ...jointMutants,
  ...proofMutants,
  ...bondMutants,
  ...readMutants,
  ...memoryMutants,
];

export function mutantNamed(name: string): Mutant {
  const found = mutants.find((mutant) => mutant.name === name);
  if (found === undefined) throw new Error(`no mutant is called ${name}`);
  return found;
}
