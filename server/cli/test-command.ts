import { spawn } from "node:child_process";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";
import {
  describeDifference,
  replayElsewhere,
  type NetworkReplay,
} from "@kith/testing/replay-elsewhere";
import { findSecondEngine, type SecondEngine } from "@kith/testing/second-engine";
import { defineCommand } from "citty";

import type { CliError } from "./cli-error.ts";
import { jsonOption, runReporting, type Report } from "./command-line.ts";

const options = {
  folder: {
    type: "positional",
    required: false,
    description: "of an app, whose service/**/*.test.ts are run (default: this one)",
  },
  only: {
    type: "string",
    valueHint: "text",
    description: "run only the tests whose name has this text",
  },
  ...jsonOption,
} as const;

export const testCommand = defineCommand({
  meta: {
    name: "test",
    description: "run an app's tests, then every block again on a second engine",
  },
  args: options,
  run: ({ args }) =>
    runReporting({ args, options }, () =>
      runTests({ folder: resolve(args.folder ?? "."), only: args.only, json: args.json === true }),
    ),
});

/** Who has no SDK beside the sources gets the one that this tool came with, as when it packages them. */
const authorModules = resolve(import.meta.dirname, "../testing/author-modules.ts");

type TestRun = {
  readonly folder: string;
  readonly only: string | undefined;
  /** Standard output is for the report alone. */
  readonly json: boolean;
};

/** What tests do is written down by the networks that they make, and run again when they are done. */
async function runTests(run: TestRun): Promise<Result<Report, CliError>> {
  const { folder } = run;
  const files = globSync("{service/**/,}*.test.ts", { cwd: folder }).toSorted();
  if (files.length === 0) return err({ code: "tests-missing", folder });
  const recordings = mkdtempSync(join(tmpdir(), "kith-recordings-"));
  const engine = findSecondEngine();
  try {
    const status = await runBun(run, files, recordings);
    if (status !== 0) return err({ code: "tests-failed", folder, status });
    return report(await replayElsewhere(recordings, engine), engine, files.length);
  } finally {
    engine.close();
    rmSync(recordings, { recursive: true, force: true });
  }
}

function report(
  replayed: Awaited<ReturnType<typeof replayElsewhere>>,
  { name, isSame }: SecondEngine,
  files: number,
): Result<Report, CliError> {
  if (!replayed.ok) return err({ code: "replay-failed", message: replayed.error.message });
  const networks = replayed.value;
  const differing = networks.filter(isDifferent);
  if (differing.length > 0) {
    const texts = differing.map((each) => describeDifference(each.name, each.difference));
    const [first] = differing;
    return err({ code: "engines-disagree", engine: name, texts, difference: first?.difference });
  }
  const blocks = networks.reduce((sum, each) => sum + each.blocks, 0);
  const warning = isSame
    ? "\nNo other runtime was found, so that was the same one in a fresh process: install Deno, or Node 22, to compare engines."
    : "";
  const text =
    blocks === 0
      ? "The tests made no network with @kith/testing, so there was nothing to run again."
      : `${blocks} blocks of ${networks.length} networks came out the same on ${name}.${warning}`;
  return ok({ text, json: { files, networks: networks.length, blocks, engine: name, isSame } });
}

function isDifferent(
  network: NetworkReplay,
): network is NetworkReplay & Required<Pick<NetworkReplay, "difference">> {
  return network.difference !== undefined;
}

async function runBun(
  { folder, only, json }: TestRun,
  files: readonly string[],
  recordings: string,
): Promise<number> {
  // Making the first network takes a while: it packages the whole system.
  const words = ["test", "--timeout", "60000", "--preload", authorModules];
  words.push(...files.map((file) => `./${file}`));
  if (only !== undefined) words.push("--test-name-pattern", only);
  const child = spawn(process.execPath, words, {
    cwd: folder,
    env: { ...process.env, KITH_TEST_RECORDINGS: recordings },
    stdio: ["ignore", json ? "ignore" : "inherit", "inherit"],
  });
  const { promise, resolve: settle } = Promise.withResolvers<number>();
  child.once("error", () => settle(1));
  child.once("close", (status) => settle(status ?? 1));
  return promise;
}
