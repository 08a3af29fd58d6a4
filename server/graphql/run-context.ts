import type { FinalView } from "@kith/chain/ports";

import { graphqlError } from "./errors.ts";
import { answerBytesMax } from "./limits.ts";

/** What the fields of one query share while it runs. */
export type RunContext = {
  readonly view: FinalView;
  readonly budget: Budget;
};

/** Counts what is read and what is answered while it is made: no list of rows tells its size before. */
export class Budget {
  private left: number = answerBytesMax;

  get isSpent(): boolean {
    return this.left < 0;
  }

  spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0) {
      throw graphqlError(
        "answer-too-large",
        `what is read, and the answer, may have ${answerBytesMax} bytes: ask for fewer rows or fields`,
      );
    }
  }

  /** Counts a value by what it takes in JSON, at least; members are counted when they are asked for. */
  count<T>(value: T): T {
    if (typeof value === "string") this.spend(value.length + valueBytes);
    else if (Array.isArray(value)) for (const item of value) this.count(item);
    else this.spend(valueBytes);
    return value;
  }

  /** Counts a value with everything in it. */
  countWhole<T>(value: T): T {
    this.spend(wholeBytes(value));
    return value;
  }
}

/** Also counts what is inside, for values that are answered whole. */
function wholeBytes(value: unknown): number {
  if (typeof value === "string") return value.length + valueBytes;
  if (typeof value !== "object" || value === null) return valueBytes;
  return Object.entries(value).reduce(
    (bytes, [name, member]) => bytes + name.length + wholeBytes(member),
    valueBytes,
  );
}

/** A name, quotation marks, a comma. */
const valueBytes = 8;
