import type { EngineSpeed } from "./engine-speed.ts";
import type { OrderingResult } from "./ordering.ts";
import { formatOrdering } from "./report.ts";
import type { CallCost, ServiceCalls } from "./service-calls.ts";
import type { RowsResult } from "./service-rows.ts";
import { baseName, transferName } from "./service-transactions.ts";
import { formatTable } from "./table.ts";

export function formatServiceCalls(calls: ServiceCalls): string {
  return formatTable(
    ["median", "us", "fuel"],
    [
      cells("an empty action, warm", calls.empty),
      cells("a transfer of tokens, warm", calls.transfer),
      [`an instance of ${kilobytes(calls.imageBytes)}`, calls.restoreUs.toFixed(1), ""],
      [`starting a source of ${kilobytes(calls.sourceBytes)}`, calls.startUs.toFixed(0), ""],
    ],
  );
}

function cells(name: string, { us, fuel }: CallCost): string[] {
  return [name, us.toFixed(1), fuel.toFixed(0)];
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} KB`;
}

export function formatEngineSpeed(speeds: readonly EngineSpeed[]): string {
  const rows = speeds.map(({ name, unmeteredMs, meteredMs, fuel }) => [
    name,
    unmeteredMs.toFixed(3),
    meteredMs.toFixed(3),
    (meteredMs / unmeteredMs).toFixed(2),
    (fuel / meteredMs / 1e6).toFixed(1),
  ]);
  const logs = speeds.map(({ unmeteredMs, meteredMs }) => Math.log(meteredMs / unmeteredMs));
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  const head = ["fastest run", "without, ms", "with, ms", "ratio", "fuel a ns"];
  return `${formatTable(head, rows)}\n\ngeometric mean of the ratios: ${mean.toFixed(2)}`;
}

/** Below the rows: what transfers have of the base, where it was measured. */
export function formatServiceTransactions(results: readonly OrderingResult[]): string {
  const transfers = results.filter(({ name }) => name === transferName);
  const lines = transfers.flatMap((own) => {
    const base = results.find(({ name, clients }) => name === baseName && clients === own.clients);
    if (base === undefined) return [];
    const share = (own.perSecond / base.perSecond).toFixed(2);
    const more = (own.p50Ms - base.p50Ms).toFixed(2);
    return [`${own.clients} clients: ${share} of the base's throughput, ${more} ms on its p50`];
  });
  return [formatOrdering(results), ...lines].join("\n");
}

export function formatRows(results: readonly RowsResult[]): string {
  const rows = results.map(({ rows: count, usOfTransfer }) => [
    String(count),
    usOfTransfer.toFixed(0),
  ]);
  const [few, many] = results;
  const table = formatTable(["balances", "us a transfer"], rows);
  if (few === undefined || many === undefined) return table;
  return `${table}\n\nratio: ${(many.usOfTransfer / few.usOfTransfer).toFixed(2)}`;
}
