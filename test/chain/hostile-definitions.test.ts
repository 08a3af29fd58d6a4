import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { schemaCharFuel } from "@kith/chain/limits";
import { packText } from "@kith/protocol/texts";
import { encodeGuest, testDefinition } from "@kith/sandbox/test-guest";
import { javaScript, setcodeInterface, webAssembly } from "@kith/sdk/system/setcode";
import { packAction } from "@kith/sdk/transaction";
import { openState } from "@kith/store/state";

import { TestNetwork } from "./network.ts";
import { codeOf, creation, person, requireDone } from "./people.ts";

const mallory = person("mallory", 91);
const folder = mkdtempSync(join(tmpdir(), "kith-hostile-"));
const opened = openState({ folder, onBroken: (broken) => assert.fail(broken) });
assert.ok(opened.ok);
const state = opened.value;
after(async () => {
  await state.close();
  rmSync(folder, { recursive: true });
});
const network = new TestNetwork({ state });

const u8 = { Int: { bits: 8, isSigned: false } };
const text = { Custom: { type: { List: u8 }, id: "string" } };
const fields = (names: readonly string[], type: object = u8): object => ({
  Object: Object.fromEntries(names.map((name) => [name, type])),
});
const many = (count: number, prefix = "f"): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

function tableOf(row: object, indexes: readonly (readonly string[])[], name = "t"): string {
  const tables = [{ name, rowType: "Row", indexes }];
  return testDefinition({ service: "x", types: { Row: row }, actions: {} }, { tables });
}

const definitions: Readonly<Record<string, string>> = {
  odd: tableOf(
    fields(["", "\0", 'a"b', "a;--", "A", "a", "rowid", "ROWID", "é", "É", "\uD800", "select"]),
    [[""]],
  ),
  long: tableOf(fields(["x".repeat(100_000), "y"]), [["y"]]),
  wide: tableOf(fields(many(5000)), [["f0"]]),
  keyed: tableOf(
    fields(many(32)),
    Array.from({ length: 16 }, () => many(32)),
  ),
  twice: tableOf(fields(["a"]), [["a", "a", "a"]]),
  none: tableOf({ Object: {} }, [[]]),
  proto: tableOf(
    {
      Object: JSON.parse(
        '{"__proto__": {"Int": {"bits": 8, "isSigned": false}}, "constructor": {"Int": {"bits": 8, "isSigned": false}}}',
      ),
    },
    [["constructor"]],
  ),
  named: tableOf(fields(["a"]), [["a"]], 'sqlite_master"; drop table rows; --\0'),
  empty: tableOf(fields(["a"]), [["a"]], ""),
  texts: tableOf(fields(many(1000), text), [many(32)]),
  tables: testDefinition(
    { service: "x", types: { Row: fields(many(31)) }, actions: {} },
    {
      tables: many(256).map((name) => ({
        name,
        rowType: "Row",
        indexes: Array.from({ length: 16 }, () => many(31)),
      })),
    },
  ),
  types: testDefinition({
    service: "x",
    types: Object.fromEntries(
      many(9000).map((name, i) => [name, i === 8999 ? u8 : { List: `f${i + 1}` }]),
    ),
    actions: {},
  }),
  cycle: testDefinition({ service: "x", types: { a: "b", b: "a" }, actions: {} }),
  doubling: testDefinition({
    service: "x",
    types: Object.fromEntries(
      many(60).map((name, i) => [
        name,
        i === 59 ? u8 : { Struct: { a: `f${i + 1}`, b: `f${i + 1}` } },
      ]),
    ),
    actions: {},
  }),
  arrays: testDefinition({
    service: "x",
    types: { a: { Array: { type: { Array: { type: u8, len: 4294967295 } }, len: 4294967295 } } },
    actions: {},
  }),
  doublingRow: testDefinition(
    {
      service: "x",
      types: {
        ...Object.fromEntries(
          many(60).map((name, i) => [
            name,
            i === 59 ? u8 : { Struct: { a: `f${i + 1}`, b: `f${i + 1}` } },
          ]),
        ),
        Row: { Object: { k: u8, v: "f0" } },
      },
      actions: {},
    },
    { tables: [{ name: "t", rowType: "Row", indexes: [["k"]] }] },
  ),
  doublingTuple: testDefinition(
    {
      service: "x",
      types: {
        ...Object.fromEntries(
          many(60).map((name, i) => [name, i === 59 ? u8 : { Tuple: [`f${i + 1}`, `f${i + 1}`] }]),
        ),
        Row: { Object: { k: u8, v: "f0" } },
      },
      actions: {},
    },
    { tables: [{ name: "t", rowType: "Row", indexes: [["k"]] }] },
  ),
  actions: testDefinition({
    service: "x",
    types: {},
    actions: Object.fromEntries(
      many(2000, "act").map((name) => [name, { params: { Object: {} } }]),
    ),
  }),
  bits: tableOf({ Object: { a: { Int: { bits: 1e9, isSigned: false } }, b: u8 } }, [["b"]]),
  fraction: tableOf({ Object: { a: { Int: { bits: 0.5, isSigned: false } }, b: u8 } }, [["b"]]),
};

/** How it ends; everything else can be kept, odd as it is. */
const refused: Readonly<Record<string, string>> = {
  proto: "tables-malformed",
  types: "tables-malformed",
  cycle: "tables-malformed",
  doubling: "tables-malformed",
  doublingRow: "tables-malformed",
  doublingTuple: "tables-malformed",
  bits: "tables-malformed",
  fraction: "tables-malformed",
};

test("whatever a service says of itself, it is installed with its tables or refused, and the node goes on", () => {
  requireDone(network.run([creation(mallory)], mallory.key));
  for (const [name, definition] of Object.entries(definitions)) {
    const code = packText(
      `globalThis.kithGuest = { definition: ${JSON.stringify(definition)}, run() {} }`,
    );
    const action = packAction(mallory.name, setcodeInterface, "setCode", { vm: javaScript, code });
    assert.equal(codeOf(network.run([action], mallory.key)), refused[name] ?? "done", name);
    requireDone(
      network.run(
        [packAction(mallory.name, setcodeInterface, "stage", { data: packText(name) })],
        mallory.key,
      ),
    );
  }
});

test("a definition is paid for by its size", () => {
  assert.ok(fuelOfSchema(100_000) - fuelOfSchema(10) > 90_000 * schemaCharFuel);
});

function fuelOfSchema(sizeChars: number): number {
  const padded = { service: "x".repeat(sizeChars), types: {}, actions: {} };
  const code = encodeGuest({ definition: testDefinition(padded), pages: 16 });
  const action = packAction(mallory.name, setcodeInterface, "setCode", { vm: webAssembly, code });
  const [work] = network.block([network.transaction([action], mallory.key)]).work;
  return work?.fuel ?? 0;
}
