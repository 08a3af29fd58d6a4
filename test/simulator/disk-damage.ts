/**
 * What is wrong with the place where a block was written. `content`: the block cannot be read, its row still says
 * which one it is. `row`: not even that. `elsewhere`: the row of another block stands there.
 */
export type Blemish = "content" | "row" | "elsewhere";

/** Why a log is not opened: something that the node promised to keep is lost (`OpenLogError` of the store). */
export type Refusal = "vote-corrupt" | "log-corrupt";

/**
 * What of one log cannot be read back. As in the store, rows have checksums in the database file and whole transactions
 * have them in the write-ahead log: damage to the file is met by whoever reads the block, damage to the write-ahead log
 * keeps the node from starting, unless a checkpoint has moved it into the file before.
 */
export class DiskDamage {
  readonly #blemishes = new Map<number, Blemish>();
  /** Written over, and the write may still be lost. */
  readonly #overwritten = new Set<number>();
  #isWalDamaged = false;
  #isVoteDamaged = false;
  #settledNum = 0;

  /** Up to here blocks are in the database file; those behind are in the write-ahead log alone. */
  get settledNum(): number {
    return this.#settledNum;
  }

  /** The damaged blocks. */
  get nums(): readonly number[] {
    return [...this.#blemishes.keys()];
  }

  blemishOf(num: number): Blemish | undefined {
    if (this.#blemishes.size === 0 || this.#overwritten.has(num)) return undefined;
    return this.#blemishes.get(num);
  }

  hitBlock(num: number, blemish: Blemish): void {
    this.#blemishes.set(num, blemish);
    if (num > this.#settledNum) this.#isWalDamaged = true;
  }

  hitVote(): void {
    this.#isVoteDamaged = true;
  }

  /** What opening the log says; `lastNum` is its newest block. */
  refusal(lastNum: number): Refusal | undefined {
    if (this.#isWalDamaged) return "log-corrupt";
    if (this.#isVoteDamaged) return "vote-corrupt";
    const end = this.#blemishes.get(lastNum);
    return end === undefined || end === "content" ? undefined : "log-corrupt";
  }

  /** Everything up to `lastNum` is in the database file now. */
  settle(lastNum: number): void {
    this.#settledNum = lastNum;
    this.#isWalDamaged = false;
  }

  /** Another row stands in that place for whoever reads; it is there for good when the write is durable. */
  overwrite(num: number, isDurable: boolean): void {
    if (this.#blemishes.size === 0) return;
    if (!isDurable) {
      this.#overwritten.add(num);
      return;
    }
    this.#blemishes.delete(num);
    this.#overwritten.delete(num);
  }

  overwriteVote(): void {
    this.#isVoteDamaged = false;
  }

  /** The log holds the blocks from `firstNum` to `lastNum` now, for good. */
  keepOnly(firstNum: number, lastNum: number): void {
    this.#settledNum = Math.min(this.#settledNum, lastNum);
    for (const num of this.#blemishes.keys()) {
      if (num < firstNum || num > lastNum) this.#blemishes.delete(num);
    }
  }

  /** Another log stands here, up to `lastNum`, and all of it can be read. */
  replaceAll(lastNum: number): void {
    this.#blemishes.clear();
    this.#overwritten.clear();
    this.#isVoteDamaged = false;
    this.settle(lastNum);
  }

  /** What was not durable is gone. */
  crash(): void {
    this.#overwritten.clear();
  }
}
