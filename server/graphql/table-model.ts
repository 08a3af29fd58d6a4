import {
  declaredEvents,
  type DeclaredEvent,
  type EventDeclarationError,
} from "@kith/chain/declared-events";
import { keyOfRow, type KeyOfRow } from "@kith/chain/row-key";
import { rowLayout, type FieldKind } from "@kith/chain/schema-layout";
import { spaceOf } from "@kith/chain/space";
import type { IndexValue } from "@kith/protocol/event-type";
import { err, ok, type Result } from "@kith/protocol/result";
import { compileSchema, type CompiledSchema } from "@kith/protocol/schema";
import { resolveType } from "@kith/protocol/schema-resolve";
import type { AnyType, Members, SchemaTypes } from "@kith/protocol/schema-types";
import type { ServiceDefinition, TableDefinition } from "@kith/protocol/service-abi";
import {
  parseServiceSchema,
  type ServiceSchema,
  type ServiceSchemaError,
} from "@kith/protocol/service-schema";

import { concatKeys, partEnd, rowOfPart } from "./key-parts.ts";

/** A service as its readers see it: its public tables and events, with whatever turns their bytes into JSON. */
export type ServiceModel = {
  readonly schema: ServiceSchema;
  readonly tables: readonly TableModel[];
  readonly events: readonly EventModel[];
};

export type TableModel = {
  readonly name: string;
  readonly number: number;
  readonly rowType: string;
  readonly members: Members;
  /** The primary key first. */
  readonly indexes: readonly IndexModel[];
  /** Throws when the bytes are no row of this table, which the chain does not let happen. */
  rowJson(row: Uint8Array): unknown;
};

export type IndexModel = {
  readonly space: number;
  readonly fields: readonly KeyField[];
};

/** One field of a key. */
export type KeyField = {
  readonly name: string;
  readonly type: AnyType;
  /** From JSON to the bytes that it has in keys; undefined when the JSON is no value of the field's type. */
  encode(json: unknown): Uint8Array | undefined;
  /** The value whose bytes begin at `at` in the key, and where they end; undefined when there is none. */
  decode(key: Uint8Array, at: number): DecodedPart | undefined;
};

export type DecodedPart = { readonly json: unknown; readonly end: number };

export type EventModel = {
  readonly name: string;
  readonly type: AnyType;
  /** Fields by which it can be found. */
  readonly indexes: readonly string[];
  /** From a field's JSON to what an index holds of it; undefined when it is none. */
  indexValue(field: string, json: unknown): IndexValue | undefined;
  /** Throws when the bytes are no such event, which the chain does not let happen. */
  eventJson(data: Uint8Array): unknown;
};

export type ModelError =
  | ServiceSchemaError
  | EventDeclarationError
  | { readonly code: "table-malformed"; readonly table: string };

const models = new WeakMap<ServiceDefinition, Result<ServiceModel, ModelError>>();

/** Made once a definition. Private tables are left out. */
export function serviceModel(definition: ServiceDefinition): Result<ServiceModel, ModelError> {
  const known = models.get(definition);
  if (known !== undefined) return known;
  const made = makeModel(definition);
  models.set(definition, made);
  return made;
}

function makeModel(definition: ServiceDefinition): Result<ServiceModel, ModelError> {
  const schema = parseServiceSchema(definition.schema);
  if (!schema.ok) return schema;
  const drafts: TableDraft[] = [];
  for (const [number, table] of definition.tables.entries()) {
    if (table.private === true) continue;
    const draft = draftTable(schema.value.types, number, table);
    if (draft === undefined) return err({ code: "table-malformed", table: table.name });
    drafts.push(draft);
  }
  const events = declaredEvents(definition);
  if (!events.ok) return events;
  const compiled = compileSchema(typesToCompile(schema.value.types, drafts));
  if (!compiled.ok) return compiled;
  return ok({
    schema: schema.value,
    tables: drafts.map((draft) => tableModel(compiled.value, draft)),
    events: [...events.value.values()].map(eventModel),
  });
}

/** A field of some key, and the type that holds nothing but it. */
type FieldDraft = {
  readonly name: string;
  readonly type: AnyType;
  readonly kind: FieldKind;
  readonly alone: { readonly typeName: string; readonly type: AnyType };
  readonly take: KeyOfRow;
};

type TableDraft = {
  readonly table: TableDefinition;
  readonly number: number;
  readonly members: Members;
  readonly indexes: readonly (readonly FieldDraft[])[];
};

function draftTable(
  types: SchemaTypes,
  number: number,
  table: TableDefinition,
): TableDraft | undefined {
  const row = resolveType(types, table.rowType);
  if (row === undefined || !("Object" in row)) return undefined;
  const members = row.Object;
  const drafts = table.indexes.map((fields) =>
    fields.map((name) => draftField(types, table.rowType, { name, members })),
  );
  const indexes = drafts.map((fields) => fields.filter((field) => field !== undefined));
  const isWhole = drafts.every((fields, at) => fields.length === indexes[at]?.length);
  return isWhole ? { table, number, members, indexes } : undefined;
}

function draftField(
  types: SchemaTypes,
  rowType: string,
  { name, members }: { readonly name: string; readonly members: Members },
): FieldDraft | undefined {
  const type = Object.hasOwn(members, name) ? members[name] : undefined;
  if (type === undefined) return undefined;
  const typeName = `key field ${name} of ${rowType}`;
  const alone = { typeName, type: { Object: { [name]: type } } };
  const layout = rowLayout({ ...types, [typeName]: alone.type }, typeName);
  const [field] = layout ?? [];
  if (field === undefined || field.kind.kind === "other") return undefined;
  return { name, type, kind: field.kind, alone, take: keyOfRow([field]) };
}

function typesToCompile(types: SchemaTypes, drafts: readonly TableDraft[]): SchemaTypes {
  const all: Record<string, AnyType> = { ...types };
  for (const { indexes } of drafts) {
    for (const { alone } of indexes.flat()) all[alone.typeName] = alone.type;
  }
  return all;
}

function eventModel({ name, indexes, source, type }: DeclaredEvent): EventModel {
  return {
    name,
    type: source.type,
    indexes,
    indexValue: (field, json) => {
      const value = type.parseIndexValue(field, String(json));
      return value.ok ? value.value : undefined;
    },
    eventJson: (data) => {
      const json = type.unpackJson(data);
      if (!json.ok) throw new Error(`an emitted ${name} is none: ${json.error.code}`);
      return json.value;
    },
  };
}

function tableModel(compiled: CompiledSchema, draft: TableDraft): TableModel {
  const { table, number, members } = draft;
  return {
    name: table.name,
    number,
    rowType: table.rowType,
    members,
    indexes: draft.indexes.map((fields, index) => ({
      space: spaceOf(number, index),
      fields: fields.map((field) => keyField(compiled, field)),
    })),
    rowJson: (row) => trustedJson(compiled, table.rowType, row),
  };
}

/** The same bytes as the chain takes out of rows: the value is packed as a row of one field. */
function keyField(compiled: CompiledSchema, field: FieldDraft): KeyField {
  const { name, type, kind, alone, take } = field;
  return {
    name,
    type,
    encode: (json) => {
      const packed = compiled.packJson(alone.typeName, { [name]: json });
      return packed.ok ? take(packed.value) : undefined;
    },
    decode: (key, at) => {
      const end = partEnd(key, at, kind);
      if (end === undefined) return undefined;
      const row = rowOfPart(key.subarray(at, end), kind);
      const json = compiled.unpackJson(alone.typeName, row);
      return json.ok ? { json: memberOf(json.value, name), end } : undefined;
    },
  };
}

function trustedJson(compiled: CompiledSchema, typeName: string, packed: Uint8Array): unknown {
  const json = compiled.unpackJson(typeName, packed);
  if (!json.ok) throw new Error(`a stored ${typeName} is none: ${json.error.code}`);
  return json.value;
}

function memberOf(json: unknown, name: string): unknown {
  if (typeof json !== "object" || json === null) return null;
  const value: unknown = Reflect.get(json, name);
  return value;
}

/** The JSON of a whole key, by field; undefined when the bytes are none, `end` is where the key ends in them. */
export function decodeKey(
  { fields }: IndexModel,
  key: Uint8Array,
): { readonly json: Readonly<Record<string, unknown>>; readonly end: number } | undefined {
  const json: Record<string, unknown> = {};
  let end = 0;
  for (const field of fields) {
    const part = field.decode(key, end);
    if (part === undefined) return undefined;
    json[field.name] = part.json;
    end = part.end;
  }
  return { json, end };
}

/** The bytes of the first fields of a key. */
export function encodeKeyPrefix(
  index: IndexModel,
  values: readonly unknown[],
): Result<Uint8Array, { readonly code: "value-invalid"; readonly field: string }> {
  const parts: Uint8Array[] = [];
  for (const [at, value] of values.entries()) {
    const field = index.fields[at];
    const part = field?.encode(value);
    if (part === undefined) return err({ code: "value-invalid", field: field?.name ?? "" });
    parts.push(part);
  }
  return ok(concatKeys(parts));
}
