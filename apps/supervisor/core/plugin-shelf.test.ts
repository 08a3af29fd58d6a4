import assert from "node:assert/strict";
import { after, test } from "node:test";

import { sha256Hex } from "@kith/protocol/hashes";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { packText, unpackText } from "@kith/protocol/texts";

import type { Database } from "./database.ts";
import { Failure } from "./failure.ts";
import { pluginsMsMax } from "./limits.ts";
import { Nodes, type NodeRequest } from "./nodes.ts";
import { PluginShelf } from "./plugin-shelf.ts";

const [board, shop] = [accountNameConstant("board"), accountNameConstant("shop")];
const [post, like] = [methodNameConstant("post"), methodNameConstant("like")];

type Version = {
  readonly source: string;
  readonly imports?: readonly string[];
  readonly exports: Readonly<Record<string, object>>;
};

const trust = "none";
const likes = { params: "id", result: null, trust };
const first: Version = {
  source: "first",
  imports: ["shop"],
  exports: { post: { params: "text", result: null, trust }, like: likes },
};
const second: Version = {
  source: "second",
  exports: { post: { params: "title and text", result: null, trust }, like: likes },
};

/** A network with these plugins, which is asked and can be cut off, and a clock. */
class FakeNetwork {
  readonly plugins = new Map<string, Version>([
    ["board", first],
    ["shop", { source: "shop", exports: {} }],
  ]);
  /** What is answered for a source, where that is not what is listed. */
  readonly stale = new Map<string, string[]>();
  readonly asked: string[] = [];
  readonly database: Database;
  readonly shelf: PluginShelf;
  nowMs = 0;
  isReached = true;

  constructor() {
    const rows = new Map<string, unknown>();
    const put = async (row: { readonly account: string }) => void rows.set(row.account, row);
    const fake = {
      get: async (_store: string, key: string) => rows.get(key),
      put: async () => undefined,
      transaction: () => ({ store: { put }, done: Promise.resolve() }),
    };
    this.database = fake as unknown as Database;
    this.shelf = new PluginShelf(this, this.database, () => this.nowMs);
  }

  async sources(): Promise<readonly string[]> {
    const codes = await this.shelf.take([board]);
    return codes.map(({ source }) => unpackText(source) ?? "");
  }

  async fetch({ account = "", target }: NodeRequest): Promise<Response> {
    this.asked.push(`${account} ${target.split("?", 1)[0]}`);
    if (!this.isReached) throw new Failure("unreachable", "no node answers");
    const source = this.plugins.get(account)?.source ?? "";
    if (account !== "sites") return new Response(this.stale.get(account)?.shift() ?? source);
    const listed = [...this.plugins].map(([name, { source: text, imports = [], exports }]) => ({
      account: name,
      hash: sha256Hex(packText(text)),
      manifest: JSON.stringify({ sdk: 1, name, imports, exports, types: {} }),
    }));
    return Response.json(listed);
  }
}

const kept = new Map<string, Response>();
let hasRoom = true;
Object.assign(globalThis, {
  caches: {
    open: async () => ({
      match: async (url: string) => kept.get(url)?.clone(),
      put: async (url: string, answer: Response) => {
        if (!hasRoom) throw new DOMException("no room", "QuotaExceededError");
        kept.set(url, answer);
      },
    }),
  },
});

function codeOf(run: () => void): string {
  try {
    run();
    return "";
  } catch (thrown) {
    assert.ok(thrown instanceof Failure);
    return thrown.code;
  }
}

test("plugins are listed once for many calls, and again after a while or a failure", async () => {
  const network = new FakeNetwork();
  const lists = (): number => network.asked.filter((each) => each.startsWith("sites")).length;
  await Promise.all([network.shelf.look([board]), network.sources()]);
  assert.deepEqual(await network.sources(), ["first", "shop"]);
  assert.equal(lists(), 1);
  network.nowMs += pluginsMsMax;
  await network.sources();
  assert.equal(lists(), 1);
  network.nowMs += 1;
  await network.sources();
  assert.equal(lists(), 2);
  network.shelf.doubt();
  await network.sources();
  assert.equal(lists(), 3);
});

test("an upgraded plugin is the one of the next call; what it takes otherwise now is refused, and what is as it was is not", async () => {
  const network = new FakeNetwork();
  await network.sources();
  network.plugins.set("board", second);
  network.shelf.doubt();
  assert.deepEqual(await network.sources(), ["second"]);
  assert.equal(
    codeOf(() => network.shelf.checkUnchanged(board, post)),
    "plugin-changed",
  );
  assert.equal(
    codeOf(() => network.shelf.checkUnchanged(board, like)),
    "",
  );
  assert.equal(
    codeOf(() => network.shelf.checkUnchanged(shop, post)),
    "",
    "it never had that",
  );
  network.plugins.set("board", first);
  network.shelf.doubt();
  await network.sources();
  assert.equal(
    codeOf(() => network.shelf.checkUnchanged(board, post)),
    "",
    "and back again",
  );
});

test("a plugin that is taken away is no longer there for pages that knew it", async () => {
  const network = new FakeNetwork();
  await network.sources();
  network.plugins.delete("board");
  network.shelf.doubt();
  assert.deepEqual(await network.sources(), []);
  assert.equal(
    codeOf(() => network.shelf.checkUnchanged(board, like)),
    "plugin-changed",
  );
});

test("without a network a page goes on with what it has, and does not ask for each call", async () => {
  const network = new FakeNetwork();
  await network.sources();
  network.isReached = false;
  network.shelf.doubt();
  const before = network.asked.length;
  assert.deepEqual(await network.sources(), ["first", "shop"]);
  assert.deepEqual(await network.sources(), ["first", "shop"]);
  assert.equal(network.asked.length, before + 1);
});

test("a source that was replaced between list and load is looked up once more, and then given up", async () => {
  const network = new FakeNetwork();
  network.plugins.set("board", { source: "third", exports: {} });
  network.stale.set("board", ["what was there before"]);
  assert.deepEqual(await network.sources(), ["third"]);
  network.plugins.set("board", { source: "fourth", exports: {} });
  network.stale.set("board", ["third", "third"]);
  network.shelf.doubt();
  await assert.rejects(network.sources(), { code: "plugin-upgrading" });
});

test("a browser without room has its plugins all the same", async () => {
  const network = new FakeNetwork();
  network.plugins.set("board", { source: "does not fit", exports: {} });
  hasRoom = false;
  try {
    assert.deepEqual(await network.sources(), ["does not fit"]);
  } finally {
    hasRoom = true;
  }
});

const realFetch = globalThis.fetch;
after(() => void (globalThis.fetch = realFetch));

test("a source that never ends is given up, and the next call has it", async () => {
  const network = new FakeNetwork();
  network.plugins.set("board", { source: "never ends", exports: {} });
  let isHanging = true;
  const fetchFrom = async (url: string) => {
    const { host, pathname, search } = new URL(url);
    if (isHanging && pathname === "/plugin.js") return new Response(new ReadableStream());
    const account = host.split(".", 1)[0] ?? "";
    return network.fetch({ account, target: pathname + search, method: "GET", headers: {} });
  };
  Object.assign(globalThis, { fetch: fetchFrom });
  const waits = { silenceMs: 20, patienceMs: 60, bodySilenceMs: 20, bodyMs: 100 };
  const place = { root: "kith.test", scheme: "http:", waits };
  const nodes = new Nodes(place, network.database, () => undefined);
  const shelf = new PluginShelf(nodes, network.database);
  await assert.rejects(shelf.take([board]), { code: "unreachable" });
  isHanging = false;
  const codes = await shelf.take([board]);
  assert.deepEqual(
    codes.map(({ source }) => unpackText(source)),
    ["never ends"],
  );
});
