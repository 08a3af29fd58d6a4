import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { keyOfRow, type KeyOfRow } from "@kith/chain/row-key";
import { rowLayout } from "@kith/chain/schema-layout";
import { columnsOf } from "@kith/chain/table-columns";
import { blockIdOf, blockNumOf, brandAccountName, checksumOf } from "@kith/protocol/ids";
import { compileSchema } from "@kith/protocol/schema";
import type { AnyType } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { memoryState } from "@kith/store/memory-state";
import { openState } from "@kith/store/state";
import type { Applied, RowReader, StateStore } from "@kith/store/state-store";
import * as fc from "fast-check";

import { mutated } from "./mutation.ts";
import { anyType, jsonOf } from "./schema-values.ts";
import { seed } from "./seed.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-typed-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const u8: AnyType = { Int: { bits: 8, isSigned: false } };
const u64: AnyType = { Int: { bits: 64, isSigned: false } };
const keyTypes: readonly AnyType[] = [
  u8,
  { Int: { bits: 16, isSigned: false } },
  { Int: { bits: 32, isSigned: false } },
  u64,
  { Custom: { type: { Int: { bits: 1, isSigned: false } }, id: "bool" } },
  { Custom: { type: { List: u8 }, id: "string" } },
  { Custom: { type: { List: u8 }, id: "hex" } },
  { Custom: { type: { Array: { type: u8, len: 3 } }, id: "hex" } },
];
/** Of 64 bits: any number may stand where an account should be, and has to keep its place. */
const accountType: AnyType = { Custom: { type: u64, id: "AccountNumber" } };

/** Few different values, so that fields of keys agree now and then. */
function keyJson(type: AnyType): fc.Arbitrary<unknown> {
  if (typeof type === "object" && "Custom" in type && type.Custom.id === "string") {
    return fc.string({ unit: fc.constantFrom("\0", "a", "\u0001", "\u{10ffff}"), maxLength: 3 });
  }
  if (typeof type === "object" && "Custom" in type && type.Custom.id === "hex") {
    const size = "Array" in (type.Custom.type as object) ? 3 : undefined;
    return fc
      .array(fc.constantFrom("00", "01", "FF"), { minLength: size ?? 0, maxLength: size ?? 3 })
      .map((bytes) => bytes.join(""));
  }
  return jsonOf(type);
}

type Field = { readonly name: string; readonly type: AnyType; readonly isKey: boolean };

const field: fc.Arbitrary<Omit<Field, "name">> = fc.oneof(
  fc.constantFrom(...keyTypes, accountType).map((type) => ({ type, isKey: true })),
  anyType(2).map((type) => ({ type, isKey: false })),
  fc.constantFrom(...keyTypes).map((type) => ({ type: { Option: type }, isKey: false })),
);
const names = fc.constantFrom("a", "A", "key", "row", "#row", 'x"y', "select", "", "a~2", "rowid");

const tableCase = fc
  .tuple(fc.constantFrom(...keyTypes), fc.array(fc.tuple(field, names), { maxLength: 5 }))
  .map(([first, more]): readonly Field[] => {
    const fields = new Map<string, Field>([["id", { name: "id", type: first, isKey: true }]]);
    for (const [each, name] of more) if (!fields.has(name)) fields.set(name, { ...each, name });
    return [...fields.values()];
  })
  .chain((fields) => {
    const keyed = fields.filter(({ isKey }) => isKey).map(({ name }) => name);
    const key = fc.shuffledSubarray(keyed, { minLength: 1, maxLength: Math.min(3, keyed.length) });
    const json = fc.record(
      Object.fromEntries(
        fields.map(({ name, type, isKey }) => [
          name,
          type === accountType ? fc.constant("") : isKey ? keyJson(type) : jsonOf(type),
        ]),
      ),
      { noNullPrototype: true },
    );
    const words = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 6 });
    return fc.record({
      fields: fc.constant(fields),
      indexes: fc.array(key, { minLength: 1, maxLength: 3 }),
      rows: fc.array(json, { minLength: 1, maxLength: 12 }),
      accounts: words,
      bounds: fc.array(fc.uint8Array({ maxLength: 10 }), { maxLength: 6 }),
    });
  });

type Row = { readonly key: Uint8Array; readonly row: Uint8Array; readonly entries: Uint8Array[] };

function applied(num: number): Applied {
  const root = checksumOf("ab".repeat(32));
  const id = blockIdOf(num.toString(16).padStart(64, "0"));
  return { num: blockNumOf(num), id, time: num, stateRoot: root, eventRoot: root };
}

/** What a service would write: rows from which all keys can be taken, whatever else is in them. */
function rowOf(bytes: Uint8Array, keys: readonly KeyOfRow[]): Row | undefined {
  const found = keys.map((take) => take(bytes));
  const [key, ...indexKeys] = found;
  if (key === undefined || found.includes(undefined)) return undefined;
  const entries = indexKeys.map((each) => Uint8Array.from([...(each ?? []), ...key]));
  return { key, row: bytes, entries };
}

function everywhere(
  rows: RowReader,
  { service, bounds }: { service: Applied["id"] | string; bounds: readonly Uint8Array[] },
): unknown[] {
  const account = brandAccountName(service);
  const seen: unknown[] = [];
  for (const space of [0, 1, 2, 3]) {
    for (const reverse of [false, true]) {
      seen.push(rows.rangeRows({ service: account, space, reverse, limit: 100 }));
      for (const [at, from] of bounds.entries()) {
        for (const to of [...bounds.slice(at + 1, at + 4), ...bounds.slice(0, 1)]) {
          seen.push(rows.rangeRows({ service: account, space, from, to, reverse, limit: 3 }));
        }
        seen.push(rows.getRow({ service: account, space, key: from }));
      }
    }
  }
  return seen;
}

const runs = 80;

/** Index entries of the file are its own: those in memory are what the chain puts. */
test(
  `rows come out of typed tables as they went in, in every order (seed ${seed})`,
  { timeout: 60_000 },
  async () => {
    const runsNow = Number(process.env["KITH_FUZZ_RUNS"] ?? runs);
    const opened = openState({ folder, onBroken: (broken) => assert.fail(broken) });
    assert.ok(opened.ok);
    const [file, memory] = [opened.value, memoryState()];
    let num = 0;
    const inBoth = (run: (state: StateStore) => void): void => {
      num++;
      for (const state of [file, memory]) {
        state.begin();
        run(state);
        state.commit(applied(num));
      }
    };
    const property = fc.asyncProperty(tableCase, async (given) => {
      const service = brandAccountName(`s${num}`);
      const type: AnyType = {
        Object: Object.fromEntries(
          given.fields.map(({ name, type: fieldType }) => [name, fieldType]),
        ),
      };
      const definition: ServiceDefinition = {
        name: service,
        tables: [{ name: "rows", rowType: "rows", indexes: given.indexes }],
        schema: JSON.stringify({ types: { rows: type } }),
      };
      const schema = compileSchema({ rows: type });
      const layout = rowLayout({ rows: type }, "rows");
      assert.ok(schema.ok && layout !== undefined);
      const keys = given.indexes.map((index) =>
        keyOfRow(index.map((name) => layout.find((each) => each.name === name) ?? assert.fail())),
      );
      const tables = columnsOf(definition);
      assert.equal(tables.length, 1);
      const rows = new Map<string, Row>();
      for (const [at, json] of given.rows.entries()) {
        const packed = schema.value.packJson("rows", json);
        assert.ok(packed.ok, JSON.stringify([packed, type, json]));
        withAccounts(packed.value, layout, given.accounts, at);
        for (const bytes of [packed.value, changed(packed.value, at, seed + num)]) {
          const row = rowOf(bytes, keys);
          if (row !== undefined) rows.set(Buffer.from(row.key).toString("hex"), row);
        }
      }
      inBoth((state) => state.declareTables(service, { revision: "1", tables }));
      inBoth((state) => {
        for (const { key, row, entries } of rows.values()) {
          state.putRow({ service, space: 0, key }, row);
          for (const [index, entry] of entries.entries()) {
            state.putRow({ service, space: index + 1, key: entry }, key);
          }
        }
      });
      await file.write();
      const bounds = [
        ...given.bounds,
        ...[...rows.values()]
          .slice(0, 3)
          .flatMap(({ key, entries }) => [
            key,
            ...entries.slice(0, 2),
            key.slice(0, -1),
            ...entries.slice(0, 2).map((entry) => entry.slice(0, -3)),
            Uint8Array.from([...key, 0]),
          ]),
      ];
      const view = { service, bounds };
      assert.deepEqual(everywhere(file, view), everywhere(memory, view));
      for (const { key, row } of rows.values()) {
        assert.deepEqual(file.getRow({ service, space: 0, key }), row);
      }
      inBoth((state) => {
        for (const { key, entries } of [...rows.values()].slice(0, 4)) {
          state.removeRow({ service, space: 0, key });
          for (const [index, entry] of entries.entries()) {
            state.removeRow({ service, space: index + 1, key: entry });
          }
        }
      });
      assert.deepEqual(everywhere(file, view), everywhere(memory, view));
      await file.write();
      assert.deepEqual(everywhere(file, view), everywhere(memory, view));
    });
    await fc.assert(property, { seed, numRuns: runsNow });
    assert.deepEqual(file.listSpaces(), memory.listSpaces());
    await file.close();
  },
);

/** Numbers that are no account's, and some that are. */
function withAccounts(
  row: Uint8Array,
  layout: NonNullable<ReturnType<typeof rowLayout>>,
  numbers: readonly bigint[],
  at: number,
): void {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const rank = [0n, 1n, 255n, 256n, 0x1_0000_0000n, 3n << 60n, 1_234_567n << 8n];
  for (const { isAccount, at: place } of layout) {
    if (!isAccount || place + 8 > row.length) continue;
    const number = numbers[at % 7] ?? rank[at % rank.length] ?? 0n;
    view.setBigUint64(place, number, true);
  }
}

/** A few bytes of it are others: what no codec writes, but a service may. */
function changed(row: Uint8Array, at: number, salt: number): Uint8Array {
  const [sample] = fc.sample(mutated(fc.constant(row)), { seed: salt + at, numRuns: 1 });
  return sample ?? row;
}
