/** What a runner's report says, and what it leaves out. */
export type TestCount = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
};

export const noTests: TestCount = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(a: TestCount, b: TestCount): TestCount {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

export function formatCount(count: TestCount): string {
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
}

/** Reads the totals of a JUnit report; undefined when the text is no complete report. */
export function countReport(report: string): TestCount | undefined {
  if (!report.trimEnd().endsWith("</testsuites>")) return undefined;
  const root = /<testsuites\b[^>]*>/.exec(report)?.[0];
  if (root === undefined) return undefined;
  const tests = numberAttribute(root, "tests");
  const failed = numberAttribute(root, "failures");
  const skipped = numberAttribute(root, "skipped");
  if (tests === undefined || failed === undefined || skipped === undefined) return undefined;
  return { passed: tests - failed - skipped, failed, skipped };
}

/** A file that cannot be loaded stands in no report, so the files that ran are compared with those that were asked for. */
export function filesWithoutResult(report: string, files: readonly string[]): string[] {
  const reported = new Set<string>();
  for (const match of report.matchAll(/<testcase\b[^>]*\bfile="([^"]*)"/g)) {
    if (match[1] !== undefined) reported.add(match[1]);
  }
  return files.filter((file) => !reported.has(file));
}

function numberAttribute(element: string, name: string): number | undefined {
  const text = new RegExp(`\\b${name}="(\\d+)"`).exec(element)?.[1];
  return text === undefined ? undefined : Number(text);
}
