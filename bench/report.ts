import type { FailoverResult } from "./failover.ts";
import type { FloodResult } from "./flood.ts";
import type { IdleResult } from "./idle.ts";
import type { LoadResult } from "./load/closed-loop.ts";
import type { OrderingResult } from "./ordering.ts";
import type { QueryBenchResult } from "./queries.ts";
import type { StaticResult } from "./static-files.ts";
import { formatTable } from "./table.ts";

/** Each row beside the first system, and below the ratios to the faster of the others. */
export function formatOrdering(results: readonly OrderingResult[]): string {
  const head = ["", "clients", "a second", "p50 ms", "p99 ms", "CPU ms/1000, a node", "MB a node"];
  const rows = results.map((result) => [
    result.name,
    String(result.clients),
    result.perSecond.toFixed(0),
    result.p50Ms.toFixed(2),
    result.p99Ms.toFixed(2),
    result.cpuMsPerThousand.map((ms) => ms.toFixed(0)).join(" "),
    result.memoryMb.map((mb) => mb.toFixed(0)).join(" "),
  ]);
  return [formatTable(head, rows), "", ...formatRatios(results)].join("\n");
}

function formatRatios(results: readonly OrderingResult[]): string[] {
  const first = results[0]?.name;
  return results
    .filter(({ name }) => name === first)
    .flatMap((own) => {
      const others = results.filter(
        ({ name, clients }) => name !== first && clients === own.clients,
      );
      const groups = [others.filter(isKith), others.filter((other) => !isKith(other))];
      return groups.flatMap((group) => {
        const best = group.toSorted((a, b) => b.perSecond - a.perSecond)[0];
        return best === undefined ? [] : [describeRatio(own, best)];
      });
    });
}

function isKith({ name }: OrderingResult): boolean {
  return name.startsWith("Kith");
}

function describeRatio(own: OrderingResult, best: OrderingResult): string {
  return (
    `${own.clients} clients: ${ratio(own.perSecond, best.perSecond)} of the throughput, ` +
    `${ratio(own.p50Ms, best.p50Ms)} of the p50, ${ratio(own.p99Ms, best.p99Ms)} of the p99 of ${best.name}`
  );
}

export function formatFailover(results: readonly FailoverResult[]): string {
  const rows = results.map(({ algorithm, medianMs, worstMs }) => [
    algorithm,
    medianMs.toFixed(0),
    worstMs.toFixed(0),
  ]);
  return formatTable(["", "nothing final, ms", "worst"], rows);
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

export function formatIdle(results: readonly IdleResult[]): string {
  const rows = results.map(({ writtenBytes, cpuPercent, memoryMb }, index) => [
    `node ${index + 1}`,
    String(writtenBytes),
    `${cpuPercent.toFixed(2)} %`,
    memoryMb.toFixed(0),
  ]);
  return formatTable(["", "bytes written", "CPU", "MB"], rows);
}

/** Below the rows: what the second core gives, and what queries cost the blocks. */
export function formatQueries(results: readonly QueryBenchResult[]): string {
  const head = ["cores", "query processes", "queries a second", "p50 ms", "p99 ms"];
  const cost = ["CPU ms/1000: node", "processes", "a second, by CPU time"];
  const withWriter = ["with a writer", "p50 ms", "p99 ms"];
  const finality = ["final alone, p50", "p99", "with queries, p50", "p99"];
  const rows = results.map(({ cores, processes, queriesAlone, ...each }) => [
    String(cores),
    String(processes),
    ...throughputOf(queriesAlone),
    each.cost.nodeMs.toFixed(0),
    each.cost.processMs.toFixed(0),
    allowedOf({ cores, processes, ...each }).toFixed(0),
    ...throughputOf(each.queries),
    ...latencyOf(each.alone),
    ...latencyOf(each.beside),
  ]);
  const table = formatTable([...head, ...cost, ...withWriter, ...finality], rows);
  const [one, ...others] = results;
  if (one === undefined) return table;
  return [table, "", ...others.map((each) => describeGain(one, each))].join("\n");
}

function describeGain(one: QueryBenchResult, two: QueryBenchResult): string {
  const alone = ratio(two.queriesAlone.perSecond, one.queriesAlone.perSecond);
  const beside = ratio(two.queries.perSecond, one.queries.perSecond);
  const allowed = ratio(allowedOf(two), allowedOf(one));
  const p99 = ratio(two.beside.p99Ms, two.alone.p99Ms);
  return (
    `${two.cores} cores, query processes: ${two.processes}: ${alone} times the queries of one core, ` +
    `${beside} while somebody writes, ${allowed} by CPU time; p99 of finality with queries: ${p99} of that without`
  );
}

/**
 * Queries a second if nobody else, clients included, took any of the cores: a process has one core at most, and all of
 * them share those that there are.
 */
function allowedOf({
  cores,
  processes,
  cost,
}: Pick<QueryBenchResult, "cores" | "processes" | "cost">): number {
  const ofProcesses = (1e6 * processes) / cost.processMs;
  return Math.min(ofProcesses, (1e6 * cores) / (cost.nodeMs + cost.processMs));
}

function throughputOf(result: LoadResult): readonly string[] {
  return [result.perSecond.toFixed(0), ...latencyOf(result)];
}

function latencyOf({ p50Ms, p99Ms }: LoadResult): readonly string[] {
  return [p50Ms.toFixed(2), p99Ms.toFixed(2)];
}

/** The last row is what the others are compared with. */
export function formatStatic(results: readonly StaticResult[]): string {
  const base = results.at(-1)?.perSecond ?? Number.NaN;
  const rows = results.map(({ name, perSecond, p99Ms }) => [
    name,
    perSecond.toFixed(0),
    p99Ms.toFixed(2),
    (perSecond / base).toFixed(2),
  ]);
  return formatTable(["", "a second", "p99 ms", "of nginx"], rows);
}

export function formatFlood(results: readonly FloodResult[]): string {
  const head = [
    "the flood",
    "a second",
    "others alone, p50 ms",
    "beside it",
    "ratio",
    "p99 ms",
    "beside it",
  ];
  const rows = results.map(({ name, floodPerSecond, alone, beside }) => [
    name,
    floodPerSecond.toFixed(0),
    alone.p50Ms.toFixed(2),
    beside.p50Ms.toFixed(2),
    ratio(beside.p50Ms, alone.p50Ms),
    alone.p99Ms.toFixed(1),
    beside.p99Ms.toFixed(1),
  ]);
  return formatTable(head, rows);
}
