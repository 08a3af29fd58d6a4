import type { Signed } from "@kith/sdk/transaction";

import type { Dice } from "../../simulator/dice.ts";
import { settleMs } from "../cluster.ts";
import type { NodeAddress } from "../http-client.ts";
import { until } from "../until.ts";
import { lookUp, push, readThere } from "./exchange.ts";
import type { History, Outcome, Place, Recorded } from "./history.ts";
import { checkLinearizable, type Verdict } from "./linearizability.ts";
import { isListName } from "./object-pool.ts";
import { cellModel, listModel, type Answer, type Call, type CellOperation } from "./objects.ts";

/** Requests under way at the same time. */
const lookersMax = 16;
const finalReadsTried = 10;
const finalReadMsMax = 20_000;

/** Reads every object once more: what was acknowledged and is lost shows itself here at the latest. */
export async function readAll(
  history: History,
  names: readonly string[],
  { nodes, dice }: { readonly nodes: readonly NodeAddress[]; readonly dice: Dice },
): Promise<readonly string[]> {
  const unread: string[] = [];
  await forEach(names, async (object) => {
    const query = isListName(object) ? "items" : "value";
    const call: Call = { kind: isListName(object) ? "read-list" : "read" };
    for (let attempt = 0; attempt < finalReadsTried; attempt++) {
      const calledMs = performance.now();
      const reading = { object, query, withinMs: finalReadMsMax } as const;
      const outcome = await readThere(dice.pick(nodes), reading);
      const endedMs = performance.now();
      history.add({ client: "at the end", object, call, calledMs, endedMs, outcome });
      if (outcome.kind === "answered") return;
    }
    unread.push(`${object} cannot be read after all faults have ended`);
  });
  return unread;
}

/**
 * Asks every node about every transaction: what was acknowledged is there, at its place; what was refused is nowhere.
 * Of those that nobody knew of, it learns what became of them.
 */
export async function checkTransactions(
  history: History,
  nodes: readonly NodeAddress[],
): Promise<readonly string[]> {
  const wrong: string[] = [];
  await forEach(history.operations, async (recorded) => {
    const { transaction, call, outcome } = recorded;
    if (transaction === undefined) return;
    const asked = nodes.map((node) => lookUpCertainly(node, transaction, call));
    const found = await Promise.all(asked);
    const known = found.filter((each) => each !== undefined);
    const place = placeOf(outcome);
    const [first] = known;
    if (outcome.kind === "failed" && known.some(isDone)) {
      wrong.push(`${textOf(recorded)} was refused and executed`);
    }
    if (known.some((each) => !isSamePlace(placeOf(each), place ?? placeOf(first)))) {
      const places = JSON.stringify([outcome, ...known]);
      wrong.push(`${textOf(recorded)} is at different places: ${places}`);
    }
    if (place !== undefined) {
      const without = nodes.filter((_, at) => found[at] === undefined);
      wrong.push(...(await findLost(recorded, transaction, without)));
    }
    if (outcome.kind === "unknown" && first !== undefined) {
      history.learn(recorded, { ...recorded, outcome: first, endedMs: performance.now() });
    }
  });
  return wrong;
}

/** A node that got a state without its blocks has no receipts, and still knows what was executed. */
async function findLost(
  recorded: Recorded,
  transaction: Signed,
  nodes: readonly NodeAddress[],
): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const node of nodes) {
    const again = await push(node, transaction, { call: recorded.call, withinMs: finalReadMsMax });
    if (again.kind === "unknown" && again.code === "already-executed") continue;
    const now = JSON.stringify(again);
    lost.push(`${textOf(recorded)} was acknowledged, and port ${node.port} has lost it: ${now}`);
  }
  return lost;
}

function lookUpCertainly(
  node: NodeAddress,
  { id }: Signed,
  call: Call,
): Promise<Outcome | undefined> {
  const asked = until(`what became of ${id} is told`, settleMs, async () => ({
    outcome: await lookUp(node, id, call),
  }));
  return asked.then(({ outcome }) => outcome);
}

/** Whether there is one order of all that clients were told, object by object. */
export function checkOrder(history: History): readonly string[] {
  return [...history.byObject()].flatMap(([object, operations]) => {
    const verdict: Verdict<Call, Answer> = isListName(object)
      ? checkLinearizable(operations, listModel)
      : checkLinearizable(operations, cellModel);
    switch (verdict.kind) {
      case "linearizable":
        return [];
      case "undecided":
        return [`${object}: ${operations.length} operations have too many orders to try all`];
      case "broken":
        return [explain(object, verdict)];
    }
  });
}

function explain(
  object: string,
  { ordered, stuck }: Extract<Verdict<Call, Answer>, { kind: "broken" }>,
): string {
  const [order, rest] = [linesOf(ordered), linesOf(stuck)];
  return `${object} is not linearizable\n  in order:${order}\n  none of these can follow:${rest}`;
}

function linesOf(operations: readonly CellOperation[]): string {
  return operations.map((operation) => `\n    ${lineOf(operation)}`).join("");
}

function lineOf({ client, call, answer, calledMs, answeredMs }: CellOperation): string {
  const [from, to] = [calledMs, answeredMs].map((ms) => (ms === Infinity ? "?" : ms.toFixed(1)));
  return `${from} to ${to} ms, ${client}: ${JSON.stringify(call)} ${JSON.stringify(answer) ?? "no answer"}`;
}

function textOf({ client, object, call, transaction }: Recorded): string {
  return `${client}: ${JSON.stringify(call)} of ${object} (${transaction?.id ?? "no transaction"})`;
}

function isDone({ kind }: Outcome): boolean {
  return kind === "answered";
}

function placeOf(outcome: Outcome | undefined): Place | undefined {
  return outcome?.kind === "answered" ? outcome.place : undefined;
}

/** A node that has dropped a block no longer knows its id. */
function isSamePlace(a: Place | undefined, b: Place | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const isSameBlock = a.blockId === undefined || b.blockId === undefined || a.blockId === b.blockId;
  return isSameBlock && a.blockNum === b.blockNum && a.index === b.index;
}

async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const run = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: lookersMax }, run));
}
