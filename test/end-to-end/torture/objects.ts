import type { Model, Operation } from "./linearizability.ts";

/** What clients do with the two kinds of objects of the service under test (`cells.ts`). */
export type Call =
  | { readonly kind: "set"; readonly value: number }
  /** Writes `value` where `expected` stands; says whether it did. */
  | { readonly kind: "swap"; readonly expected: number; readonly value: number }
  | { readonly kind: "read" }
  | { readonly kind: "append"; readonly item: number }
  | { readonly kind: "read-list" };

/** Of `append`: how many items there are now. */
export type Answer =
  | { readonly kind: "done" }
  | { readonly kind: "swapped"; readonly swapped: boolean }
  | { readonly kind: "value"; readonly value: number }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "list"; readonly items: readonly number[] };

export type CellOperation = Operation<Call, Answer>;

/** A cell holds a number, 0 at first. */
export const cellModel: Model<number, Call, Answer> = {
  initial: 0,
  apply(value, call, answer) {
    switch (call.kind) {
      case "set":
        return call.value;
      case "swap": {
        const swaps = value === call.expected;
        if (answer?.kind === "swapped" && answer.swapped !== swaps) return undefined;
        return swaps ? call.value : value;
      }
      case "read":
        return answer?.kind === "value" && answer.value !== value ? undefined : value;
      case "append":
      case "read-list":
        return undefined;
    }
  },
  changesNothing,
  textOf: (value) => `${value}`,
};

/** A list holds the numbers that were appended, in their order. */
export const listModel: Model<readonly number[], Call, Answer> = {
  initial: [],
  apply(items, call, answer) {
    switch (call.kind) {
      case "append":
        if (answer?.kind === "length" && answer.length !== items.length + 1) return undefined;
        return [...items, call.item];
      case "read-list":
        return answer?.kind === "list" && !isSame(answer.items, items) ? undefined : items;
      case "set":
      case "swap":
      case "read":
        return undefined;
    }
  },
  changesNothing,
  textOf: (items) => items.join(),
};

function changesNothing({ kind }: Call, answer: Answer): boolean {
  return kind === "read" || kind === "read-list" || (answer.kind === "swapped" && !answer.swapped);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
