/** What the pass changes in the code, in the order of the places. Parallel lists: a large module has tens of thousands. */
export class Edits {
  readonly offsets: number[] = [];
  /** Bytes at the offset that the edit replaces. */
  readonly removed: number[] = [];
  readonly kinds: EditKind[] = [];
  /** The charge's weight, or the depth that a `return` jumps to. */
  readonly amounts: number[] = [];

  get length(): number {
    return this.offsets.length;
  }

  add(kind: EditKind, offset: number, removed = 0, amount = 0): void {
    this.offsets.push(offset);
    this.removed.push(removed);
    this.kinds.push(kind);
    this.amounts.push(amount);
  }
}

export type EditKind =
  | "charge"
  | "reload-fuel"
  | "return"
  | "memory-size"
  | "memory-grow"
  | "charge-bytes"
  | "charge-elements"
  | "canonical-f32"
  | "canonical-f64";
