import { medianOf } from "../median.ts";
import { formatTable } from "../table.ts";
import type { BrowserResults } from "./browser.ts";
import type { PluginCalls, Stall } from "./plugin-calls.ts";
import { bytesOf, type FirstVisit } from "./visits.ts";

/** One figure of the table: the median of what was measured, beside what is asked for. */
type Figure = {
  readonly name: string;
  readonly values: readonly number[];
  readonly unit: string;
  readonly wantedMax?: number;
};

const wanted = {
  firstKilobytesMax: 300,
  firstMsMax: 1000,
  secondMsMax: 200,
  submitMsMax: 50,
  stallMsMax: 50,
  hopUsMax: 300,
};

export function formatBrowser({ visits, atLeader, atFollower }: BrowserResults): string {
  const first = visits.map((visit) => visit.first);
  const second = visits.map((visit) => visit.second);
  const [shown] = first;
  const figures = [
    {
      name: "first visit: transferred",
      values: first.map(({ transfers }) => bytesOf(transfers) / 1000),
      unit: "KB",
      wantedMax: wanted.firstKilobytesMax,
    },
    {
      name: "first visit: comes later",
      values: first.map(({ laterBytes }) => laterBytes / 1000),
      unit: "KB",
    },
    {
      name: "first visit: waiting",
      values: first.map(({ openMs, askMs, makeMs }) => openMs + askMs + makeMs),
      unit: "ms",
      wantedMax: wanted.firstMsMax,
    },
    figureOfFirst("until the app is there", first, "openMs"),
    figureOfFirst("until a name can be typed", first, "askMs"),
    figureOfFirst("until the name is shown", first, "makeMs"),
    figureOfFirst("with a person's time", first, "wholeMs"),
    {
      name: "second visit: signed in",
      values: second.map(({ userMs }) => userMs),
      unit: "ms",
      wantedMax: wanted.secondMsMax,
    },
    {
      name: "second visit: transferred",
      values: second.map(({ bytes }) => bytes / 1000),
      unit: "KB",
    },
    ...figuresOfCalls("at the leader", atLeader),
    ...figuresOfCalls("at a follower", atFollower),
  ];
  const head = ["", "median", "best", "worst", "", "wanted, at most", ""];
  const table = formatTable(head, figures.map(rowOf));
  return shown === undefined ? table : `${table}\n\n${formatTransfers(shown)}`;
}

function figureOfFirst(
  name: string,
  visits: readonly FirstVisit[],
  of: "openMs" | "askMs" | "makeMs" | "wholeMs",
): Figure {
  return { name: `  ${name}`, values: visits.map((visit) => visit[of]), unit: "ms" };
}

function figuresOfCalls(where: string, calls: PluginCalls): readonly Figure[] {
  return [
    {
      name: `call to final receipt, ${where}`,
      values: calls.submitMs,
      unit: "ms",
      wantedMax: wanted.submitMsMax,
    },
    { name: "  call that does nothing", values: calls.emptyMs, unit: "ms" },
    {
      name: "page stalled by a busy plugin",
      values: calls.busy.map(gapOf),
      unit: "ms",
      wantedMax: wanted.stallMsMax,
    },
    { name: "  by an idle one", values: calls.idle.map(gapOf), unit: "ms" },
    { name: "  busy for", values: calls.busy.map(({ lastedMs }) => lastedMs), unit: "ms" },
    {
      name: "plugin to plugin",
      values: calls.hopUs,
      unit: "us",
      wantedMax: wanted.hopUsMax,
    },
  ];
}

function gapOf({ taskGapMs, frameGapMs }: Stall): number {
  return Math.max(taskGapMs, frameGapMs);
}

function rowOf({ name, values, unit, wantedMax }: Figure): readonly string[] {
  const median = medianOf(values);
  const numbers = [median, Math.min(...values), Math.max(...values)].map(shortOf);
  if (wantedMax === undefined) return [name, ...numbers, unit, "", ""];
  return [name, ...numbers, unit, `${wantedMax}`, median <= wantedMax ? "" : "MISSED"];
}

function shortOf(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

/** What a first visit took over the wire, the largest first. */
function formatTransfers({ transfers }: FirstVisit): string {
  const rows = transfers
    .toSorted((a, b) => b.bytes - a.bytes)
    .map(({ url, bytes }) => [nameOf(url), `${bytes}`]);
  return formatTable(["of one first visit", "bytes"], rows);
}

function nameOf(url: string): string {
  const { hostname, pathname } = new URL(url);
  return `${hostname.split(".", 1)[0] ?? ""}${pathname}`;
}
