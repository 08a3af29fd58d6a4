import type { Job, JobReport, Outcome } from "./job.ts";
import { runOn, type Runtimes } from "./runtimes.ts";

/** What all runtimes say about one job, and where they differ. */
export type Comparison = {
  readonly name: string;
  /** The first runtime's first. */
  readonly outcome: Outcome;
  readonly milliseconds: Readonly<Record<string, number>>;
  /** Sentences; none when all runs on all runtimes ended alike. */
  readonly differences: readonly string[];
};

/** Runs the jobs on all runtimes at once. */
export async function compareOn(
  { found, folder }: Runtimes,
  jobs: readonly Job[],
): Promise<readonly Comparison[]> {
  const reports = await Promise.all(
    found.map(async (runtime) => ({
      runtime: runtime.name,
      reports: await runOn(runtime, folder, jobs),
    })),
  );
  return jobs.map(({ name }, place) =>
    compareReports(
      name,
      reports.map(({ runtime, reports: all }) => ({ runtime, report: all[place] })),
    ),
  );
}

type ReportOf = { readonly runtime: string; readonly report: JobReport | undefined };

function compareReports(name: string, reports: readonly ReportOf[]): Comparison {
  const outcome = reports[0]?.report?.outcomes[0];
  if (outcome === undefined) throw new Error(`${name} has no outcome`);
  const differences = reports.flatMap(({ runtime, report }) =>
    (report?.outcomes ?? []).flatMap((each, run) =>
      differencesOf(outcome, each).map((what) => `${name}, run ${run} on ${runtime}: ${what}`),
    ),
  );
  const milliseconds = Object.fromEntries(
    reports.map(({ runtime, report }) => [runtime, report?.milliseconds ?? 0]),
  );
  return { name, outcome, milliseconds, differences };
}

function differencesOf(expected: Outcome, found: Outcome): readonly string[] {
  const told: string[] = [];
  for (const field of ["code", "startFuel", "fuel", "stackBytes", "pages", "memory"] as const) {
    if (expected[field] !== found[field])
      told.push(`${field} ${String(found[field])} in place of ${String(expected[field])}`);
  }
  if (expected.text !== found.text) told.push(textDifference(expected.text, found.text));
  return told;
}

/** The first line that is another. */
function textDifference(expected: string, found: string): string {
  const lines = found.split("\n");
  for (const [place, line] of expected.split("\n").entries()) {
    if (line !== lines[place])
      return `line ${place} ${lines[place] ?? "is missing"} in place of ${line}`;
  }
  return "more lines";
}
