import { spawn } from "node:child_process";
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { constants, setPriority, tmpdir } from "node:os";
import { join } from "node:path";

import { laneVariable } from "./end-to-end/ports.ts";
import { countReport, filesWithoutResult, noTests, type TestCount } from "./junit-count.ts";

export type TestGroup = {
  readonly name: string;
  readonly patterns: readonly string[];
  /** Of these: what another group runs. */
  readonly except?: string;
  readonly timeoutMs: number;
  /** Gets what time others leave: it needs much of it, and nobody in it looks at a clock. */
  readonly isPatient?: boolean;
};

/**
 * Runs one group in its own process, and prints what it said when it has ended: others may run meanwhile. What the runner
 * does not report, because it crashed, counts as failed. Groups of two lanes that run at a time use different ports.
 */
export async function runGroup(group: TestGroup, lane: number): Promise<TestCount> {
  const { name, except } = group;
  const others = new Set(except === undefined ? [] : globSync(except));
  const files = globSync([...group.patterns])
    .filter((path) => !path.includes("node_modules/") && !others.has(path))
    .toSorted();
  if (files.length === 0) return noTests;
  console.log(`# ${name}: ${files.length} files`);

  const folder = mkdtempSync(join(tmpdir(), "kith-tests-"));
  try {
    const reportPath = join(folder, "report.xml");
    const outputPath = join(folder, "output");
    const startMs = performance.now();
    const status = await runFiles({ group, lane, files, reportPath, outputPath });
    const seconds = Math.round((performance.now() - startMs) / 1000);
    process.stdout.write(`\n# ${name}\n${readIfThere(outputPath)}# ${name}: ${seconds} s\n\n`);
    return countGroup({ name, files, reportPath, status });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type FilesRun = {
  readonly group: TestGroup;
  readonly lane: number;
  readonly files: readonly string[];
  readonly reportPath: string;
  readonly outputPath: string;
};

/** The exit status; null after a signal. */
async function runFiles(run: FilesRun): Promise<number | null> {
  const { group, files, reportPath, outputPath } = run;
  const options = [`--timeout=${group.timeoutMs}`, "--reporter=junit"];
  options.push(`--reporter-outfile=${reportPath}`, ...files.map((file) => `./${file}`));
  const output = openSync(outputPath, "w");
  try {
    const child = spawn(process.execPath, ["test", ...options], {
      stdio: ["ignore", output, output],
      env: { ...process.env, [laneVariable]: String(run.lane) },
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", resolve);
    });
    // Processes that it starts inherit this.
    if (group.isPatient === true && child.pid !== undefined) {
      setPriority(child.pid, constants.priority.PRIORITY_LOW);
    }
    return await ended;
  } finally {
    closeSync(output);
  }
}

type GroupRun = {
  readonly name: string;
  readonly files: readonly string[];
  readonly reportPath: string;
  readonly status: number | null;
};

function countGroup({ name, files, reportPath, status }: GroupRun): TestCount {
  const report = readIfThere(reportPath);
  const count = countReport(report);
  if (count === undefined) {
    console.error(`${name}: the runner left no report (exit status ${status ?? "signal"})`);
    return { passed: 0, failed: files.length, skipped: 0 };
  }
  const silent = filesWithoutResult(report, files);
  for (const file of silent) console.error(`${file}: ran no test`);
  const failed = count.failed + silent.length;
  const isUnexplained = status !== 0 && failed === 0;
  if (isUnexplained) console.error(`${name}: the runner ended with status ${status ?? "signal"}`);
  return { ...count, failed: failed + (isUnexplained ? 1 : 0) };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
