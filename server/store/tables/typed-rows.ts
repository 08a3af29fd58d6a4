import { compileSchema, type CompiledSchema } from "@kith/protocol/schema";
import type { TableColumns } from "@kith/protocol/table-columns";

import type { SqlValue } from "../sqlite.ts";
import { tableNamesOf, type TableNames } from "./column-names.ts";
import { KeyCodec } from "./key-values.ts";
import { rowFieldsOf, type RowField } from "./row-fields.ts";
import { RowCodec, type RowValues } from "./row-values.ts";

/** A row as its table keeps it. */
export type StoredRow = {
  readonly values: RowValues;
  /** The row itself, when its columns would not give it back. */
  readonly exact: Uint8Array | null;
};

/** How the rows of one table are kept in columns. */
export class TypedRows {
  readonly columns: TableColumns;
  readonly names: TableNames;
  readonly fields: readonly RowField[];
  readonly primaryKey: KeyCodec;
  /** By index number: the indexed fields and then the primary key. Index 0 is the primary key. */
  readonly indexKeys: readonly KeyCodec[];
  private readonly codec: RowCodec;
  /** Null when the types cannot be compiled: then SQL does without the JSON. */
  private schema: CompiledSchema | null | undefined;

  constructor(columns: TableColumns) {
    this.columns = columns;
    this.names = tableNamesOf(columns);
    this.fields = rowFieldsOf(columns);
    this.codec = new RowCodec(this.fields);
    const [primary = [], ...indexes] = columns.keys;
    this.primaryKey = this.keyCodec(primary);
    this.indexKeys = [
      this.primaryKey,
      ...indexes.map((index) => this.keyCodec([...index, ...primary])),
    ];
  }

  /** Throws for a key that is none of this table: the chain takes keys from rows. */
  storedOf(key: Uint8Array, row: Uint8Array): StoredRow {
    const values = this.names.complete ? this.codec.valuesOf(row) : undefined;
    if (values !== undefined && this.primaryKey.isKeyOf(row, key)) return { values, exact: null };
    const keyValues = this.primaryKey.valuesOf(key);
    if (keyValues === undefined) throw new TypeError(`a key of ${this.columns.name} is none`);
    const readable = [...this.codec.readableOf(row)];
    for (const [at, field] of (this.columns.keys[0] ?? []).entries()) {
      readable[field] = keyValues[at] ?? null;
    }
    return { values: readable, exact: row };
  }

  rowOf({ values, exact }: StoredRow): Uint8Array {
    return exact ?? this.codec.rowOf(values);
  }

  /** The keys of a row's index entries, from index 1 on. */
  entriesOf(key: Uint8Array, row: Uint8Array): readonly Uint8Array[] {
    const { values } = this.storedOf(key, row);
    return this.indexKeys.slice(1).map((codec, at) => {
      const places = [...(this.columns.keys[at + 1] ?? []), ...(this.columns.keys[0] ?? [])];
      return codec.keyOf(places.map((place) => values[place] ?? null));
    });
  }

  /** The value of a `packed` column as SQL sees it. */
  jsonOf(field: number, packed: SqlValue): SqlValue {
    const type = this.columns.columns[field]?.type;
    if (!(packed instanceof Uint8Array) || type?.kind !== "packed") return null;
    // A zero pointer stands for a list without elements, whose size is zero.
    const whole = packed.length === 0 && type.sizeBytes === undefined ? emptyList : packed;
    const json = this.compiled()?.unpackJson(typeName(field), whole);
    return json?.ok === true ? JSON.stringify(json.value) : null;
  }

  private compiled(): CompiledSchema | null {
    if (this.schema !== undefined) return this.schema;
    const named = this.columns.columns.flatMap(({ type }, field) =>
      type.kind === "packed" && type.type !== undefined ? [[typeName(field), type.type]] : [],
    );
    const compiled = compileSchema({ ...this.columns.types, ...Object.fromEntries(named) });
    this.schema = compiled.ok ? compiled.value : null;
    return this.schema;
  }

  private keyCodec(places: readonly number[]): KeyCodec {
    return new KeyCodec(
      places.map((place) => {
        const field = this.fields[place];
        if (field === undefined) throw new TypeError(`${this.columns.name} has no field ${place}`);
        return field;
      }),
    );
  }
}

const emptyList = new Uint8Array(4);

/** Not a name that a schema can have. */
function typeName(field: number): string {
  return `#${field}`;
}
