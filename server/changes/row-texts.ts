import { decodeKey, type IndexModel, type TableModel } from "@kith/graphql/table-model";
import { latin1Of } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";

import type { LoggedRow } from "./change-log.ts";
import type { ChangeSource } from "./change-source.ts";
import { rowCharsMax } from "./limits.ts";

/** The JSON of rows as they are now, made once for all who have to be told. */
export class RowTexts {
  private readonly rows: ChangeSource["rows"];
  private readonly texts = new Map<string, string>();

  constructor(rows: ChangeSource["rows"]) {
    this.rows = rows;
  }

  /** After a block nothing is as it was. */
  clear(): void {
    this.texts.clear();
  }

  /** `"key": {...}, "row": {...}`; the row is null when there is none, and left out when it is too large. */
  of(service: AccountName, table: TableModel, key: Uint8Array): string {
    const [primary] = table.indexes;
    if (primary === undefined) throw new Error(`${table.name} has no key`);
    const name = `${service}/${primary.space}/${latin1Of(key)}`;
    const known = this.texts.get(name);
    if (known !== undefined) return known;
    const row = this.rows.getRow({ service, space: primary.space, key });
    const keyText = `"key":${JSON.stringify(decodeKey(primary, key)?.json ?? null)}`;
    const rowText = row === undefined ? "null" : JSON.stringify(table.rowJson(row));
    const text =
      rowText.length > rowCharsMax ? `${keyText},"tooLarge":true` : `${keyText},"row":${rowText}`;
    if (this.texts.size >= textsMax) this.texts.clear();
    this.texts.set(name, text);
    return text;
  }
}

const textsMax = 4096;

/** The primary key of the row that an entry of an index is about; undefined when the bytes are no entry. */
export function primaryKeyOf(
  table: TableModel,
  index: IndexModel,
  { key, entry }: LoggedRow,
): Uint8Array | undefined {
  if (index === table.indexes[0]) return key;
  if (entry !== undefined) return entry;
  const indexed = decodeKey(index, key);
  return indexed === undefined ? undefined : key.subarray(indexed.end);
}
