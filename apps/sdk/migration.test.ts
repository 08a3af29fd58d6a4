import assert from "node:assert/strict";
import { test } from "node:test";

import { compareDefinitions } from "@kith/protocol/compare-definitions";
import {
  migratedRowsCodec,
  migrateRowsCodec,
  migrateRowsMethod,
  migrateRowsName,
} from "@kith/protocol/row-migration";
import { ServiceAbort, type ActionHost, type ServiceModule } from "@kith/protocol/service-abi";

import { described } from "./described.ts";
import { migration } from "./migration.ts";
import { action, service } from "./service.ts";
import { nothing } from "./signature.ts";
import { table } from "./table.ts";
import { str, u32, u64 } from "./types.ts";

const pricesThen = table("prices", { id: u32, euros: u32 }, { key: ["id"] });
const prices = table("prices", { id: u32, cents: u64, note: str }, { key: ["id"] });
const then = service("shop", { tables: [pricesThen], actions: {} }).module;
const toCents = migration(prices, { id: u32, euros: u32 }, ({ id, euros }) =>
  id === 13 ? undefined : { id, cents: 100n * BigInt(euros), note: "" },
);
const now = service("shop", { tables: [prices], actions: {}, migrations: [toCents] }).module;

/** A migration sees nothing but rows. */
const noHost = new Proxy<Partial<ActionHost>>(
  {},
  {
    get: (_, name) => {
      // Nothing is asked by that: it says how others would be.
      if (name === "exchanged") return undefined;
      throw new Error("a migration asked the node");
    },
  },
) as ActionHost;

function migrate(
  module: ServiceModule,
  number: number,
  rows: readonly Uint8Array[],
): readonly (Uint8Array | undefined)[] {
  const args = migrateRowsCodec.pack({ migration: number, rows });
  const answer = migratedRowsCodec.unpack(module.action(migrateRowsMethod, args, noHost));
  assert.ok(answer.ok);
  return answer.value;
}

test("a migration converts stored rows, and leaves some out", () => {
  const change = compareDefinitions(then.definition, now.definition);
  assert.equal(change.class, "breaks-clients");
  assert.deepEqual(change.work, [
    { kind: "convert", table: 0, name: "prices", migration: 0, indexes: [] },
  ]);
  const stored = [
    pricesThen.row.pack({ id: 1, euros: 7 }),
    pricesThen.row.pack({ id: 13, euros: 7 }),
  ];
  const converted = migrate(now, 0, stored);
  assert.deepEqual(converted, [prices.row.pack({ id: 1, cents: 700n, note: "" }), undefined]);
});

test("without the migration the same change is forbidden", () => {
  const without = service("shop", { tables: [prices], actions: {} }).module;
  assert.equal(compareDefinitions(then.definition, without.definition).class, "forbidden");
});

test("once it is installed, a migration can be left out again", () => {
  const later = service("shop", { tables: [prices], actions: {} }).module;
  assert.equal(compareDefinitions(now.definition, later.definition).class, "same");
});

const refusedWith =
  (code: string): ((thrown: unknown) => boolean) =>
  (thrown) =>
    thrown instanceof ServiceAbort && thrown.code === code;

test("rows that are not of the old version and migrations that are not there are refused", () => {
  assert.throws(() => migrate(now, 0, [Uint8Array.of(1, 2, 3)]), refusedWith("row-malformed"));
  assert.throws(() => migrate(now, 1, []), refusedWith("migration-unknown"));
  assert.throws(() => migrate(then, 0, []), refusedWith("method-unknown"));
});

test("the action that runs migrations is not an author's to name", () => {
  const actions = { [migrateRowsName]: action({}, nothing, () => {}) };
  assert.throws(
    () => service("shop", { tables: [prices], actions, migrations: [toCents] }),
    TypeError,
  );
});

test("what is described is in the schema, and a change of words is safe", () => {
  const plain = action({}, nothing, () => {});
  const version = (doc: string): ServiceModule =>
    service("shop", {
      doc: "Sells things.",
      tables: [described("What things cost.", prices)],
      actions: { buy: described(doc, plain), look: plain },
    }).module;
  const schema: unknown = JSON.parse(version("Buys.").definition.schema);
  assert.deepEqual(Reflect.get(Object(schema), "docs"), {
    service: "Sells things.",
    actions: { buy: "Buys." },
    tables: { prices: "What things cost." },
    events: {},
  });
  const change = compareDefinitions(version("Buys.").definition, version("Buys it.").definition);
  assert.equal(change.class, "safe");
});
