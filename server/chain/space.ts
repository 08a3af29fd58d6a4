/** The part of the state that holds one index of a table (index 0: the rows themselves). */
export function spaceOf(table: number, index: number): number {
  return table * 16 + index;
}

/** The indexed fields, then the primary key, so that entries are distinct and ordered. */
export function entryKey(indexKey: Uint8Array, primaryKey: Uint8Array): Uint8Array {
  const key = new Uint8Array(indexKey.length + primaryKey.length);
  key.set(indexKey);
  key.set(primaryKey, indexKey.length);
  return key;
}
