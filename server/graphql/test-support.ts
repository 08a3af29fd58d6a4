import type { FinalView, KeyedRow, RowAddress, RowRange, RowReader } from "@kith/chain/ports";
import { keyOfRow } from "@kith/chain/row-key";
import { rowLayout } from "@kith/chain/schema-layout";
import { entryKey, spaceOf } from "@kith/chain/space";
import { compareBytes } from "@kith/protocol/hashes";
import { blockNumOf } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import { compileSchema, type CompiledSchema } from "@kith/protocol/schema";
import type { SchemaTypes } from "@kith/protocol/schema-types";
import type { ServiceDefinition, TableDefinition } from "@kith/protocol/service-abi";

/** For tests: rows of one service in memory, kept as the chain keeps them. */
export class MemoryRows implements RowReader {
  readonly definition: ServiceDefinition;
  rowsRead = 0;
  private readonly compiled: CompiledSchema;
  private readonly types: SchemaTypes;
  private readonly spaces = new Map<number, KeyedRow[]>();

  constructor(tables: readonly TableDefinition[], schema: { readonly types: SchemaTypes }) {
    const name = accountNameConstant("notes");
    this.definition = { name, tables, schema: JSON.stringify({ service: name, ...schema }) };
    this.types = schema.types;
    const compiled = compileSchema(schema.types);
    if (!compiled.ok) throw new Error(compiled.error.code);
    this.compiled = compiled.value;
  }

  /** Puts a row, given as JSON. */
  put(table: number, json: unknown): void {
    const { row, keys } = this.packed(table, json);
    const [primary] = keys;
    if (primary === undefined) throw new Error("no key");
    const before = this.getRow({ ...this.at(table, 0), key: primary });
    if (before !== undefined) this.removePacked(table, before);
    for (const [index, key] of keys.entries()) {
      const entry = index === 0 ? { key, row } : { key: entryKey(key, primary), row: primary };
      this.spaceOf(table, index).push(entry);
      this.spaceOf(table, index).sort((a, b) => compareBytes(a.key, b.key));
    }
  }

  /** Removes the row with the key of this one. */
  remove(table: number, json: unknown): void {
    const [key = new Uint8Array()] = this.packed(table, json).keys;
    const row = this.getRow({ ...this.at(table, 0), key });
    if (row !== undefined) this.removePacked(table, row);
  }

  view(blockNum = 7): FinalView {
    return {
      service: this.definition.name,
      rows: this,
      blockNum: blockNumOf(blockNum),
      blockTime: 1_790_000_000_000_000,
    };
  }

  getRow({ space, key }: RowAddress): Uint8Array | undefined {
    this.rowsRead++;
    return this.spaces.get(space)?.find((entry) => compareBytes(entry.key, key) === 0)?.row;
  }

  rangeRows({ space, from, to, reverse, limit }: RowRange): readonly KeyedRow[] {
    const within = (this.spaces.get(space) ?? []).filter(
      ({ key }) =>
        (from === undefined || compareBytes(key, from) >= 0) &&
        (to === undefined || compareBytes(key, to) < 0),
    );
    const found = (reverse ? within.toReversed() : within).slice(0, limit);
    this.rowsRead += found.length;
    return found;
  }

  private removePacked(table: number, row: Uint8Array): void {
    const keys = this.keysOf(table, row);
    for (const [index, key] of keys.entries()) {
      const whole = index === 0 ? key : entryKey(key, keys[0] ?? key);
      const space = this.spaceOf(table, index);
      const at = space.findIndex((entry) => compareBytes(entry.key, whole) === 0);
      if (at >= 0) space.splice(at, 1);
    }
  }

  private packed(table: number, json: unknown) {
    const packed = this.compiled.packJson(this.definition.tables[table]?.rowType ?? "", json);
    if (!packed.ok) throw new Error(JSON.stringify(packed.error));
    return { row: packed.value, keys: this.keysOf(table, packed.value) };
  }

  private keysOf(table: number, row: Uint8Array): readonly Uint8Array[] {
    const definition = this.definition.tables[table];
    if (definition === undefined) throw new Error("no table");
    const layout = rowLayout(this.types, definition.rowType) ?? [];
    return definition.indexes.map((names) => {
      const fields = names.map((name) => layout.find((field) => field.name === name));
      const key = keyOfRow(fields.filter((field) => field !== undefined))(row);
      if (key === undefined) throw new Error("no key");
      return key;
    });
  }

  private at(table: number, index: number): Pick<RowAddress, "service" | "space"> {
    return { service: this.definition.name, space: spaceOf(table, index) };
  }

  private spaceOf(table: number, index: number): KeyedRow[] {
    const space = spaceOf(table, index);
    const known = this.spaces.get(space) ?? [];
    this.spaces.set(space, known);
    return known;
  }
}
