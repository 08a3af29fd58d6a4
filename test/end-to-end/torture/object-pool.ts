import type { Dice } from "../../simulator/dice.ts";
import type { Call } from "./objects.ts";

/** Calls of one object before another takes its place: few enough that all orders of them can be tried. */
const callsMax = 60;

type Live = {
  readonly name: string;
  readonly isList: boolean;
  calls: number;
  /** The newest value that somebody has seen there or has written, for swaps that may succeed. */
  lastValue: number;
};

export type Wanted = { readonly object: string; readonly call: Call };

/** The objects that clients work on at the same time. Each value is written once, so that readers show whose it is. */
export class ObjectPool {
  /** All that there ever were. */
  readonly names: string[] = [];
  readonly #prefix: string;
  readonly #live: Live[];
  #serial = 0;

  constructor(prefix: string, count: number) {
    this.#prefix = prefix;
    this.#live = Array.from({ length: count }, (_, at) => this.#create(at % 2 === 1));
  }

  draw(dice: Dice): Wanted {
    const at = dice.below(this.#live.length);
    const object = this.#live[at];
    if (object === undefined) throw new Error("a pool has objects");
    object.calls++;
    if (object.calls >= callsMax) this.#live[at] = this.#create(object.isList);
    return { object: object.name, call: this.#drawCall(dice, object) };
  }

  saw(name: string, value: number): void {
    const object = this.#live.find((one) => one.name === name);
    if (object !== undefined) object.lastValue = value;
  }

  #drawCall(dice: Dice, object: Live): Call {
    const fresh = ++this.#serial;
    if (object.isList)
      return dice.chance(0.5) ? { kind: "append", item: fresh } : { kind: "read-list" };
    if (dice.chance(0.45)) return { kind: "read" };
    if (dice.chance(0.5)) return { kind: "set", value: fresh };
    return { kind: "swap", expected: object.lastValue, value: fresh };
  }

  #create(isList: boolean): Live {
    const name = `${this.#prefix}-${isList ? "list" : "cell"}-${this.names.length}`;
    this.names.push(name);
    return { name, isList, calls: 0, lastValue: 0 };
  }
}

export function isListName(name: string): boolean {
  return name.includes("-list-");
}
