import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { countReport } from "../junit-count.ts";

/** One test of `test/scenarios`. */
export type Scenario = {
  readonly file: string;
  /** Its whole name. */
  readonly test: string;
};

/** The environment variable that names the rule which is taken out. */
export const mutantVariable = "KITH_MUTANT";

const root = fileURLToPath(new URL("../../", import.meta.url));
const preload = fileURLToPath(new URL("./mutant-preload.ts", import.meta.url));

/**
 * Runs the scenario in a process of its own, without the rule that the mutant takes out. A scenario fails by an assertion; one that
 * breaks in another way, or is not there, is a mistake of its author.
 */
export function runScenario({ file, test }: Scenario, mutant: string): "passes" | "fails" {
  const folder = mkdtempSync(join(tmpdir(), "kith-scenario-"));
  try {
    const reportPath = join(folder, "report.xml");
    const options = ["--preload", preload, "--reporter=junit"];
    options.push(`--reporter-outfile=${reportPath}`);
    const child = spawnSync(
      process.execPath,
      ["test", ...options, `./test/scenarios/${file}`, "--test-name-pattern", `^${quoted(test)}$`],
      { cwd: root, env: { ...process.env, [mutantVariable]: mutant }, encoding: "utf8" },
    );
    const said = `${file}: ${test}\n${child.stdout}${child.stderr}`;
    // A mutant that does not fit the source any more leaves none.
    const report = existsSync(reportPath) ? readFileSync(reportPath, "utf8") : "";
    const count = countReport(report) ?? assert.fail(said);
    assert.equal(count.passed + count.failed, 1, said);
    if (count.failed === 0) return "passes";
    assert.match(report, /<failure type="AssertionError"/, said);
    return "fails";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function quoted(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
