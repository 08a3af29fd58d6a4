import assert from "node:assert/strict";
import { test } from "node:test";

import { action, service } from "@kith/sdk/service";
import { nothing } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { packAction } from "@kith/sdk/transaction";
import { bool, list, option, str, u32 } from "@kith/sdk/types";

import { owner, TestNetwork } from "./network.ts";

const words = table(
  "words",
  { folder: str, name: str, size: u32 },
  { key: ["folder", "name"], indexes: { bySize: ["size"] } },
);
const put = action({ folder: str, name: str, size: u32 }, nothing, (context, word) =>
  context.table(words).put(word),
);
const range = action(
  {
    bySize: bool,
    folder: option(str),
    from: option(str),
    after: option(str),
    to: option(str),
    sizeFrom: option(u32),
    reverse: bool,
    limit: u32,
  },
  list(str),
  (context, args) => {
    const { folder, from, after, to, sizeFrom, reverse, limit } = args;
    const rows = args.bySize
      ? context.table(words).range({
          index: "bySize",
          ...(sizeFrom === undefined ? {} : { from: { size: sizeFrom } }),
          reverse,
          limit,
        })
      : context.table(words).range({
          ...(folder === undefined ? {} : { prefix: { folder } }),
          ...(from === undefined ? {} : { from: { name: from } }),
          ...(after === undefined ? {} : { after: { name: after } }),
          ...(to === undefined ? {} : { to: { name: to } }),
          reverse,
          limit,
        });
    return rows.map((row) => `${row.folder}${row.name}`);
  },
);
const library = service("library", { tables: [words], actions: { put, range } });

const names = ["a/x", "a/y", "a/z", "ab/x", "b/x"];

for (const [what, asked, expected] of [
  ["everything is in order of the key", {}, names],
  ["a prefix is whole fields, not the beginning of a text", { folder: "a" }, ["a/x", "a/y", "a/z"]],
  ["from is included", { folder: "a", from: "y" }, ["a/y", "a/z"]],
  ["after is not", { folder: "a", after: "y" }, ["a/z"]],
  ["to is not included", { folder: "a", to: "z" }, ["a/x", "a/y"]],
  ["the order can be turned round", { folder: "a", reverse: true }, ["a/z", "a/y", "a/x"]],
  ["after goes on backwards too", { folder: "a", reverse: true, after: "y" }, ["a/x"]],
  ["the limit cuts", { limit: 2 }, ["a/x", "a/y"]],
  ["an index has its own order", { bySize: true }, ["b/x", "ab/x", "a/z", "a/y", "a/x"]],
  ["an index is cut by its own field", { bySize: true, sizeFrom: 4 }, ["a/y", "a/x"]],
] as const) {
  test(`a range of rows: ${what}`, () => {
    const network = new TestNetwork({ services: [library.module] });
    const puts = names.map((word, at) => {
      const [folder = "", name = ""] = word.split("/");
      return packAction(owner, library, "put", {
        folder,
        name,
        size: names.length - at,
      });
    });
    assert.equal(network.run(puts).failure, undefined);
    const query = { bySize: false, reverse: false, limit: 100, ...asked };
    const receipt = network.run([packAction(owner, library, "range", query)]);
    const result = list(str).unpack(receipt.results[0] ?? new Uint8Array());
    assert.deepEqual(
      result.ok && result.value,
      expected.map((word) => word.replace("/", "")),
    );
  });
}
