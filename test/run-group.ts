import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { countReport, filesWithoutResult, noTests, type TestCount } from "./junit-count.ts";

export type TestGroup = {
  readonly name: string;
  readonly patterns: readonly string[];
  readonly timeoutMs: number;
};

/** Runs one group in its own process; what the runner does not report, because it crashed, counts as failed. */
export function runGroup(group: TestGroup): TestCount {
  const files = globSync([...group.patterns])
    .filter((path) => !path.includes("node_modules/"))
    .toSorted();
  if (files.length === 0) return noTests;
  console.log(`\n# ${group.name}: ${files.length} files`);

  const folder = mkdtempSync(join(tmpdir(), "kith-tests-"));
  try {
    const reportPath = join(folder, "report.xml");
    const { status } = spawnSync(
      process.execPath,
      [
        "test",
        `--timeout=${group.timeoutMs}`,
        "--reporter=junit",
        `--reporter-outfile=${reportPath}`,
        ...files.map((file) => `./${file}`),
      ],
      { stdio: "inherit" },
    );
    return countGroup({ name: group.name, files, reportPath, status });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type GroupRun = {
  readonly name: string;
  readonly files: readonly string[];
  readonly reportPath: string;
  readonly status: number | null;
};

function countGroup({ name, files, reportPath, status }: GroupRun): TestCount {
  const report = readReport(reportPath);
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

function readReport(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
