import type { Edits } from "./edits.ts";

/**
 * Places the charges of one function. A region is a function without its loops, or a loop without its inner loops.
 * Entering a region charges what all of it weighs, at most `stretch`; wherever a path through the region could have
 * come further than was paid since its last charge, another `stretch` is charged. So whatever path is taken, the
 * weight of what was executed never exceeds what was charged: decision record 0070.
 */
export class FuelPlan {
  private readonly edits: Edits;
  private readonly stretch: number;
  /** The weight, on the worst path, since the last charge of the region. */
  private distance = 0;
  private readonly regions: Region[] = [];
  /** The innermost of them. */
  private region: Region | undefined = undefined;
  /** Of this function. */
  charges = 0;

  constructor(edits: Edits, stretch: number) {
    this.edits = edits;
    this.stretch = stretch;
  }

  enterFunction(offset: number): void {
    this.regions.length = 0;
    this.charges = 0;
    this.openRegion(offset);
  }

  /** Before the instruction at `offset` that weighs this much. */
  step(offset: number, weight: number): void {
    if (weight === 0) return;
    if (this.region !== undefined) this.region.weight += weight;
    this.distance += weight;
    if (this.distance <= this.stretch) return;
    this.charges++;
    this.edits.add("charge", offset, 0, Math.max(weight, this.stretch));
    this.distance = weight;
  }

  /** Behind the header of a loop: each round passes there. */
  enterLoop(offset: number): void {
    this.openRegion(offset);
  }

  /** Returns what the region weighs. */
  leaveRegion(): number {
    const region = this.regions.pop();
    if (region === undefined) return 0;
    this.edits.amounts[region.edit] = Math.max(1, Math.min(region.weight, this.stretch));
    this.distance = region.distanceBefore;
    this.region = this.regions.at(-1);
    return region.weight;
  }

  get depth(): number {
    return this.regions.length;
  }

  /** How far a path is when it comes from here to a place in the region at `depth`. */
  distanceIn(depth: number): number {
    return depth === this.regions.length
      ? this.distance
      : (this.regions[depth]?.distanceBefore ?? 0);
  }

  /** Goes on at a place where this is the worst path that arrives. */
  continueAt(distance: number): void {
    this.distance = distance;
  }

  private openRegion(offset: number): void {
    this.region = { edit: this.edits.length, weight: 0, distanceBefore: this.distance };
    this.regions.push(this.region);
    this.charges++;
    this.edits.add("charge", offset);
    this.distance = 0;
  }
}

type Region = {
  /** The charge at its entry, whose amount is known when the region is left. */
  readonly edit: number;
  weight: number;
  /** Of the region around it, at its entry. */
  readonly distanceBefore: number;
};
