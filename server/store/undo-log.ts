export type Undo = () => void;

/** What takes back every write since `begin`, newest last, with a mark for each open savepoint. */
export class UndoLog {
  private entries: Undo[] = [];
  private marks: number[] = [];
  private open = false;

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

  savepoint(): void {
    this.assertOpen();
    this.marks.push(this.entries.length);
  }

  release(): void {
    this.popMark();
  }

  rollback(): void {
    this.undoTo(this.popMark());
  }

  commit(): void {
    this.assertOpen();
    if (this.marks.length > 0) throw new Error("commit with an open savepoint");
    this.close();
  }

  abandon(): void {
    this.assertOpen();
    this.undoTo(0);
    this.close();
  }

  private close(): void {
    this.open = false;
    this.marks = [];
    this.entries = [];
  }

  private popMark(): number {
    this.assertOpen();
    const mark = this.marks.pop();
    if (mark === undefined) throw new Error("no open savepoint");
    return mark;
  }

  private undoTo(mark: number): void {
    while (this.entries.length > mark) this.entries.pop()?.();
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
