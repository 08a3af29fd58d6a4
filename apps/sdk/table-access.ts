import type { ActionHost, ExchangedRows, TableReader } from "@kith/protocol/service-abi";

import { abort } from "./abort.ts";
import { behind, encodePrefix, type Table, type TableKey } from "./table.ts";

/** Which rows: all that begin with `prefix`, from `from` on, behind `after`, in order of the key or an index. */
export type RowRange<Row, IndexName extends string> = {
  /** The primary key when left out. */
  readonly index?: IndexName;
  /** Values of the first fields of the key. */
  readonly prefix?: Partial<Row>;
  /** Starts here, included. Values of the first fields of the key. */
  readonly from?: Partial<Row>;
  /** Starts behind everything that begins with these values: how the next page is asked for. */
  readonly after?: Partial<Row>;
  /** Ends before these values. */
  readonly to?: Partial<Row>;
  readonly reverse?: boolean;
  /** At most 1000. */
  readonly limit?: number;
};

const limitByDefault = 100;

/** Reads one of the service's own tables. */
export class RowsRead<Row extends object, KeyName extends keyof Row, IndexName extends string> {
  protected readonly number: number;
  protected readonly table: Table<Row, KeyName, IndexName>;
  private readonly reader: TableReader;

  constructor(reader: TableReader, number: number, table: Table<Row, KeyName, IndexName>) {
    this.reader = reader;
    this.number = number;
    this.table = table;
  }

  get(key: Pick<Row, KeyName>): Row | undefined {
    const { exchanged } = this.reader;
    const keyBytes = exchanged === undefined ? undefined : this.table.writeKey?.(key);
    if (exchanged !== undefined && keyBytes !== undefined) {
      const rowBytes = exchanged.get(this.number, keyBytes);
      return rowBytes < 0 ? undefined : this.rowOf(exchanged, rowBytes);
    }
    const row = this.reader.get(this.number, this.keyOf(key));
    return row === undefined ? undefined : this.table.row.trustedUnpack(row);
  }

  has(key: Pick<Row, KeyName>): boolean {
    const { exchanged } = this.reader;
    const keyBytes = exchanged === undefined ? undefined : this.table.writeKey?.(key);
    if (exchanged !== undefined && keyBytes !== undefined) {
      return exchanged.get(this.number, keyBytes) >= 0;
    }
    return this.reader.get(this.number, this.keyOf(key)) !== undefined;
  }

  range(wanted: RowRange<Row, IndexName> = {}): readonly Row[] {
    const index = this.table.keys.findIndex((key) => key.name === (wanted.index ?? "key"));
    const key = this.table.keys[index];
    if (key === undefined) abort("index-unknown", `${this.table.name} has no such index`);
    const bounds = boundsOf(key, wanted);
    const rows = this.reader.range(this.number, {
      index,
      ...bounds,
      reverse: wanted.reverse ?? false,
      limit: wanted.limit ?? limitByDefault,
    });
    return rows.map((row) => this.table.row.trustedUnpack(row));
  }

  private rowOf(exchanged: ExchangedRows, rowBytes: number): Row {
    const { row } = this.table;
    return row.exchanged?.read(rowBytes) ?? row.trustedUnpack(exchanged.take(rowBytes));
  }

  protected keyOf(key: Pick<Row, KeyName>): Uint8Array {
    const primary = this.table.keys[0];
    if (primary === undefined) abort("index-unknown", `${this.table.name} has no key`);
    return encodePrefix(primary, key);
  }
}

/** Reads and writes one of the service's own tables. */
export class RowsWritten<
  Row extends object,
  KeyName extends keyof Row,
  IndexName extends string,
> extends RowsRead<Row, KeyName, IndexName> {
  private readonly host: ActionHost;

  constructor(host: ActionHost, number: number, table: Table<Row, KeyName, IndexName>) {
    super(host, number, table);
    this.host = host;
  }

  /** Adds the row, or replaces the one with the same key. */
  put(row: Row): void {
    const { exchanged } = this.host;
    const rowBytes = exchanged === undefined ? undefined : this.table.row.exchanged?.write(row);
    if (exchanged === undefined || rowBytes === undefined) {
      this.host.put(this.number, this.table.row.pack(row));
    } else exchanged.put(this.number, rowBytes);
  }

  /** True when there was such a row. */
  remove(key: Pick<Row, KeyName>): boolean {
    const { exchanged } = this.host;
    const keyBytes = exchanged === undefined ? undefined : this.table.writeKey?.(key);
    if (exchanged !== undefined && keyBytes !== undefined) {
      return exchanged.remove(this.number, keyBytes);
    }
    return this.host.remove(this.number, this.keyOf(key));
  }
}

function boundsOf(
  key: TableKey,
  wanted: Pick<RowRange<object, string>, "prefix" | "from" | "after" | "to" | "reverse">,
): { readonly from?: Uint8Array; readonly to?: Uint8Array } {
  const prefix = encodePrefix(key, wanted.prefix ?? {});
  const whole = (values: object): Uint8Array => encodePrefix(key, { ...wanted.prefix, ...values });
  let from: Uint8Array | undefined = wanted.from === undefined ? prefix : whole(wanted.from);
  let to = wanted.to === undefined ? behind(prefix) : whole(wanted.to);
  if (wanted.after !== undefined && wanted.reverse === true) to = whole(wanted.after);
  else if (wanted.after !== undefined) from = behind(whole(wanted.after));
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
