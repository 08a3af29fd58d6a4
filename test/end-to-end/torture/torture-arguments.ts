import { parseArgs } from "node:util";

import type { Algorithm } from "@kith/protocol/block";
import { err, ok, type Result } from "@kith/protocol/result";

import { mutants } from "../../simulator/mutants.ts";

/** What `bun run torture` takes. */
export type TortureArguments = {
  readonly minutes: number;
  readonly nodes: number;
  /** Undefined: as `bun run network` takes it. */
  readonly algorithm: Algorithm | undefined;
  /** Undefined: a fresh one. */
  readonly seed: number | undefined;
  readonly trace: boolean;
  /** A rule that is taken out of the product first. */
  readonly mutant: string | undefined;
};

const algorithms: readonly Algorithm[] = ["cft", "bft"];

/** What to print instead, and how to end: 0 for help that was asked for, 2 for what is wrong with the words. */
export type NotStarted = { readonly exitStatus: 0 | 2; readonly text: string };

const nodesMax = 13;
const minutesMax = 7 * 24 * 60;

export const tortureUsage = `bun run torture [options]

  --minutes NUMBER     how long faults go on (default 1)
  --nodes NUMBER       how many nodes the network has (default 3, from 2 to ${nodesMax})
  --algorithm NAME     cft or bft, as for bun run network (default: what that takes by itself)
  --seed NUMBER        draws the same faults and operations as an earlier run (default: a fresh one)
  --trace              tells of every fault
  --mutant NAME        first takes a rule out of the product (test/simulator/mutants.ts): it should fail
  --help               this text
`;

const options = {
  minutes: { type: "string", default: "1" },
  nodes: { type: "string", default: "3" },
  algorithm: { type: "string" },
  seed: { type: "string" },
  trace: { type: "boolean", default: false },
  mutant: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

export function parseTortureArguments(
  argv: readonly string[],
): Result<TortureArguments, NotStarted> {
  let values;
  try {
    values = parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  if (values.help === true) return err({ exitStatus: 0, text: tortureUsage });
  const minutes = Number(values.minutes);
  if (values.minutes.trim() === "" || !(minutes > 0 && minutes <= minutesMax)) {
    return refuse(`--minutes takes a number above 0, up to ${minutesMax}, not "${values.minutes}"`);
  }
  const nodes = wholeNumber(values.nodes);
  if (nodes === undefined || nodes < 2 || nodes > nodesMax) {
    return refuse(`--nodes takes a whole number from 2 to ${nodesMax}, not "${values.nodes}"`);
  }
  const algorithm = algorithms.find((each) => each === values.algorithm);
  if (values.algorithm !== undefined && algorithm === undefined) {
    return refuse(`--algorithm takes cft or bft, not "${values.algorithm}"`);
  }
  const seed = values.seed === undefined ? undefined : wholeNumber(values.seed);
  if (values.seed !== undefined && seed === undefined) {
    return refuse(`--seed takes a whole number, not "${values.seed}"`);
  }
  const { trace, mutant } = values;
  if (mutant !== undefined && !mutants.some(({ name }) => name === mutant)) {
    return refuse(`--mutant takes one of ${mutants.map(({ name }) => name).join(", ")}`);
  }
  return ok({ minutes, nodes, algorithm, seed, trace, mutant });
}

function refuse(reason: string): Result<never, NotStarted> {
  return err({ exitStatus: 2, text: `${reason}\n\n${tortureUsage}` });
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
