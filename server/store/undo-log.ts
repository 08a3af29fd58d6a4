export type Undo = () => void;

/** What takes back every write since `begin`, newest last. */
export class UndoLog {
  private entries: Undo[] = [];
  private open = false;

  get isOpen(): boolean {
    return this.open;
  }

  assertOpen(): void {
    if (!this.open) throw new Error("a write to the state outside of begin and commit");
  }

  push(entry: Undo | undefined): void {
    if (entry !== undefined) this.entries.push(entry);
  }

  begin(): void {
    if (this.open) throw new Error("begin inside of an open transaction");
    this.open = true;
  }

  commit(): void {
    this.assertOpen();
    this.close();
  }

  abandon(): void {
    this.assertOpen();
    while (this.entries.length > 0) this.entries.pop()?.();
    this.close();
  }

  private close(): void {
    this.open = false;
    this.entries = [];
  }
}

/** Sets or (for undefined) deletes an entry, and says how to take that back. */
export function setEntry<K, V>(map: Map<K, V>, key: K, value: V | undefined): Undo | undefined {
  const before = map.get(key);
  if (before === undefined && value === undefined) return undefined;
  if (value === undefined) map.delete(key);
  else map.set(key, value);
  return () => void setEntry(map, key, before);
}
