import { blockTransactionsMax } from "@kith/protocol/limits";
import type { Signed } from "@kith/sdk/transaction";

import type { Answer, Call, CellOperation } from "./objects.ts";

/** Where a node has promised a transaction to be, for ever. */
export type Place = {
  readonly blockNum: number;
  readonly index: number;
  readonly blockId?: string | undefined;
};

export type Outcome =
  | { readonly kind: "answered"; readonly answer: Answer; readonly place?: Place }
  /** It has no effect: that is certain. */
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "unknown"; readonly code: string };

/** One operation of a client, as it went. */
export type Recorded = {
  readonly client: string;
  readonly object: string;
  readonly call: Call;
  /** Undefined for a read that no transaction does. */
  readonly transaction?: Signed | undefined;
  readonly calledMs: number;
  readonly endedMs: number;
  readonly outcome: Outcome;
};

/** Everything that clients did and were told. */
export class History {
  readonly #operations: Recorded[] = [];

  get operations(): readonly Recorded[] {
    return this.#operations;
  }

  add(recorded: Recorded): void {
    this.#operations.push(recorded);
  }

  /** What became of an operation was found out later. */
  learn(known: Recorded, more: Recorded): void {
    this.#operations[this.#operations.indexOf(known)] = more;
  }

  /** By object, what the checker has to explain: failed operations have no effect, and reads without an answer say nothing. */
  byObject(): ReadonlyMap<string, readonly CellOperation[]> {
    const found = new Map<string, CellOperation[]>();
    for (const recorded of this.#operations) {
      const operation = operationOf(recorded);
      if (operation === undefined) continue;
      const known = found.get(recorded.object);
      if (known === undefined) found.set(recorded.object, [operation]);
      else known.push(operation);
    }
    return found;
  }

  /** Counts of outcomes, with the codes of those that are not answers. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { call, outcome, transaction } of this.#operations) {
      const how = transaction === undefined ? "" : " by transaction";
      const code = outcome.kind === "answered" ? "" : ` (${outcome.code})`;
      const name = `${call.kind}${isRead(call) ? how : ""}: ${outcome.kind}${code}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  answered(which: (recorded: Recorded) => boolean = () => true): number {
    return this.#operations.filter((one) => one.outcome.kind === "answered" && which(one)).length;
  }
}

export function isRead({ kind }: Call): boolean {
  return kind === "read" || kind === "read-list";
}

function positionOf(place: Place | undefined): number | undefined {
  return place === undefined ? undefined : place.blockNum * blockTransactionsMax + place.index;
}

function operationOf({
  client,
  call,
  calledMs,
  endedMs,
  outcome,
}: Recorded): CellOperation | undefined {
  switch (outcome.kind) {
    case "answered":
      return {
        client,
        call,
        answer: outcome.answer,
        calledMs,
        answeredMs: endedMs,
        position: positionOf(outcome.place),
      };
    case "failed":
      return undefined;
    case "unknown":
      if (isRead(call)) return undefined;
      return { client, call, answer: undefined, calledMs, answeredMs: Infinity };
  }
}
