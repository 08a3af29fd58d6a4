import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import type { BlockResult } from "@kith/chain/apply-block";
import {
  indexesMax,
  keyBytesMax,
  transactionWriteBytesMax,
  transactionWritesMax,
} from "@kith/chain/limits";
import { bundleService } from "@kith/packaging/bundle-service";
import { list, object, str, u32 } from "@kith/protocol/fracpack";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { nextBelow, seedRandom, type RandomState } from "@kith/protocol/random";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { openState, type OpenedState } from "@kith/store/state";

import { keyOf, TestNetwork, type NetworkOptions } from "./network.ts";

const words = accountNameConstant("words");
const key = keyOf(7);
const seed = Number(process.env["KITH_TEST_SEED"] ?? Date.now() % 1_000_000);
const folder = mkdtempSync(join(tmpdir(), "kith-new-indexes-"));
after(() => rmSync(folder, { recursive: true }));

const longBytes = 250_000;

/** The same table with other indexes, or none, or no table at all. */
const versions = {
  plain: await versionWith("{}"),
  byWord: await versionWith('{ by: ["word"] }'),
  byRank: await versionWith('{ by: ["rank"] }'),
  byBoth: await versionWith('{ by: ["word"], more: ["rank"] }'),
  byAll: await versionWith(manyIndexes()),
  longRows: await longRowsWith("{}"),
  longRowsByRank: await longRowsWith('{ by: ["rank"] }'),
  gone: await bundled(
    "gone",
    'export const words = service("words", { tables: [], actions: {} });',
  ),
};
type Version = keyof typeof versions;

function manyIndexes(): string {
  const names = Array.from({ length: indexesMax - 1 }, (_, at) => `i${at}: ["word"]`);
  return `{ ${names.join(", ")} }`;
}

function versionWith(indexes: string): Promise<Uint8Array> {
  const range = indexes.includes("by:") ? '{ index: "by" }' : "{}";
  return bundled(
    `${indexes.replaceAll(/\W/g, "")}Version`,
    `const things = table("things", { id: u32, word: str, rank: u32 }, { key: ["id"], indexes: ${indexes} });
    const row = { id: u32, word: str, rank: u32 };
    export const words = service("words", {
      tables: [things],
      actions: {
        put: action(row, nothing, (context, each) => { context.table(things).put(each); }),
        remove: action({ id: u32 }, nothing, (context, { id }) => { context.table(things).remove({ id }); }),
        fill: action({ from: u32, count: u32 }, nothing, (context, { from, count }) => {
          for (let id = from; id < from + count; id++) context.table(things).put({ id, word: "w" + id, rank: 7 });
        }),
        all: action({}, list(str), (context) =>
          context.table(things).range(${range}).map(({ id, word, rank }) => id + " " + word + " " + rank)),
      },
    });`,
  );
}

/** Two tables, whose rows are added in pairs. */
function longRowsWith(indexes: string): Promise<Uint8Array> {
  return bundled(
    `longRows${indexes.length}`,
    `const fields = { id: u32, rank: u32, text: str };
    const one = table("one", fields, { key: ["id"], indexes: ${indexes} });
    const two = table("two", fields, { key: ["id"], indexes: ${indexes} });
    export const words = service("words", {
      tables: [one, two],
      actions: {
        grow: action({ id: u32 }, nothing, (context, { id }) => {
          const row = { id, rank: 1, text: "x".repeat(${longBytes}) };
          context.table(one).put(row);
          context.table(two).put(row);
        }),
      },
    });`,
  );
}

async function bundled(name: string, source: string): Promise<Uint8Array> {
  const entry = join(folder, `${name}.ts`);
  const imports = `import { action, service } from "@kith/sdk/service";
    import { nothing } from "@kith/sdk/signature";
    import { table } from "@kith/sdk/table";
    import { list, str, u32 } from "@kith/sdk/types";`;
  writeFileSync(entry, `${imports}\n${source}`);
  const code = await bundleService(entry);
  assert.ok(code.ok, JSON.stringify(code));
  return code.value;
}

const rowType = object({ id: u32, word: str, rank: u32 });
type Row = { readonly id: number; readonly word: string; readonly rank: number };
const texts = list(str);

function call(method: string, rawData: Uint8Array): Action {
  return { sender: words, service: words, method: methodNameConstant(method), rawData };
}

const put = (row: Row): Action => call("put", rowType.pack(row));
const remove = (id: number): Action => call("remove", object({ id: u32 }).pack({ id }));
const all = call("all", Uint8Array.of(0, 0));
const fill = (from: number, count: number): Action =>
  call("fill", object({ from: u32, count: u32 }).pack({ from, count }));

const grow = (id: number): Action => call("grow", object({ id: u32 }).pack({ id }));

function install(version: Version): Action {
  const code = { vm: javaScript, code: versions[version] };
  return packAction(words, setcodeInterface, "setCode", code);
}

class Words extends TestNetwork {
  constructor(options: NetworkOptions = {}) {
    super(options);
    const create = { name: words, key: publicKeyOf(key) };
    this.run([packAction(words, accountsInterface, "create", create)], key);
  }

  /** Each action is a transaction of one block: what `all` gave, or the code of its failure, or `done`. */
  outcomes(...actions: readonly Action[]): readonly unknown[] {
    return outcomesOf(this.blockOf(actions));
  }

  /** Transactions that say the same are told apart by when they expire. */
  blockOf(actions: readonly Action[]): BlockResult {
    const block = this.block(
      actions.map((action, at) => this.transaction([action], key, this.time + 60 + at)),
    );
    this.time += actions.length;
    return block;
  }

  fillUp(count: number): void {
    const portion = 500;
    for (let from = 0; from < count; from += portion) {
      assert.deepEqual(this.outcomes(fill(from, Math.min(portion, count - from))), ["done"]);
    }
  }
}

function outcomesOf({ receipts }: BlockResult): readonly unknown[] {
  return receipts.map(({ failure, results }) => {
    if (failure !== undefined) return failure.code;
    const given = texts.unpack(results[0] ?? new Uint8Array());
    return given.ok && (results[0]?.length ?? 0) > 0 ? given.value : "done";
  });
}

function openedState(): OpenedState {
  const opened = openState({
    folder: mkdtempSync(join(folder, "state-")),
    onBroken: (broken) => {
      throw broken;
    },
  });
  assert.ok(opened.ok);
  return opened.value;
}

const rows = [
  { id: 1, word: "rye", rank: 3 },
  { id: 2, word: "bun", rank: 9 },
  { id: 3, word: "jam", rank: 1 },
];

test("an index can be used in the block that brings it, and no row is written again for it", () => {
  const network = new Words();
  network.outcomes(install("plain"), ...rows.map(put));
  const cake = put({ id: 4, word: "cake", rank: 0 });
  const block = network.blockOf([install("byWord"), all, cake, all]);
  assert.deepEqual(outcomesOf(block), [
    "done",
    ["2 bun 9", "3 jam 1", "1 rye 3"],
    "done",
    ["2 bun 9", "4 cake 0", "3 jam 1", "1 rye 3"],
  ]);
  const changed = [...block.changes()].filter(
    ({ address }) => address.service === words && address.space === 0,
  );
  assert.equal(changed.length, 1);
});

test("one transaction can bring an index, use it, and bring another one in its place", () => {
  const network = new Words();
  network.outcomes(install("byWord"), ...rows.map(put));
  const { results, failure } = network.run([install("plain"), install("byRank"), all], key);
  assert.equal(failure, undefined);
  const given = texts.unpack(results[2] ?? new Uint8Array());
  assert.deepEqual(given, { ok: true, value: ["3 jam 1", "1 rye 3", "2 bun 9"] });
});

test(`whatever happens to indexes within a block, ranges are right, in memory and on disk (seed ${seed})`, async () => {
  const random = seedRandom(seed);
  const state = openedState();
  const networks = [new Words(), new Words({ state })];
  const model = new Model();
  for (let block = 0; block < 60; block++) {
    const steps = Array.from({ length: 1 + nextBelow(random, 8) }, () => model.step(random));
    for (const network of networks) {
      const given = network.outcomes(...steps.map(({ action }) => action));
      assert.deepEqual(
        given,
        steps.map(({ expected }) => expected),
        `block ${block}`,
      );
    }
    if (nextBelow(random, 3) === 0) await state.write();
  }
  const [inMemory, onDisk] = networks;
  assert.equal(onDisk?.chain.applied()?.stateRoot, inMemory?.chain.applied()?.stateRoot);
  await state.close();
});

type Step = { readonly action: Action; readonly expected: unknown };

/** What the service has to answer, whatever the node does for it. */
class Model {
  private version: Version = "gone";
  private isInstalled = false;
  private readonly rows = new Map<number, Row>();

  step(random: RandomState): Step {
    const kind = nextBelow(random, 10);
    const id = 1 + nextBelow(random, 4);
    if (kind < 3) return this.install(random);
    if (kind === 3) return this.removeCode();
    if (kind === 4) return { action: all, expected: this.whyNot() ?? this.all() };
    if (kind < 8) {
      const row = { id, word: "abc"[nextBelow(random, 3)] ?? "", rank: nextBelow(random, 3) };
      const expected = this.whyNot() ?? "done";
      if (expected === "done") this.rows.set(id, row);
      return { action: put(row), expected };
    }
    const expected = this.whyNot() ?? "done";
    if (expected === "done") this.rows.delete(id);
    return { action: remove(id), expected };
  }

  private install(random: RandomState): Step {
    const names = ["plain", "byWord", "byRank", "byBoth", "gone"] as const;
    const version = names[nextBelow(random, names.length)] ?? "plain";
    const action = install(version);
    if (version === "gone" && this.rows.size > 0) {
      return { action, expected: "schema-change-forbidden" };
    }
    this.version = version;
    this.isInstalled = true;
    return { action, expected: "done" };
  }

  private removeCode(): Step {
    const action = packAction(words, setcodeInterface, "removeCode", {});
    const expected = this.isInstalled ? "done" : "code-unknown";
    this.isInstalled = false;
    return { action, expected };
  }

  private whyNot(): string | undefined {
    if (!this.isInstalled) return "service-unknown";
    return this.version === "gone" ? "method-unknown" : undefined;
  }

  private all(): unknown {
    const by = { plain: "id", byWord: "word", byRank: "rank", byBoth: "word" } as const;
    const field = this.version in by ? by[this.version as keyof typeof by] : "id";
    const sorted = [...this.rows.values()].toSorted((a, b) => {
      if (a[field] === b[field]) return a.id - b.id;
      return a[field] < b[field] ? -1 : 1;
    });
    return sorted.map(({ id, word, rank }) => `${id} ${word} ${rank}`);
  }
}

test("code that comes back finds its indexes, also on a node that came by a snapshot meanwhile", () => {
  const network = new Words();
  network.outcomes(install("byWord"), ...rows.map(put));
  network.outcomes(packAction(words, setcodeInterface, "removeCode", {}));
  const snapshot = network.chain.exportSnapshot();
  assert.ok(snapshot);
  const follower = new Words();
  assert.ok(follower.chain.installSnapshot(snapshot.applied, snapshot.chunks).ok);
  follower.time = network.time;
  for (const each of [network, follower]) {
    assert.deepEqual(each.outcomes(install("byWord"), all), [
      "done",
      ["2 bun 9", "3 jam 1", "1 rye 3"],
    ]);
  }
  assert.deepEqual(follower.chain.applied(), network.chain.applied());
});

test("a row that is too long for a new index keeps the index away, and nothing else", () => {
  const network = new Words();
  const long = { id: 9, word: "x".repeat(keyBytesMax), rank: 5 };
  network.outcomes(install("plain"), ...rows.map(put), put(long));
  const before = network.outcomes(all);
  assert.deepEqual(network.outcomes(install("byWord"), all), ["key-too-long", ...before]);
  assert.deepEqual(network.outcomes(install("byRank"), remove(9), install("byWord"), all), [
    "done",
    "done",
    "done",
    ["2 bun 9", "3 jam 1", "1 rye 3"],
  ]);
});

test("a table of any size loses an index; it gets one as far as one transaction goes", () => {
  const network = new Words();
  assert.deepEqual(network.outcomes(install("byRank")), ["done"]);
  network.fillUp(transactionWritesMax + 1);
  assert.deepEqual(network.outcomes(install("plain")), ["done"]);
  const { failure } = network.run([install("byRank")], key);
  assert.equal(failure?.code, "migration-too-large");
  assert.match(failure.message, /declare a new table/);
  // The block that loses an index hides what the store still has of it, which is as much work.
  network.outcomes(remove(0), remove(1), remove(2), remove(3), remove(4), remove(5));
  assert.deepEqual(network.outcomes(install("byRank")), ["done"]);
  assert.deepEqual(network.outcomes(install("plain"), install("byWord")), [
    "done",
    "migration-too-large",
  ]);
});

test("many indexes of many rows use up the fuel before they use up the time", () => {
  const network = new Words();
  assert.deepEqual(network.outcomes(install("plain")), ["done"]);
  network.fillUp(4000);
  assert.deepEqual(network.outcomes(install("byAll")), ["out-of-fuel"]);
});

/** What becomes of the indexes of two tables with so many long rows each. */
function indexLongRows(rowsEach: number): readonly unknown[] {
  const network = new Words();
  network.outcomes(install("longRows"));
  for (let id = 0; id < rowsEach; id++) assert.deepEqual(network.outcomes(grow(id)), ["done"]);
  return network.outcomes(install("longRowsByRank"));
}

test("bytes that are read for new indexes are counted over all tables", () => {
  const fits = Math.floor(transactionWriteBytesMax / (2 * longBytes));
  assert.deepEqual(indexLongRows(fits - 1), ["done"]);
  assert.deepEqual(indexLongRows(fits + 1), ["migration-too-large"]);
});
