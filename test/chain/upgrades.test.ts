import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { transactionWritesMax } from "@kith/chain/limits";
import { bundleService } from "@kith/packaging/bundle-service";
import { list, str } from "@kith/protocol/fracpack";
import { accountNameConstant } from "@kith/protocol/names";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { javaScript, setcodeInterface } from "@kith/sdk/system/setcode";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";
import { openState } from "@kith/store/state";

import { keyOf, TestNetwork, type NetworkOptions } from "./network.ts";
import { shop as first } from "./shop/first.ts";

const shop = accountNameConstant("shop");
const key = keyOf(7);
const texts = list(str);

const sources = {
  first: await sourceOf("first"),
  indexed: await sourceOf("indexed"),
  migrated: await sourceOf("migrated"),
  retyped: await sourceOf("retyped"),
};

async function sourceOf(version: string): Promise<Uint8Array> {
  const bundled = await bundleService(join(import.meta.dirname, "shop", `${version}.ts`));
  assert.ok(bundled.ok, JSON.stringify(bundled));
  return bundled.value;
}

/** A shop of the first version with three prices. */
class Shop extends TestNetwork {
  constructor(options: NetworkOptions = {}) {
    super(options);
    const create = { name: shop, key: publicKeyOf(key) };
    this.run([packAction(shop, accountsInterface, "create", create)], key);
    assert.equal(this.install("first"), "done");
    for (const [id, item, euros] of [
      [1, "rye", 4],
      [2, "bun", 1],
      [3, "tap water", 0],
    ] as const) {
      assert.equal(this.setPrice(id, item, euros), "done");
    }
  }

  install(version: keyof typeof sources): string {
    const code = { vm: javaScript, code: sources[version] };
    const receipt = this.run([packAction(shop, setcodeInterface, "setCode", code)], key);
    return receipt.failure?.code ?? "done";
  }

  setPrice(id: number, item: string, euros: number): string {
    const price = packAction(shop, first, "setPrice", { id, item, euros });
    return this.run([price], key).failure?.code ?? "done";
  }

  items(): readonly string[] {
    const receipt = this.run([packAction(shop, first, "items", {})], key);
    const items = texts.unpack(receipt.results[0] ?? new Uint8Array());
    assert.ok(items.ok, JSON.stringify(receipt.failure));
    return items.value;
  }
}

test("after a safe upgrade old rows are there, and in the index that is new", () => {
  const network = new Shop();
  assert.equal(network.install("indexed"), "done");
  assert.deepEqual(network.items(), ["2 bun 1 -", "1 rye 4 -", "3 tap water 0 -"]);
  assert.equal(network.setPrice(2, "zwieback", 2), "done");
  assert.deepEqual(network.items(), ["1 rye 4 -", "3 tap water 0 -", "2 zwieback 2 -"]);
});

test("a migration converts all rows to another type and key, in the transaction of the upgrade", () => {
  const network = new Shop();
  assert.equal(network.install("migrated"), "done");
  assert.deepEqual(network.items(), ["bun 100", "rye 400"]);
  // Old actions went with the old version.
  assert.equal(network.setPrice(4, "jam", 3), "method-unknown");
});

test("without a migration the same upgrade is refused, and the old version goes on", () => {
  const network = new Shop();
  const before = network.items();
  assert.equal(network.install("retyped"), "schema-change-forbidden");
  assert.deepEqual(network.items(), before);
  assert.equal(network.setPrice(4, "jam", 3), "done");
});

test("a service without rows may become anything", () => {
  const network = new TestNetwork();
  const create = { name: shop, key: publicKeyOf(key) };
  network.run([packAction(shop, accountsInterface, "create", create)], key);
  for (const version of ["first", "retyped"] as const) {
    const code = { vm: javaScript, code: sources[version] };
    const receipt = network.run([packAction(shop, setcodeInterface, "setCode", code)], key);
    assert.equal(receipt.failure, undefined);
  }
});

test("rows that removed code left are not given to other code", () => {
  const network = new Shop();
  const before = network.items();
  const remove = packAction(shop, setcodeInterface, "removeCode", {});
  assert.equal(network.run([remove], key).failure, undefined);
  assert.equal(network.setPrice(4, "jam", 3), "service-unknown");
  assert.equal(network.install("retyped"), "schema-change-forbidden");
  assert.equal(network.install("first"), "done");
  assert.deepEqual(network.items(), before);
});

test("two rows with one key, and a migration that aborts, leave everything as it was", () => {
  const network = new Shop();
  network.setPrice(4, "rye", 5);
  assert.equal(network.install("migrated"), "migration-key-taken");
  network.setPrice(4, "trouble", 5);
  assert.equal(network.install("migrated"), "price-troublesome");
  assert.deepEqual(network.items(), ["1 rye 4", "2 bun 1", "3 tap water 0", "4 trouble 5"]);
  network.setPrice(4, "jam", 5);
  assert.equal(network.install("migrated"), "done");
  assert.deepEqual(network.items(), ["bun 100", "jam 500", "rye 400"]);
});

test("more rows than one transaction converts are refused with advice", () => {
  const network = new Shop();
  const portion = 500;
  const fills = [];
  for (let from = 10; from < 10 + transactionWritesMax / 2; from += portion) {
    fills.push(packAction(shop, first, "fill", { from, count: portion, item: "x" }));
  }
  for (let at = 0; at < fills.length; at += 4) {
    assert.equal(network.run(fills.slice(at, at + 4), key).failure, undefined);
  }
  const code = { vm: javaScript, code: sources.migrated };
  const { failure } = network.run([packAction(shop, setcodeInterface, "setCode", code)], key);
  assert.equal(failure?.code, "migration-too-large");
  assert.match(failure.message, /declare a new table/);
});

test("rows are converted that are too long to be read all at once", () => {
  const network = new Shop();
  const free = { item: "x".repeat(10_000), euros: 0 };
  for (let from = 10; from < 310; from += 50) {
    const prices = Array.from({ length: 50 }, (_, at) =>
      packAction(shop, first, "setPrice", { id: from + at, ...free }),
    );
    assert.equal(network.run(prices, key).failure, undefined);
  }
  assert.equal(network.install("migrated"), "done");
  assert.deepEqual(network.items(), ["bun 100", "rye 400"]);
});

test("on disk, upgraded tables have the rows and the root that they have in memory", async () => {
  for (const version of ["indexed", "migrated"] as const) {
    const folder = mkdtempSync(join(tmpdir(), "kith-upgrades-"));
    const opened = openState({
      folder,
      onBroken: (broken) => {
        throw broken;
      },
    });
    assert.ok(opened.ok);
    try {
      const inMemory = new Shop();
      const onDisk = new Shop({ state: opened.value });
      await opened.value.write();
      assert.equal(inMemory.install(version), "done");
      assert.equal(onDisk.install(version), "done");
      // What follows is read from the file, whose columns are the new version's.
      await opened.value.write();
      assert.deepEqual(onDisk.items(), inMemory.items());
      assert.equal(onDisk.chain.applied()?.stateRoot, inMemory.chain.applied()?.stateRoot);
      await opened.value.write();
      assert.equal(opened.value.writtenNum(), onDisk.chain.applied()?.num);
    } finally {
      await opened.value.close();
      rmSync(folder, { recursive: true });
    }
  }
});

test("two networks that upgrade alike have the same state", () => {
  const roots = [1, 2].map(() => {
    const network = new Shop();
    assert.equal(network.install("indexed"), "done");
    return network.chain.applied()?.stateRoot;
  });
  assert.equal(roots[0], roots[1]);
});
