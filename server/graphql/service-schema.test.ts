import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";
import type { AnyType, SchemaTypes } from "@kith/protocol/schema-types";
import type { ServiceDefinition, TableDefinition } from "@kith/protocol/service-abi";

import { schemaTypesMax } from "./limits.ts";
import { serviceGraphql } from "./service-schema.ts";

const u32: AnyType = { Int: { bits: 32, isSigned: false } };

function definition(types: SchemaTypes, tables: readonly TableDefinition[], more: object = {}) {
  const name = accountNameConstant("app");
  return { name, tables, schema: JSON.stringify({ service: name, types, ...more }) };
}

function sdlOf(given: ServiceDefinition): string {
  const graphql = serviceGraphql(given);
  assert.ok(graphql.ok, JSON.stringify(graphql));
  return graphql.value.sdl;
}

function reasonOf(given: ServiceDefinition): string {
  const graphql = serviceGraphql(given);
  return graphql.ok ? "none" : graphql.error.reason;
}

const keyed = (name: string, ...more: readonly string[][]): TableDefinition => ({
  name,
  rowType: name,
  indexes: [["id"], ...more],
});

test("names of tables, fields and arguments that clash stay apart", () => {
  const row = { Object: { id: u32, first: u32, "first-": u32, idFrom: u32 } };
  const sdl = sdlOf(
    definition({ note: row, notes: row, block: row, Query: row, String: row }, [
      keyed("note", ["first"], ["id", "idFrom"]),
      keyed("notes"),
      keyed("block"),
      keyed("Query"),
      keyed("String"),
    ]),
  );
  assert.match(sdl, /^ {2}notes\(/m);
  assert.match(sdl, /^ {2}notes_2\(/m);
  assert.match(sdl, /^ {2}block_2\(id: U32!\): Block_2$/m);
  assert.match(sdl, /^type Query_2 \{/m);
  assert.match(sdl, /^type String_2 \{/m);
  assert.match(sdl, /^ {2}first_: U32!$/m);
  assert.match(sdl, /^ {4}first_2: U32$/m);
  assert.match(sdl, /^ {4}idFrom_2: U32$/m);
});

test("types that contain themselves, by objects or only by lists, have a place in the schema", () => {
  const sdl = sdlOf(
    definition(
      {
        node: { Object: { id: u32, children: { List: "node" }, tree: "tree" } },
        tree: { List: "tree" },
      },
      [keyed("node")],
    ),
  );
  assert.match(sdl, /children: \[Node!\]!/);
  assert.match(sdl, /tree: \[Json\]!/);
});

test("events of both kinds page by their block, and words of the author are descriptions", () => {
  const types = { note: { Object: { id: u32 } } };
  const given = definition(types, [keyed("note")], {
    history: { written: { type: { Object: { by: u32 } }, access: "public" } },
    merkle: { moved: { Object: { amount: u32, first: u32 } } },
    docs: { tables: { note: "Short texts." }, events: { moved: "Money went." } },
  });
  const events = [
    { name: "written", kind: "history", indexes: [] },
    { name: "moved", kind: "merkle", indexes: ["amount", "first"] },
  ] as const;
  const sdl = sdlOf({ ...given, events });
  assert.match(sdl, /writtenEvents\(/);
  assert.match(sdl, /movedEvents\(/);
  assert.match(sdl, /Short texts\./);
  assert.match(sdl, /Money went\./);
  assert.match(sdl, /type MovedEvent \{\n {2}block: U32!/);
  assert.match(sdl, /^ {4}amount: U32$/m);
  assert.match(sdl, /^ {4}first_2: U32$/m);
});

test("a service without tables has a schema, too", () => {
  assert.match(sdlOf(definition({}, [])), /type Query \{\n {2}block: Block!\n\}/);
});

test("a schema that is none, or far too large, has no GraphQL", () => {
  assert.equal(reasonOf({ ...definition({}, []), schema: "{" }), "service-schema-malformed");
  assert.equal(reasonOf(definition({}, [keyed("note")])), "table-malformed");
  assert.equal(
    reasonOf(definition({ note: { Object: { id: "gone" } } }, [keyed("note")])),
    "table-malformed",
  );
  const names = Array.from({ length: schemaTypesMax / 2 }, (_, at) => `t${at}`);
  const types = Object.fromEntries(names.map((name) => [name, { Object: { id: u32 } }]));
  assert.equal(
    reasonOf(
      definition(
        types,
        names.map((name) => keyed(name)),
      ),
    ),
    "it has too many types",
  );
});
