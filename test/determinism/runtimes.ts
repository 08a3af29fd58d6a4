import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import type { Job, JobReport } from "./job.ts";

/** One runtime that can run the runner: its command line up to the file of jobs. */
export type Runtime = {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Zone and language of the machine, which no program may see. */
  readonly environment: Readonly<Record<string, string>>;
};

const root = resolve(import.meta.dirname, "../..");
const runner = join(import.meta.dirname, "runner.ts");
const outputBytesMax = 256 * 1024 * 1024;

/** Those that this machine has; `missing` says which one it has not. Call `close` when nothing runs any more. */
export type Runtimes = {
  readonly found: readonly Runtime[];
  readonly missing: readonly string[];
  readonly folder: string;
  close(): void;
};

export function openRuntimes(): Runtimes {
  const folder = mkdtempSync(join(tmpdir(), "kith-runtimes-"));
  const found: Runtime[] = [
    {
      name: "Bun",
      command: [process.execPath, runner],
      environment: { TZ: "America/St_Johns", LANG: "tr_TR.UTF-8" },
    },
    {
      name: "Deno",
      command: [join(root, "node_modules/.bin/deno"), "run", "--allow-all", "--no-check", runner],
      environment: { TZ: "Asia/Kathmandu", LANG: "de_DE.UTF-8" },
    },
  ];
  const hasNode = spawnSync("node", ["--version"]).status === 0;
  if (hasNode) {
    found.push({
      name: "Node",
      command: ["node", bundleForNode(folder)],
      environment: { TZ: "Pacific/Chatham", LANG: "ja_JP.UTF-8" },
    });
  }
  return {
    found,
    missing: hasNode ? [] : ["Node"],
    folder,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Node does not read TypeScript everywhere: it gets one file, with the engine's package in reach. */
function bundleForNode(folder: string): string {
  const bundle = join(folder, "runner.mjs");
  const words = ["build", "--target=node", runner, `--outfile=${bundle}`];
  const built = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the runner cannot be bundled: ${built.stderr}`);
  symlinkSync(join(root, "server/sandbox/node_modules"), join(folder, "node_modules"));
  return bundle;
}

/** Runs the jobs; a runtime that ends before the last one is an error with what it has said. */
export async function runOn(
  runtime: Runtime,
  folder: string,
  jobs: readonly Job[],
): Promise<readonly JobReport[]> {
  const path = join(folder, `${runtime.name}-${jobs.length}-${jobs[0]?.name ?? ""}.json`);
  writeFileSync(path, JSON.stringify(jobs));
  const [program, ...words] = runtime.command;
  const printed = await new Promise<string>((settle, fail) => {
    execFile(
      program,
      [...words, path],
      {
        maxBuffer: outputBytesMax,
        env: { ...process.env, ...runtime.environment, LC_ALL: runtime.environment["LANG"] ?? "" },
      },
      (error, out, problem) => {
        if (error === null) settle(out);
        else fail(new Error(`${runtime.name} ended after ${out.slice(-300)}: ${problem}`));
      },
    );
  });
  const reports = printed.trim().split("\n").map(parseReport);
  if (reports.length !== jobs.length) throw new Error(`${runtime.name} left out jobs`);
  return reports;
}

function parseReport(line: string): JobReport {
  // oxlint-disable-next-line no-unsafe-type-assertion -- what `runner.ts` prints
  return JSON.parse(line) as JobReport;
}
