import assert from "node:assert/strict";
import { test } from "node:test";

import { compareDefinitions, type DefinitionChange } from "./compare-definitions.ts";
import { bytes, list, object, option, str, struct, tuple, u32, u64, variant } from "./fracpack.ts";
import { schemaComparisonsMax, schemaFindingsMax, schemaTextCharsMax } from "./limits.ts";
import { accountCodec, accountNameConstant } from "./names.ts";
import type { AnyType, SchemaTypes } from "./schema-types.ts";
import type { ServiceDefinition } from "./service-abi.ts";

type Parts = {
  readonly types?: SchemaTypes;
  readonly indexes?: readonly (readonly string[])[];
  readonly actions?: Readonly<Record<string, unknown>>;
  readonly queries?: Readonly<Record<string, unknown>>;
  readonly history?: Readonly<Record<string, unknown>>;
  readonly merkle?: Readonly<Record<string, unknown>>;
  readonly docs?: unknown;
  readonly migrations?: readonly { readonly table: string; readonly from: AnyType }[];
};

/** A service whose types are all row types of tables of the same name. */
function version({ types = {}, indexes = [["id"]], ...rest }: Parts): ServiceDefinition {
  return {
    name: accountNameConstant("sample"),
    tables: Object.keys(types)
      .filter((name) => name === name.toLowerCase())
      .map((name) => ({ name, rowType: name, indexes })),
    schema: JSON.stringify({ service: "sample", types, ...rest }),
  };
}

const noteFields = { id: u32, owner: accountCodec, text: str };
const notes: Parts = { types: { notes: object(noteFields).schema } };

function notesWith(row: AnyType, more: Parts = {}): ServiceDefinition {
  return version({ types: { notes: row }, ...more });
}

function change(before: Parts, after: Parts, emptyTables?: ReadonlySet<string>): DefinitionChange {
  return compareDefinitions(version(before), version(after), emptyTables);
}

function codes({ findings }: DefinitionChange): readonly string[] {
  return findings.map((found) => `${found.class} ${found.code} ${found.path}`);
}

function rowChange(row: AnyType): readonly string[] {
  return codes(compareDefinitions(version(notes), notesWith(row)));
}

const withList = (fields: Parameters<typeof object>[0]): Parts => ({
  types: { notes: object({ id: u32, place: list(object(fields)) }).schema },
});
const withStruct = (fields: Parameters<typeof struct>[0]): Parts => ({
  types: { notes: object({ id: u32, place: struct(fields) }).schema },
});
const withVariant = (fields: Parameters<typeof variant>[0]): Parts => ({
  types: { notes: object({ id: u32, kind: variant(fields) }).schema },
});
const indexedBy = (...indexes: readonly (readonly string[])[]): Parts => ({
  ...notes,
  indexes,
});
const withAction = (params: AnyType, result: AnyType | null): Parts => ({
  actions: { act: { params, result } },
});
const withNode = (name: string, value: AnyType): Parts => ({
  types: {
    notes: { Object: { id: u32.schema, root: name } },
    [name]: { Object: { value, next: { Option: { List: name } } } },
  },
});
const ringOf = (length: number, prefix: string): SchemaTypes =>
  Object.fromEntries(
    Array.from({ length }, (_, at): [string, AnyType] => {
      const next = `${prefix}${(at + 1) % length}`;
      return [`${prefix}${at}`, { Object: { x: { List: next }, y: { List: next } } }];
    }),
  );
const rowLedBy = (first: string): AnyType => ({ Object: { id: u32.schema, first } });

test("a version is the same as itself, whatever it has", () => {
  const whole: Parts = {
    ...notes,
    actions: { add: { params: object({ text: str }).schema, result: null } },
    merkle: { added: { type: object({ id: u32 }).schema, access: "public" } },
    history: { seen: object({ id: u32 }).schema },
  };
  assert.deepEqual(change(whole, whole), { class: "same", findings: [], work: [] });
});

test("optional fields at the end of a row are safe, all other fields are forbidden", () => {
  const optional = object({ ...noteFields, pinned: option(u32) }).schema;
  assert.deepEqual(rowChange(optional), ["safe field-added tables.notes.pinned"]);
  const needed = object({ ...noteFields, pinned: u32 }).schema;
  assert.deepEqual(rowChange(needed), ["forbidden field-not-optional tables.notes.pinned"]);
  const first = object({ pinned: option(u32), ...noteFields }).schema;
  assert.equal(compareDefinitions(version(notes), notesWith(first)).class, "forbidden");
});

test("a field that goes, moves, or gets another type or name makes stored rows unreadable", () => {
  const { id, owner, text } = noteFields;
  assert.deepEqual(rowChange(object({ id, owner }).schema), [
    "forbidden field-removed tables.notes.text",
  ]);
  assert.deepEqual(rowChange(object({ id, text, owner }).schema), [
    "forbidden field-moved tables.notes.owner",
    "forbidden field-moved tables.notes.text",
  ]);
  assert.deepEqual(rowChange(object({ id, owner, body: str }).schema), [
    "forbidden field-renamed tables.notes.text",
  ]);
  assert.deepEqual(rowChange(object({ id: u64, owner, text }).schema), [
    "forbidden type-changed tables.notes.id",
  ]);
  assert.deepEqual(rowChange(object({ id, owner, text: bytes }).schema), [
    "forbidden type-changed tables.notes.text",
  ]);
  assert.deepEqual(rowChange(object({ id, owner, text: option(str) }).schema), [
    "forbidden type-changed tables.notes.text",
  ]);
});

test("structs never grow, objects inside of rows do", () => {
  assert.deepEqual(codes(change(withList({ x: u32 }), withList({ x: u32, y: option(u32) }))), [
    "safe field-added tables.notes.place[].y",
  ]);
  assert.deepEqual(codes(change(withStruct({ x: u32 }), withStruct({ x: u32, y: option(u32) }))), [
    "forbidden struct-changed tables.notes.place",
  ]);
  assert.deepEqual(codes(change(withStruct({ x: u32 }), withStruct({ x: u64 }))), [
    "forbidden type-changed tables.notes.place.x",
  ]);
});

test("a new alternative leaves stored rows alone, but clients do not know it", () => {
  assert.deepEqual(codes(change(withVariant({ a: u32 }), withVariant({ a: u32, b: str }))), [
    "breaks-clients alternative-added tables.notes.kind.b",
  ]);
  assert.deepEqual(
    codes(change(withVariant({ a: u32, b: str }), withVariant({ b: str, a: u32 }))),
    [
      "forbidden alternative-renamed tables.notes.kind.a",
      "forbidden alternative-renamed tables.notes.kind.b",
    ],
  );
  assert.deepEqual(codes(change(withVariant({ a: u32, b: str }), withVariant({ a: u32 }))), [
    "forbidden alternative-removed tables.notes.kind.b",
  ]);
});

test("tables come at the end, and neither go nor move while they have rows", () => {
  const row = object({ id: u32 }).schema;
  assert.deepEqual(codes(change({ types: { a: row } }, { types: { a: row, b: row } })), [
    "safe table-added tables.b",
  ]);
  assert.deepEqual(codes(change({ types: { a: row, b: row } }, { types: { b: row, a: row } })), [
    "forbidden table-moved tables.a",
    "forbidden table-moved tables.b",
  ]);
  assert.deepEqual(codes(change({ types: { a: row, b: row } }, { types: { a: row } })), [
    "forbidden table-removed tables.b",
  ]);
});

test("a table without rows may become anything", () => {
  const row = object({ id: u32 }).schema;
  const other = object({ id: u64, name: str }).schema;
  const empty = new Set(["a"]);
  const replaced = change({ types: { a: row } }, { types: { a: other } }, empty);
  assert.deepEqual(codes(replaced), ["breaks-clients empty-table-changed tables.a"]);
  assert.deepEqual(replaced.work, []);
  const removed = change({ types: { b: row, a: row } }, { types: { b: row } }, empty);
  assert.deepEqual(codes(removed), ["breaks-clients empty-table-changed tables.a"]);
  // What was behind it would move.
  const moved = change({ types: { a: row, b: row } }, { types: { b: row } }, empty);
  assert.equal(moved.class, "forbidden");
});

test("the primary key stays; indexes may change, and the node makes the entries of those that are new", () => {
  const keyed = change(indexedBy(["id"]), indexedBy(["owner", "id"]));
  assert.deepEqual(codes(keyed), ["forbidden key-changed tables.notes"]);
  const work = [{ kind: "index", table: 0, name: "notes", indexes: [1] }];
  const added = change(indexedBy(["id"]), indexedBy(["id"], ["owner"]));
  assert.deepEqual(codes(added), ["safe index-added tables.notes"]);
  assert.deepEqual(added.work, work);
  const changed = change(indexedBy(["id"], ["owner"]), indexedBy(["id"], ["text"]));
  assert.deepEqual(codes(changed), ["breaks-clients index-changed tables.notes"]);
  assert.deepEqual(changed.work, work);
  const second = change(indexedBy(["id"], ["owner"]), indexedBy(["id"], ["owner"], ["text"]));
  assert.deepEqual(second.work, [{ ...work[0], indexes: [2] }]);
});

test("an index that goes leaves nothing to do, and what takes its place has to be made", () => {
  const [one, two, none] = [
    indexedBy(["id"], ["owner"]),
    indexedBy(["id"], ["owner"], ["text"]),
    indexedBy(["id"]),
  ];
  const removed = change(one, none);
  assert.deepEqual(codes(removed), ["breaks-clients index-removed tables.notes"]);
  assert.deepEqual(removed.work, []);
  // The second becomes the first.
  const moved = change(two, indexedBy(["id"], ["text"]));
  assert.deepEqual(moved.work, [{ kind: "index", table: 0, name: "notes", indexes: [1] }]);
  // Without rows there is nothing to make, but perhaps something to take away.
  const filled = change(none, one, new Set(["notes"]));
  assert.deepEqual(filled.work, [{ kind: "index", table: 0, name: "notes", indexes: [1] }]);
});

test("a conversion says which indexes come with it", () => {
  const row = object({ id: u64, title: str }).schema;
  const from = object(noteFields).schema;
  const migrated = change(notes, {
    types: { notes: row },
    indexes: [["id"], ["title"]],
    migrations: [{ table: "notes", from }],
  });
  const convert = { kind: "convert", table: 0, name: "notes", migration: 0, indexes: [1] };
  assert.deepEqual(migrated.work, [convert]);
});

test("a migration that takes exactly the stored rows lifts what is forbidden", () => {
  const row = object({ id: u64, title: str }).schema;
  const from = object(noteFields).schema;
  const migrated = change(notes, { types: { notes: row }, migrations: [{ table: "notes", from }] });
  assert.deepEqual(codes(migrated), ["breaks-clients table-migrated tables.notes"]);
  const convert = { kind: "convert", table: 0, name: "notes", migration: 0, indexes: [] };
  assert.deepEqual(migrated.work, [convert]);
  const almost = object({ ...noteFields, pinned: option(u32) }).schema;
  const wrong = change(notes, {
    types: { notes: row },
    migrations: [{ table: "notes", from: almost }],
  });
  assert.equal(wrong.class, "forbidden");
  const otherTable = change(notes, {
    types: { notes: row },
    migrations: [{ table: "texts", from }],
  });
  assert.equal(otherTable.class, "forbidden");
  const second = change(notes, {
    types: { notes: row },
    migrations: [
      { table: "notes", from: almost },
      { table: "notes", from },
    ],
  });
  assert.deepEqual(second.work, [{ ...convert, migration: 1 }]);
});

test("a migration that the change does not need is not run", () => {
  const from = object(noteFields).schema;
  const row = object({ ...noteFields, pinned: option(u32) }).schema;
  const safe = change(notes, { types: { notes: row }, migrations: [{ table: "notes", from }] });
  assert.equal(safe.class, "safe");
  assert.deepEqual(safe.work, []);
});

test("arguments may gain optional fields and alternatives, results only optional fields", () => {
  const a = object({ a: u32 }).schema;
  const grown = object({ a: u32, b: option(u32) }).schema;
  assert.equal(change(withAction(a, a), withAction(grown, grown)).class, "safe");
  assert.deepEqual(
    codes(change(withAction(a, a), withAction(object({ a: u32, b: u32 }).schema, a))),
    ["breaks-clients field-not-optional actions.act.params.b"],
  );
  assert.deepEqual(codes(change(withAction(a, grown), withAction(a, a))), [
    "breaks-clients field-removed actions.act.result.b",
  ]);
  const one = variant({ x: u32 }).schema;
  const two = variant({ x: u32, y: u32 }).schema;
  assert.deepEqual(codes(change(withAction(one, null), withAction(two, null))), [
    "safe alternative-added actions.act.params.y",
  ]);
  assert.deepEqual(codes(change(withAction(a, one), withAction(a, two))), [
    "breaks-clients alternative-added actions.act.result.y",
  ]);
  const pair = tuple([u32]).schema;
  const triple = tuple([u32, option(u32)]).schema;
  assert.equal(change(withAction(pair, null), withAction(triple, null)).class, "safe");
});

test("queries change as actions do, and are not taken for actions of the same name", () => {
  const params = object({ id: u32 }).schema;
  const asking = (result: AnyType): Parts => ({ queries: { act: { params, result } } });
  assert.deepEqual(codes(change({}, asking(u32.schema))), ["safe query-added queries.act"]);
  assert.deepEqual(codes(change(asking(u32.schema), withAction(params, u32.schema))), [
    "breaks-clients query-removed queries.act",
    "safe action-added actions.act",
  ]);
  assert.deepEqual(codes(change(asking(u32.schema), asking(u64.schema))), [
    "breaks-clients type-changed queries.act.result",
  ]);
  const more = { queries: { act: { params: object({ id: u32, x: u32 }).schema, result: params } } };
  assert.equal(change(asking(params), more).class, "breaks-clients");
});

test("actions and events may come, and a result where there was none", () => {
  const params = object({}).schema;
  const act = { params, result: null };
  const some = { actions: { act }, merkle: { happened: params } };
  assert.deepEqual(codes(change({}, some)), [
    "safe action-added actions.act",
    "safe event-added events.merkle.happened",
  ]);
  assert.deepEqual(codes(change(some, {})), [
    "breaks-clients action-removed actions.act",
    "breaks-clients event-removed events.merkle.happened",
  ]);
  const giving = { actions: { act: { params, result: u32.schema } } };
  assert.deepEqual(codes(change({ actions: { act } }, giving)), [
    "safe result-added actions.act.result",
  ]);
  assert.deepEqual(codes(change(giving, { actions: { act } })), [
    "breaks-clients result-removed actions.act.result",
  ]);
  assert.deepEqual(codes(change({ merkle: { e: params } }, { history: { e: params } })), [
    "breaks-clients event-removed events.merkle.e",
    "safe event-added events.history.e",
  ]);
  assert.deepEqual(codes(change({ history: { e: u32.schema } }, { history: { e: u64.schema } })), [
    "breaks-clients type-changed events.history.e",
  ]);
});

test("tables and events that clients can read or find less well break them", () => {
  const plain = version(notes);
  const hidden = {
    ...plain,
    tables: plain.tables.map((table) => ({ ...table, private: true })),
  };
  assert.deepEqual(codes(compareDefinitions(plain, hidden)), [
    "breaks-clients table-hidden tables.notes",
  ]);
  assert.deepEqual(codes(compareDefinitions(hidden, plain)), ["safe table-shown tables.notes"]);
  const found = (...indexes: readonly string[]): ServiceDefinition => ({
    ...version({ merkle: { moved: object({ from: accountCodec, to: accountCodec }).schema } }),
    events: [{ name: "moved", kind: "merkle", indexes }],
  });
  assert.deepEqual(codes(compareDefinitions(found("from"), found("from", "to"))), [
    "safe event-index-added events.merkle.moved",
  ]);
  assert.deepEqual(codes(compareDefinitions(found("from", "to"), found("to"))), [
    "breaks-clients event-index-removed events.merkle.moved",
  ]);
});

test("other words in the documentation are safe", () => {
  const docs = { actions: { act: "Acts." } };
  assert.deepEqual(codes(change({}, { docs })), ["safe documentation-changed docs"]);
});

test("names of types do not matter, what they stand for does; types may contain themselves", () => {
  assert.equal(change(withNode("Node", u32.schema), withNode("Knot", u32.schema)).class, "same");
  assert.deepEqual(codes(change(withNode("Node", u32.schema), withNode("Knot", u64.schema))), [
    "forbidden type-changed tables.notes.root.value",
  ]);
  const circle: Parts = { types: { notes: { Object: { id: u32.schema, a: "A" } }, A: "A" } };
  assert.deepEqual(codes(change(circle, circle)), ["forbidden type-unknown tables.notes.a"]);
});

test("a definition that cannot be read is forbidden, in place of the old one or the new one", () => {
  const good = version(notes);
  for (const schema of [
    "",
    "{",
    "[]",
    '{"service":7}',
    '{"service":"x","types":{"a":{"Nonsense":1}}}',
    '{"service":"x","actions":{"a":{"params":7}}}',
    '{"service":"x","migrations":[{"table":"a"}]}',
    `{"service":"x","more":${"[".repeat(10_000)}${"]".repeat(10_000)}}`,
    `{"service":"${"x".repeat(schemaTextCharsMax)}"}`,
  ]) {
    const bad = { ...good, schema };
    for (const [before, after] of [
      [good, bad],
      [bad, good],
    ] as const) {
      const { class: changeClass, findings } = compareDefinitions(before, after);
      assert.equal(changeClass, "forbidden");
      assert.equal(findings[0]?.code, "definition-malformed", schema.slice(0, 80));
    }
  }
});

test("two tables of one name are malformed: nobody could tell which of them has rows", () => {
  const [table] = version(notes).tables;
  assert.ok(table !== undefined);
  const twice = { ...version(notes), tables: [table, table] };
  const { findings } = compareDefinitions(twice, version(notes), new Set(["notes"]));
  assert.deepEqual(
    findings.map(({ code }) => code),
    ["definition-malformed"],
  );
});

test("versions that take too long to compare are refused, however they are made", () => {
  const before = version({ types: { notes: rowLedBy("A0"), ...ringOf(997, "A") } });
  const after = version({ types: { notes: rowLedBy("B0"), ...ringOf(991, "B") } });
  const { class: changeClass, findings } = compareDefinitions(before, after);
  assert.equal(changeClass, "forbidden");
  assert.deepEqual(
    findings.map(({ code }) => code),
    ["comparison-too-large"],
  );
  assert.ok(997 * 991 > schemaComparisonsMax);
});

test("of very many findings the worst are told", () => {
  const params = object({}).schema;
  const actions = Object.fromEntries(
    Array.from({ length: schemaFindingsMax + 5 }, (_, at) => [`a${at}`, { params }]),
  );
  const { class: changeClass, findings } = change(notes, { actions });
  assert.equal(changeClass, "forbidden");
  assert.equal(findings.length, schemaFindingsMax);
  assert.equal(findings[0]?.code, "table-removed");
});
