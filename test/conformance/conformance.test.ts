import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";

import { defaultFolder } from "./default-folder.ts";
import { formatReport, hasFailed } from "./print-report.ts";
import { runFolder, type FileReport } from "./run-folder.ts";
import { describedFiles } from "./shapes.ts";

const folder = resolve(defaultFolder());

if (existsSync(folder)) {
  const report = await runFolder(folder);
  for (const file of report.files) testFile(file);
  for (const path of report.missing) skipLoudly(path, `not found in ${folder}`);
} else {
  for (const path of describedFiles) skipLoudly(path, `there is no folder ${folder}`);
}

function testFile(file: FileReport): void {
  if (file.shape === undefined && file.results.length === 0) {
    skipLoudly(file.path, "of no shape that is known here");
    return;
  }
  test(`${file.path} (${file.shape ?? "of no known shape"}) conforms`, () => {
    const report = { files: [file], missing: [] };
    assert.ok(file.results.length > 0, "no cases");
    assert.ok(!hasFailed(report), formatReport(report).join("\n"));
  });
}

function skipLoudly(path: string, reason: string): void {
  console.error(`SKIPPED ${path}: ${reason}`);
  test(`${path} conforms`, { skip: reason }, () => undefined);
}

/** A folder with these files, only for one test. */
async function withFolder(
  files: Readonly<Record<string, unknown>>,
  check: (path: string) => Promise<void>,
): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), "kith-vectors-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), JSON.stringify(content));
    }
    await check(path);
  } finally {
    rmSync(path, { recursive: true });
  }
}

test("files are known by their shape, in any folder and under any name", () =>
  withFolder(
    {
      "README.md": "prose",
      "psibase/semver.json": [{ pattern: "1", version: "1.2.0", matches: true, note: "extra" }],
      "more/patterns.json": [{ pattern: "~1.2", version: "1.2.9", matches: true }],
    },
    async (path) => {
      const report = await runFolder(path);
      assert.ok(!hasFailed(report));
      const lines = formatReport(report);
      assert.deepEqual(lines.slice(0, 2), [
        "more/patterns.json: 1 of 1",
        "psibase/semver.json: 1 of 1",
      ]);
      assert.ok(lines.some((line) => line.startsWith("NOT FOUND: psibase/fracpack.json")));
    },
  ));

test("a case that fails fails the run and is shown", () =>
  withFolder(
    { "semver.json": [{ pattern: "1", version: "2.0.0", matches: true }], "other.json": { a: 1 } },
    async (path) => {
      const report = await runFolder(path);
      assert.ok(hasFailed(report));
      const [unknown, line, failure] = formatReport(report);
      assert.match(unknown ?? "", /^other.json: NOT RUN/);
      assert.equal(line, "semver.json: 0 of 1");
      assert.match(failure ?? "", /FAILED 1 with 2.0.0/);
    },
  ));
