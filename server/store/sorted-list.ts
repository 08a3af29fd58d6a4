const chunkLengthMax = 512;

/**
 * Distinct strings in ascending order of their code units, in chunks, so that an insertion moves at most one chunk
 * however long the list is.
 */
export class SortedList {
  private readonly chunks: string[][] = [];

  add(text: string): void {
    const chunkIndex = this.chunkOf(text);
    const chunk = this.chunks[chunkIndex];
    if (chunk === undefined) {
      this.chunks.push([text]);
      return;
    }
    const index = lowerBound(chunk, text);
    if (chunk[index] === text) return;
    chunk.splice(index, 0, text);
    if (chunk.length > chunkLengthMax) {
      this.chunks.splice(chunkIndex + 1, 0, chunk.splice(chunkLengthMax >> 1));
    }
  }

  remove(text: string): void {
    const chunkIndex = this.chunkOf(text);
    const chunk = this.chunks[chunkIndex];
    if (chunk === undefined) return;
    const index = lowerBound(chunk, text);
    if (chunk[index] !== text) return;
    chunk.splice(index, 1);
    if (chunk.length === 0) this.chunks.splice(chunkIndex, 1);
  }

  /** From the first string that is not less than `from`. */
  *ascending(from: string): Generator<string, void, undefined> {
    let chunkIndex = this.chunkOf(from);
    let index = lowerBound(this.chunks[chunkIndex] ?? [], from);
    for (; chunkIndex < this.chunks.length; chunkIndex += 1, index = 0) {
      const chunk = this.chunks[chunkIndex] ?? [];
      for (; index < chunk.length; index += 1) yield chunk[index] ?? "";
    }
  }

  /** From the last string that is less than `to` (the very last one when there is no `to`). */
  *descending(to: string | undefined): Generator<string, void, undefined> {
    let chunkIndex = to === undefined ? this.chunks.length - 1 : this.chunkOf(to);
    let chunk = this.chunks[chunkIndex] ?? [];
    let index = (to === undefined ? chunk.length : lowerBound(chunk, to)) - 1;
    while (chunkIndex >= 0) {
      for (; index >= 0; index -= 1) yield chunk[index] ?? "";
      chunkIndex -= 1;
      chunk = this.chunks[chunkIndex] ?? [];
      index = chunk.length - 1;
    }
  }

  /** The chunk where `text` is or belongs: the last one that does not start after it. */
  private chunkOf(text: string): number {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.chunks[middle]?.[0] ?? "") <= text) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

function lowerBound(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
