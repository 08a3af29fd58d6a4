import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";

import type { Difference, Replayed } from "./replay.ts";
import type { SecondEngine } from "./second-engine.ts";

const outputBytesMax = 64 * 1024 * 1024;

export type NetworkReplay = Replayed & { readonly name: string };

/** The replay itself did not come to its end. */
export type ReplayFault = { readonly code: "replay-failed"; readonly message: string };

/** Runs everything that tests have recorded in the folder again, in a process of the second engine. */
export async function replayElsewhere(
  folder: string,
  { command, name }: Pick<SecondEngine, "command" | "name">,
): Promise<Result<readonly NetworkReplay[], ReplayFault>> {
  const recordings = existsSync(folder)
    ? readdirSync(folder).filter((each) => each.endsWith(".jsonl"))
    : [];
  if (recordings.length === 0) return ok([]);
  const [program, ...words] = command;
  const paths = recordings.toSorted().map((each) => join(folder, each));
  const { promise, resolve } = Promise.withResolvers<Result<string, ReplayFault>>();
  execFile(program, [...words, ...paths], { maxBuffer: outputBytesMax }, (error, out, problem) => {
    const message = `${name} did not come to the end: ${problem}`;
    resolve(error === null ? ok(out) : err({ code: "replay-failed", message }));
  });
  const printed = await promise;
  if (!printed.ok) return printed;
  const lines = printed.value.split("\n").filter((line) => line !== "");
  if (lines.length !== paths.length) {
    return err({ code: "replay-failed", message: `${name} left out recordings` });
  }
  // oxlint-disable-next-line no-unsafe-type-assertion -- what `run-replay.ts` prints
  return ok(lines.map((line) => JSON.parse(line) as NetworkReplay));
}

/** For people: where the engines part, and what each of them says. */
export function describeDifference(name: string, difference: Difference): string {
  const { blockNum, transaction, actions, what, first, second } = difference;
  const which =
    transaction === undefined ? "" : `, transaction ${transaction.index} (${transaction.id})`;
  return [
    `Two engines disagree about block ${blockNum} of ${name}${which}:`,
    ...actions.map((action) => `  action ${action}`),
    `  ${what}`,
    `    in the tests: ${first}`,
    `    in the replay: ${second}`,
  ].join("\n");
}
