import assert from "node:assert/strict";
import { test } from "node:test";

import { checksumCodec } from "./checksums.ts";
import { compileEventType, reachableTypes, type EventType } from "./event-type.ts";
import { bool, bytes, f64, i64, list, object, option, str, u32, u64 } from "./fracpack.ts";
import { sha256 } from "./hashes.ts";
import { checksumOf } from "./ids.ts";
import { eventIndexTextCharsMax } from "./limits.ts";
import { accountCodec, accountNameConstant } from "./names.ts";
import { packText } from "./texts.ts";

const codec = object({
  owner: accountCodec,
  number: u32,
  amount: u64,
  change: i64,
  done: bool,
  text: str,
  data: bytes,
  hash: checksumCodec,
  share: f64,
  parts: list(u32),
  note: option(str),
});
const fields = ["owner", "number", "amount", "change", "done", "text", "data", "hash", "note"];
const value = {
  owner: accountNameConstant("alice"),
  number: 7,
  amount: 2n ** 64n - 1n,
  change: -5n,
  done: true,
  text: "hello",
  data: Uint8Array.of(1, 0xab),
  hash: checksumOf("cd".repeat(32)),
  share: 0.5,
  parts: [1],
};

function compiled(indexes: readonly string[]): EventType {
  const type = compileEventType({ type: codec.schema, types: {} }, indexes);
  assert.ok(type.ok);
  return type.value;
}

test("index values are small numbers, and texts as psibase's JSON has them", () => {
  assert.deepEqual(compiled(fields).indexValues(codec.pack(value)), [
    "alice",
    7,
    "18446744073709551615",
    "-5",
    1,
    "hello",
    "01AB",
    "CD".repeat(32),
    undefined,
  ]);
  const noted = codec.pack({ ...value, note: "n" });
  assert.deepEqual(compiled(["note"]).indexValues(noted), ["n"]);
});

test("a text that is too long for an index stands there as its hash, and is found by itself", () => {
  const text = "x".repeat(eventIndexTextCharsMax + 1);
  const type = compiled(["text"]);
  const hash = sha256(packText(text));
  assert.deepEqual(type.indexValues(codec.pack({ ...value, text })), [hash]);
  assert.deepEqual(type.parseIndexValue("text", text), { ok: true, value: hash });
  const longest = "x".repeat(eventIndexTextCharsMax);
  assert.deepEqual(type.indexValues(codec.pack({ ...value, text: longest })), [longest]);
});

test("what is looked for is read as the field's type, in the one form that the index has", () => {
  const type = compiled(fields);
  const found = [
    ["owner", "alice", "alice"],
    ["number", "7", 7],
    ["amount", "18446744073709551615", "18446744073709551615"],
    ["change", "-05", "-5"],
    ["done", "true", 1],
    ["done", "false", 0],
    ["text", "7", "7"],
    ["data", "01ab", "01AB"],
    ["hash", "cd".repeat(32), "CD".repeat(32)],
    ["note", "n", "n"],
  ] as const;
  for (const [field, text, expected] of found) {
    assert.deepEqual(type.parseIndexValue(field, text), { ok: true, value: expected }, field);
  }
  const wrong = [
    ["owner", "Not An Account"],
    ["number", "-1"],
    ["number", "1.5"],
    ["number", "4294967296"],
    ["number", ""],
    ["amount", "18446744073709551616"],
    ["done", "1"],
    ["data", "abc"],
    ["hash", "cd"],
    ["share", "0.5"],
    ["nothing", "1"],
    ["__proto__", "1"],
  ] as const;
  for (const [field, text] of wrong) {
    const parsed = type.parseIndexValue(field, text);
    assert.equal(parsed.ok ? "" : parsed.error.code, "json-does-not-fit", `${field} ${text}`);
  }
});

test("an index needs a field with single values that have one form each", () => {
  for (const field of ["share", "parts", "unknown", "toString"]) {
    assert.deepEqual(compileEventType({ type: codec.schema, types: {} }, [field]), {
      ok: false,
      error: { code: "event-index-unsupported", field },
    });
  }
});

test("data is checked against the type", () => {
  const type = compiled([]);
  const packed = codec.pack(value);
  assert.equal(type.validate(packed), undefined);
  assert.notEqual(type.validate(packed.slice(0, -1)), undefined);
  assert.notEqual(type.validate(new Uint8Array()), undefined);
  assert.notEqual(type.validate(Uint8Array.of(...packed, 0)), undefined);
});

test("types by name are followed, kept with the event, and cannot clash with the names used here", () => {
  const types = {
    event: "Other",
    Other: { Object: { who: "Name", when: { Option: "u32" } } },
    "field who": { Custom: { type: { Int: { bits: 64, isSigned: false } }, id: "AccountNumber" } },
    Name: "field who",
    u32: { Int: { bits: 32, isSigned: false } },
    Unused: { Int: { bits: 8, isSigned: false } },
  } as const;
  const reachable = reachableTypes(types, "event");
  assert.deepEqual(Object.keys(reachable).toSorted(), [
    "Name",
    "Other",
    "event",
    "field who",
    "u32",
  ]);
  const type = compileEventType({ type: "event", types: reachable }, ["who", "when"]);
  assert.ok(type.ok);
  const packed = object({ who: accountCodec, when: option(u32) }).pack({
    who: accountNameConstant("bob"),
  });
  assert.deepEqual(type.value.indexValues(packed), ["bob", undefined]);
  assert.deepEqual(type.value.unpackJson(packed), { ok: true, value: { who: "bob", when: null } });
});

test("a type that is none is refused", () => {
  const unknown = compileEventType({ type: "Missing", types: {} }, []);
  assert.equal(unknown.ok ? "" : unknown.error.code, "schema-type-unknown");
  const circle = compileEventType({ type: "A", types: { A: "B", B: "A" } }, ["x"]);
  assert.equal(circle.ok ? "" : circle.error.code, "event-index-unsupported");
});
