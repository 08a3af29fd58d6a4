/** A cache of bounded size with cheap eviction: when the young generation is full it becomes the old one. */
export class TwoGenerations<Key, Value> {
  private readonly entriesMax: number;
  private young = new Map<Key, Value>();
  private old = new Map<Key, Value>();

  constructor(entriesMax: number) {
    this.entriesMax = Math.max(1, Math.floor(entriesMax / 2));
  }

  get(key: Key): Value | undefined {
    const found = this.young.get(key);
    if (found !== undefined) return found;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: Key, value: Value): void {
    if (this.young.size >= this.entriesMax && !this.young.has(key)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }

  delete(key: Key): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }
}
