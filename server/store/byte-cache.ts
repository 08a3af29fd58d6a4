/**
 * Values by byte key, at most about `sizeBytesMax` of them: two generations, of which the older is dropped when the
 * younger is full; what is used moves to the younger.
 */
export class ByteCache {
  private readonly sizeBytesMax: number;
  private young = new Map<string, Uint8Array>();
  private old = new Map<string, Uint8Array>();
  private youngBytes = 0;

  constructor(sizeBytesMax: number) {
    this.sizeBytesMax = sizeBytesMax;
  }

  get(key: string): Uint8Array | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: Uint8Array): void {
    this.young.set(key, value);
    this.youngBytes += key.length + value.length + entryBytes;
    if (this.youngBytes <= this.sizeBytesMax / 2) return;
    this.old = this.young;
    this.young = new Map();
    this.youngBytes = 0;
  }

  delete(key: string): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
    this.youngBytes = 0;
  }
}

/** What an entry takes besides its bytes, roughly. */
const entryBytes = 100;
