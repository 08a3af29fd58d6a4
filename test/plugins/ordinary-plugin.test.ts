import assert from "node:assert/strict";
import { test } from "node:test";

import { object, str, u32 } from "@kith/sdk/types";

import { callPlugin, machineWith, ownPlugin, pluginOf, timesWidened } from "../plugin-machine.ts";

/** What authors write without thinking of engines. */
const ordinary = await pluginOf(`
import { abort } from "@kith/sdk/abort";
import { plugin, pluginFunction } from "@kith/sdk/plugin";
import { nothing } from "@kith/sdk/signature";
import { account, bool, bytes, i32, list, object, option, str, u32, u64 } from "@kith/sdk/types";

class Cart {
  #items = new Map<string, number>();
  static of(...names: readonly string[]): Cart {
    const cart = new Cart();
    for (const name of names) cart.add(name);
    return cart;
  }
  add(name: string, count = 1): this {
    this.#items.set(name, (this.#items.get(name) ?? 0) + count);
    return this;
  }
  get size(): number { return [...this.#items.values()].reduce((sum, each) => sum + each, 0); }
  *lines(): Generator<string> {
    for (const [name, count] of this.#items) yield \`\${count} x \${name}\`;
  }
}

function texts(text: string): string {
  const words = text.trim().toLowerCase().split(/\\s+/);
  const title = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(" ");
  const found = /^(?<first>[a-z]+)[ ,](.*)$/i.exec(title);
  const parts = [title.replace(/o/g, "0"), title.replaceAll("l", "1"), found?.groups?.first ?? ""];
  if (title.includes("x") || title.startsWith("y") || title.endsWith("z")) parts.push("letters");
  parts.push(title.padStart(20, "."), title.padEnd(20), "ab".repeat(3), title.substring(2, 5));
  parts.push(encodeURIComponent("ä b"), decodeURIComponent("%20"), String(title.indexOf("W")));
  parts.push([..."aé😀"].length.toString(16), "b".localeCompare("a").toString(), String.fromCharCode(65));
  parts.push("x".codePointAt(0)?.toString(2) ?? "", [...title.matchAll(/[aeiou]/g)].length.toFixed(2));
  return parts.join("|");
}

function lists(count: number): string {
  const all = Array.from({ length: count }, (_, index) => (index * 7919) % 101);
  const sorted = all.toSorted((a, b) => a - b);
  const { 0: least, length } = sorted;
  const even = sorted.filter((each) => each % 2 === 0).slice(0, 5);
  const names = new Set(all.map((each) => \`n\${each}\`));
  const seen = { ...Object.fromEntries(even.map((each) => [\`k\${each}\`, each])), extra: true };
  const entries = Object.entries(seen).flatMap(([key, value]) => [key, String(value)]);
  const flat = [[1], [2, [3]]].flat(2).concat(even).reverse();
  flat.push(4);
  flat.unshift(0);
  flat.splice(1, 1, 9, 9);
  flat.sort();
  const found = [flat.find((each) => each > 3), flat.findIndex((each) => each === 9), flat.at(-1), flat.indexOf(2)];
  const checks = [flat.some(Number.isInteger), flat.every(isFinite), flat.includes(3), Array.isArray(flat), names.has("n1")];
  return JSON.stringify({ least, length, even, entries, flat, found, checks, keys: Object.keys(seen), names: names.size });
}

function numbers(count: number): string {
  const real = Math.round((count / 3) * 100) / 100;
  const whole = Math.floor(real) + Math.max(1, 2) - Math.min(3, 4) + Math.abs(-1) + Math.trunc(2.5) + Math.sqrt(16) + 2 ** 10;
  const big = 10n ** 12n + BigInt(count) * 3n - 1n;
  return [real, whole, big / 7n, big % 7n, Number(big), parseInt("42", 10), parseFloat("1.5e3"), 0.1 + 0.2, 1e21, -0, NaN, count >>> 1, count ^ 5, (255).toString(16)].join(" ");
}

function bytesOf(text: string): Uint8Array {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0) & 255);
  const all = new Uint8Array(bytes.length + 4);
  all.set(bytes, 4);
  new DataView(all.buffer).setUint32(0, bytes.length, true);
  return all.subarray(0, 12).slice().map((each) => each ^ 1);
}

function dates(): string {
  const now = new Date();
  const later = new Date(now.getTime() + 86_400_000);
  return [later.toISOString(), now.getUTCFullYear(), Date.UTC(2024, 1, 29), new Date("2024-02-29T12:00:00Z").getTime()].join(" ");
}

function mistakes(): string {
  try {
    JSON.parse("{");
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return thrown.name;
  } finally {
    new WeakMap().set({}, 1);
  }
  return "none";
}

function objects(): string {
  const source = { a: 1, b: { c: [1, 2, 3] } };
  const copy = structuredCopy(source);
  const { a, ...rest } = { ...copy, d: undefined };
  const frozen = Object.freeze(Object.assign({}, rest));
  delete (rest as { d?: undefined }).d;
  const tagged = { get twice() { return a * 2; }, [Symbol.for("kith")]: "in" in frozen };
  switch (typeof tagged.twice) {
    case "number": return JSON.stringify({ ...tagged, own: Object.hasOwn(frozen, "b") }, null, 1);
    default: return "other";
  }
}
function structuredCopy<T>(value: T): T { return JSON.parse(JSON.stringify(value)); }

const run = pluginFunction({ text: str, count: u32 }, str, "none", (context, { text, count }) =>
  [texts(text), lists(count), numbers(count), bytesOf(text).join(), dates(), mistakes(), objects(), Cart.of("tea", "tea", "milk").size, [...Cart.of("tea").add("rice", 3).lines()].join(), context.caller, context.user].join("\\n"),
);
const shape = object({ id: u32, by: account, amount: u64, change: i32, isOpen: bool, note: option(str), data: bytes, tags: list(str) });
const packed = pluginFunction({ value: shape, all: list(shape) }, list(shape), "none", (_, { value, all }) => [value, ...all]);
const refuse = pluginFunction({}, nothing, "none", () => abort("no-stock", "there is no tea"));
const fail = pluginFunction({}, nothing, "none", () => { throw new TypeError("this is a mistake"); });

/** Later, and rarely. */
const rare = pluginFunction({ text: str }, str, "none", (_, { text }) =>
  [text.normalize("NFD").length, /\\p{Lu}/u.test(text), text.search(/\\p{Script=Greek}/u), Math.atan2(1, 2).toFixed(3), new Intl_().name].join(" "),
);
class Intl_ { name = Reflect.ownKeys(new Proxy({ a: 1 }, { ownKeys: () => ["b"] })).join(); }

export const ordinary = plugin("ordinary", { imports: [], exports: { run, packed, refuse, fail, rare } });
`);

const transact = await ownPlugin("plugins/transact/plugin.ts");

const wanted = object({ text: str, count: u32 });
/** Code comes to other places of the engine with other sizes and letters. */
const others: readonly (readonly [string, number])[] = [
  ["", 0],
  ["x", 1],
  ["Grüße, schöne Welt: für 3 €", 7],
  ["žluťoučký kůň 🐎 a 日本語", 33],
  ["a long one ".repeat(700), 1000],
];

test("what plugins ordinarily do, the engine can do that pages load first", async () => {
  const machine = machineWith([ordinary, transact]);
  const before = timesWidened();
  const args = wanted.pack({ text: "  hello wide WORLD ", count: 60 });
  const { result } = await callPlugin(machine, "ordinary.run", args);
  assert.ok(result.ok, JSON.stringify(result));
  const said = str.unpack(result.value);
  assert.ok(said.ok);
  assert.match(said.value, /Hell0 Wide W0rld/);
  assert.match(said.value, /SyntaxError/);
  for (const [text, count] of others) {
    const ran = await callPlugin(machine, "ordinary.run", wanted.pack({ text, count }));
    assert.ok(ran.result.ok, JSON.stringify(ran.result));
  }
  for (const name of ["refuse", "fail"]) {
    const failed = await callPlugin(machine, `ordinary.${name}`, new Uint8Array());
    assert.ok(!failed.result.ok);
  }
  assert.equal(timesWidened(), before, "bun test/plugins/record-branches.ts records what it takes");
});

test("rarely needed: what it cannot do comes with the whole engine, and gives the same as if that had been there before", async () => {
  const machine = machineWith([ordinary, transact]);
  const before = timesWidened();
  const args = object({ text: str }).pack({ text: "Éa λ" });
  for (let time = 0; time < 2; time++) {
    const { result } = await callPlugin(machine, "ordinary.rare", args);
    assert.ok(result.ok, JSON.stringify(result));
    assert.deepEqual(str.unpack(result.value), { ok: true, value: "5 true 3 0.464 b" });
  }
  assert.equal(timesWidened() - before, 1, "once for all");
});
