import assert from "node:assert/strict";
import { test } from "node:test";

import { compareDefinitions } from "@kith/protocol/compare-definitions";
import { toHex } from "@kith/protocol/hashes";
import { accountNameConstant } from "@kith/protocol/names";
import { compileSchema, type CompiledSchema } from "@kith/protocol/schema";
import type { AnyType, Members } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import * as fc from "fast-check";

import { anyType, jsonOf } from "./schema-values.ts";
import { check, seed } from "./seed.ts";

function withRow(row: AnyType): ServiceDefinition {
  return {
    name: accountNameConstant("sample"),
    tables: [{ name: "rows", rowType: "rows", indexes: [["id"]] }],
    schema: JSON.stringify({ service: "sample", types: { rows: row } }),
  };
}

function compiled(type: AnyType): CompiledSchema {
  const schema = compileSchema({ T: type });
  assert.ok(schema.ok, JSON.stringify([type, schema]));
  return schema.value;
}

const rowType = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 4 })
  .chain((names) =>
    fc.tuple(...names.map(() => anyType(2))).map((types): AnyType => ({
      Object: Object.fromEntries(names.map((name, at) => [name, types[at] ?? "u8"])),
    })),
  );

/** What authors do: mostly to one place, sometimes to several. */
type Edit = "grow" | "grow-wrongly" | "drop" | "rename" | "retype" | "swap" | "extend" | "keep";
const edits = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constant<Edit>("keep") },
    { weight: 6, arbitrary: fc.constantFrom<Edit>("grow", "extend") },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Edit>("grow-wrongly", "drop", "rename", "retype", "swap"),
    },
  ),
  { minLength: 40, maxLength: 40 },
);

function editMembers(members: Members, edit: Edit, deeper: (type: AnyType) => AnyType): Members {
  const entries = Object.entries(members).map(([name, type]): [string, AnyType] => [
    name,
    deeper(type),
  ]);
  const option: AnyType = { Option: { Int: { bits: 32, isSigned: false } } };
  switch (edit) {
    case "keep":
    case "extend":
      break;
    case "grow":
      entries.push(["grown", option], ["more", { Option: { List: option } }]);
      break;
    case "grow-wrongly":
      entries.push(["grown", { Int: { bits: 32, isSigned: false } }]);
      break;
    case "drop":
      entries.pop();
      break;
    case "rename":
      if (entries[0] !== undefined) entries[0] = ["renamed", entries[0][1]];
      break;
    case "retype":
      if (entries[0] !== undefined) entries[0] = [entries[0][0], option];
      break;
    case "swap":
      entries.reverse();
  }
  return Object.fromEntries(entries);
}

function edited(type: AnyType, next: () => Edit): AnyType {
  const deeper = (inner: AnyType): AnyType => edited(inner, next);
  if (typeof type === "string") return type;
  if ("Object" in type) return { Object: editMembers(type.Object, next(), deeper) };
  if ("Struct" in type) {
    // Most edits of structs are forbidden, so they are rarer.
    const edit = next() === "grow" ? next() : "keep";
    return { Struct: editMembers(type.Struct, edit, deeper) };
  }
  if ("Variant" in type) {
    const members = editMembers(type.Variant, "keep", deeper);
    return { Variant: next() === "extend" ? { ...members, other: { Tuple: [] } } : members };
  }
  if ("Tuple" in type) {
    const members = type.Tuple.map(deeper);
    return { Tuple: next() === "grow" ? [...members, { Option: { Tuple: [] } }] : members };
  }
  if ("List" in type) return { List: deeper(type.List) };
  if ("Option" in type) return { Option: deeper(type.Option) };
  if ("FracPack" in type) return { FracPack: deeper(type.FracPack) };
  if ("Array" in type) return { Array: { ...type.Array, type: deeper(type.Array.type) } };
  return type;
}

const rowAndChange = rowType.chain((before) =>
  fc.tuple(
    fc.constant(before),
    edits.map((wanted) => {
      const left = [...wanted];
      return edited(before, () => left.pop() ?? "keep");
    }),
    jsonOf(before),
  ),
);

test(`rows of the old version are the same bytes in the new one unless the change is forbidden (seed ${seed})`, () => {
  const seen = { same: 0, safe: 0, "breaks-clients": 0, forbidden: 0 };
  check(1_200, rowAndChange, ([before, after, json]) => {
    const found = compareDefinitions(withRow(before), withRow(after));
    seen[found.class]++;
    if (found.class === "forbidden") return;
    const stored = compiled(before).packJson("T", json);
    assert.ok(stored.ok);
    const newer = compiled(after);
    const read = newer.unpackJson("T", stored.value);
    assert.ok(read.ok, JSON.stringify([before, after, read]));
    const again = newer.packJson("T", read.value);
    assert.ok(again.ok);
    assert.equal(toHex(again.value), toHex(stored.value), JSON.stringify([before, after]));
  });
  for (const [kind, count] of Object.entries(seen)) assert.ok(count > 15, `${kind}: ${count}`);
});

test(`a safe change lets the old version read what the new one writes (seed ${seed})`, () => {
  const withNewJson = rowAndChange.chain(([before, after]) =>
    fc.tuple(fc.constant(before), fc.constant(after), jsonOf(after)),
  );
  let safe = 0;
  check(1_000, withNewJson, ([before, after, json]) => {
    if (compareDefinitions(withRow(before), withRow(after)).class !== "safe") return;
    safe++;
    const written = compiled(after).packJson("T", json);
    assert.ok(written.ok, JSON.stringify([before, after, json, written]));
    const fault = compiled(before).validate("T", written.value);
    assert.equal(fault, undefined, JSON.stringify([before, after, json]));
  });
  assert.ok(safe > 20, String(safe));
});

test(`types that have nothing to do with each other are hardly ever safe, and never by accident (seed ${seed})`, () => {
  check(600, fc.tuple(rowType, rowType), ([before, after]) => {
    const found = compareDefinitions(withRow(before), withRow(after));
    if (found.class === "same") assert.deepEqual(before, after);
    const back = compareDefinitions(withRow(after), withRow(before));
    // What one version gained the other one lacks: only equal types go both ways.
    if (found.class === "safe") assert.equal(back.class, "forbidden");
  });
});
