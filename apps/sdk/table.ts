import { exchangedKey, type WriteKey } from "@kith/protocol/exchanged-key";
import { object, type Codec, type Fields, type ObjectValue } from "@kith/protocol/fracpack";
import { keyAfterPrefix } from "@kith/protocol/key";

import type { Described } from "./described.ts";
import { fixedKindOf, keyFieldOf, type PutField } from "./key-field.ts";
import { keyWriter } from "./key-writer.ts";

/** Rows of one type, found by a primary key and, where declared, by further indexes. */
export type Table<Row, KeyName extends keyof Row, IndexName extends string> = {
  readonly name: string;
  readonly row: Codec<Row>;
  readonly private?: boolean;
  /** Index 0 is the primary key. */
  readonly keys: readonly TableKey[];
  /** Only inside of service machines, for primary keys of fixed size. */
  readonly writeKey?: WriteKey | undefined;
  /** Only the type checker looks at these. */
  readonly keyNames?: KeyName;
  readonly indexNames?: IndexName;
};

/** What every table is, whatever its rows. */
export type AnyTable = Described & {
  readonly name: string;
  readonly row: Pick<Codec<never>, "schema" | "prepare">;
  readonly private?: boolean;
  readonly keys: readonly TableKey[];
};

export type TableKey = {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly put: PutField }[];
};

/**
 * Declares a table. Fields of keys are whole numbers, accounts, texts, byte strings and checksums.
 *
 *     const balances = table("balances", { owner: account, amount: u64 }, { key: ["owner"] });
 */
export function table<
  F extends Fields,
  const KeyName extends keyof ObjectValue<F> & string,
  const IndexName extends string = never,
>(
  name: string,
  fields: F,
  keys: {
    readonly key: readonly KeyName[];
    readonly indexes?: { readonly [Name in IndexName]: readonly (keyof F & string)[] };
    /** Not to be had by GraphQL or change streams. No secret: whoever runs a node can read every row. */
    readonly private?: boolean;
  },
): Table<ObjectValue<F>, KeyName, IndexName> {
  const declared: Readonly<Record<string, readonly string[]>> = keys.indexes ?? {};
  const indexes = [["key", keys.key] as const, ...Object.entries(declared)];
  const row = object(fields);
  row.exchanged?.prepare();
  const writeKey = writerOf(keys.key, fields);
  return {
    name,
    row,
    ...(writeKey === undefined ? {} : { writeKey }),
    ...(keys.private === true ? { private: true } : {}),
    keys: indexes.map(([index, names]) => ({
      name: index,
      fields: names.map((field) => keyField(name, field, fields)),
    })),
  };
}

/** The bytes of as many of the key's fields as `values` has, from the first on. */
export function encodePrefix(key: TableKey, values: object): Uint8Array {
  keyWriter.start();
  for (const { name, put } of key.fields) {
    const value: unknown = Object.hasOwn(values, name) ? Reflect.get(values, name) : undefined;
    if (value === undefined) break;
    put(keyWriter, value);
  }
  return keyWriter.finish();
}

/** Behind everything that begins with these bytes; undefined when nothing can be. */
export function behind(prefix: Uint8Array): Uint8Array | undefined {
  return keyAfterPrefix(prefix);
}

function writerOf(names: readonly string[], fields: Fields): WriteKey | undefined {
  const key = [];
  for (const name of names) {
    const codec = fields[name];
    const kind = codec === undefined ? undefined : fixedKindOf(codec.schema);
    if (kind === undefined) return undefined;
    key.push({ name, kind });
  }
  return exchangedKey(key);
}

function keyField(ofTable: string, name: string, fields: Fields): TableKey["fields"][number] {
  const codec = fields[name];
  const put = codec === undefined ? undefined : keyFieldOf(codec.schema);
  if (put === undefined) throw new TypeError(`${name} cannot be part of a key of ${ofTable}`);
  return { name, put };
}
