import type { FileReport, FolderReport } from "./run-folder.ts";
import type { CaseResult } from "./shape.ts";

const failuresShownMax = 5;

export function hasFailed(report: FolderReport): boolean {
  return report.files.some((file) => failuresOf(file).length > 0);
}

/** One line a file, the first failures of each below it, and what was not there at the end. */
export function formatReport(report: FolderReport): string[] {
  return [
    ...report.files.flatMap(formatFile),
    ...report.missing.map((path) => `NOT FOUND: ${path}, though the vectors' README describes it`),
  ];
}

function formatFile(file: FileReport): string[] {
  if (file.shape === undefined) {
    const line = `${file.path}: NOT RUN, of no shape that is known here`;
    return [line, ...formatFailures(failuresOf(file))];
  }
  const applicable = file.results.filter(({ outcome }) => outcome !== "not-applicable");
  const failures = failuresOf(file);
  const line = `${file.path}: ${applicable.length - failures.length} of ${applicable.length}`;
  return [line + formatNotApplicable(file.results), ...formatFailures(failures)];
}

function formatNotApplicable(results: readonly CaseResult[]): string {
  const counts = new Map<string, number>();
  for (const result of results) {
    if (result.outcome !== "not-applicable") continue;
    counts.set(result.reason, (counts.get(result.reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `; ${count} not applicable: ${reason}`).join("");
}

type Failure = Extract<CaseResult, { readonly outcome: "failed" }>;

function failuresOf(file: FileReport): Failure[] {
  return file.results.filter((result): result is Failure => result.outcome === "failed");
}

function formatFailures(failures: readonly Failure[]): string[] {
  const shown = failures.slice(0, failuresShownMax);
  const hidden = failures.length - shown.length;
  return [
    ...shown.map(({ name, detail }) => `  FAILED ${name}: ${detail}`),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
  ];
}
