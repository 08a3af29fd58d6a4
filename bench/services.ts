import { measureEngineSpeed } from "./engine-speed.ts";
import {
  formatEngineSpeed,
  formatRows,
  formatServiceCalls,
  formatServiceTransactions,
} from "./report-services.ts";
import { measureServiceCalls } from "./service-calls.ts";
import { measureRows } from "./service-rows.ts";
import { benchServiceTransactions } from "./service-transactions.ts";

/** Balances of a thousand accounts: a thousand, and as many as `--rows` says. */
const fewTokens = 1;
const accounts = 1000;
const engineRounds = 12;
const callRounds = 10;

type Plan = {
  readonly folder: string;
  readonly port: number;
  readonly base: string | undefined;
  /** On the larger of the two chains. */
  readonly rows: number;
  readonly clientCounts: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
};

/** What services in the sandbox cost, from one call to three nodes. */
export async function benchServices(plan: Plan): Promise<void> {
  say(
    "Calls of services, in one process",
    formatServiceCalls(await measureServiceCalls(callRounds)),
  );
  say(
    "The script engine with fuel and without",
    formatEngineSpeed(measureEngineSpeed(engineRounds)),
  );
  const transactions = await benchServiceTransactions(plan);
  say("Transactions of services on three nodes", formatServiceTransactions(transactions));
  const tokens = [fewTokens, Math.max(fewTokens, Math.round(plan.rows / accounts))];
  const rows = await measureRows(plan.folder, tokens, 3 * plan.rounds);
  say("Transfers among few rows and many, in one process", formatRows(rows));
}

function say(title: string, text: string): void {
  console.log(`\n# ${title}\n\n${text}`);
}
