import type { Dice } from "../dice.ts";

/** Which of two stories a node is told; `both` hears the second behind the first. */
export type Side = "left" | "right" | "both";

export const allSides: readonly Side[] = ["left", "right", "both"];

/** Beyond so many, patterns are drawn and not counted up: nobody could come to all of them. */
const patternsMax = 243;

/**
 * Goes through all the ways to tell two stories to some nodes, in a random order, and begins again. So every way to split a quorum
 * comes, and not only halves.
 */
export class Splits {
  readonly #nodes: readonly string[];
  readonly #dice: Dice;
  readonly #among: readonly Side[];
  #left: number[] = [];
  #sides: ReadonlyMap<string, Side> = new Map();
  #rounds = 0;

  constructor(nodes: readonly string[], dice: Dice, among: readonly Side[] = allSides) {
    this.#among = among;
    this.#nodes = nodes;
    this.#dice = dice;
    this.next();
  }

  /** How often all patterns were gone through. */
  get rounds(): number {
    return this.#rounds;
  }

  sideOf(node: string): Side {
    return this.#sides.get(node) ?? "left";
  }

  next(): void {
    const sides = this.#among;
    const count = sides.length ** this.#nodes.length;
    if (count > patternsMax) {
      this.#sides = new Map(this.#nodes.map((node) => [node, this.#dice.pick(sides)]));
      return;
    }
    let pattern = this.#left.pop();
    if (pattern === undefined) {
      if (this.#sides.size > 0) this.#rounds += 1;
      this.#left = [...this.#dice.shuffled(Array.from({ length: count }, (_, at) => at))];
      pattern = this.#left.pop() ?? 0;
    }
    const chosen = new Map<string, Side>();
    for (const node of this.#nodes) {
      chosen.set(node, sides[pattern % sides.length] ?? "left");
      pattern = Math.floor(pattern / sides.length);
    }
    this.#sides = chosen;
  }
}
