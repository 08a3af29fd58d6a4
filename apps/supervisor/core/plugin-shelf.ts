import { sha256Hex } from "@kith/protocol/hashes";
import { checksumOf, type AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";

import type { PluginCode } from "../machine/plugin-machine.ts";
import type { Database, PluginRow } from "./database.ts";
import { Failure } from "./failure.ts";
import type { Nodes } from "./nodes.ts";

const cacheName = "kith-plugins";

/** Plugins by their accounts: what the network says that they are, and their sources, kept by the hash of their content. */
export class PluginShelf {
  readonly #nodes: Nodes;
  readonly #database: Database;
  /** What has been looked up for this page; upgrades come with the next one. */
  readonly #listed = new Map<AccountName, PluginRow | undefined>();
  readonly #loaded = new Map<string, Promise<PluginCode>>();

  constructor(nodes: Nodes, database: Database) {
    this.#nodes = nodes;
    this.#database = database;
  }

  /** These accounts' plugins, and all that they import, as far as there are some. */
  async take(accounts: readonly AccountName[]): Promise<readonly PluginCode[]> {
    const unknown = accounts.filter((account) => !this.#listed.has(account));
    if (unknown.length > 0) await this.#list(unknown);
    const found = new Map<AccountName, PluginRow>();
    const queue = [...accounts];
    for (let account = queue.shift(); account !== undefined; account = queue.shift()) {
      const row = this.#listed.get(account);
      if (row === undefined || found.has(account)) continue;
      found.set(account, row);
      queue.push(...importsOf(row));
    }
    return Promise.all([...found.values()].map((row) => this.#load(row)));
  }

  async #list(accounts: readonly AccountName[]): Promise<void> {
    const rows = await this.#ask(accounts).catch(async (thrown: unknown) => {
      const kept = await this.#recall(accounts);
      if (kept.length === 0) throw thrown;
      return kept;
    });
    for (const account of accounts) this.#listed.set(account, undefined);
    for (const row of rows) this.#listed.set(row.account, row);
  }

  async #ask(accounts: readonly AccountName[]): Promise<readonly PluginRow[]> {
    const args = encodeURIComponent(JSON.stringify({ accounts }));
    const target = `/query/plugins?args=${args}`;
    const headers = { accept: "application/json" };
    const answer = await this.#nodes.fetch({ account: "sites", target, method: "GET", headers });
    const rows = rowsOf(answer.ok ? await answer.json() : undefined);
    if (rows === undefined) throw new Failure("answer-malformed", "no list of plugins came");
    for (const row of rows) await this.#database.put("plugins", row);
    return rows;
  }

  /** As they were when there was a network. */
  async #recall(accounts: readonly AccountName[]): Promise<readonly PluginRow[]> {
    const rows: PluginRow[] = [];
    const queue = [...accounts];
    for (let account = queue.shift(); account !== undefined; account = queue.shift()) {
      if (rows.some((row) => row.account === account)) continue;
      const row = await this.#database.get("plugins", account);
      if (row === undefined) continue;
      rows.push(row);
      queue.push(...importsOf(row));
    }
    return rows;
  }

  #load(row: PluginRow): Promise<PluginCode> {
    const known = this.#loaded.get(row.hash);
    if (known !== undefined) return known;
    const loading = this.#fetch(row);
    this.#loaded.set(row.hash, loading);
    loading.catch(() => this.#loaded.delete(row.hash));
    return loading;
  }

  async #fetch({ account, hash, manifest }: PluginRow): Promise<PluginCode> {
    const cache = await caches.open(cacheName);
    const kept = await cache.match(`/plugins/${hash}`);
    const source = kept === undefined ? await this.#download(account, hash) : await bytesOf(kept);
    if (kept === undefined) await cache.put(`/plugins/${hash}`, new Response(source));
    return { account, hash: checksumOf(hash), source, manifest };
  }

  async #download(account: AccountName, hash: string): Promise<Uint8Array<ArrayBuffer>> {
    const target = `/plugin.js?${hash}`;
    const answer = await this.#nodes.fetch({ account, target, method: "GET", headers: {} });
    const source = await bytesOf(answer);
    if (answer.ok && sha256Hex(source) === hash) return source;
    this.#listed.delete(account);
    throw new Failure("plugin-changed", `the plugin of ${account} is being upgraded; try again`);
  }
}

async function bytesOf(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await answer.arrayBuffer());
}

function importsOf({ manifest }: PluginRow): readonly AccountName[] {
  const imports: unknown = Reflect.get(Object(jsonOf(manifest)), "imports");
  if (!Array.isArray(imports)) return [];
  return imports.flatMap((text: unknown) => {
    const account = parseAccountName(typeof text === "string" ? text : "");
    return account.ok ? [account.value] : [];
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function rowsOf(json: unknown): readonly PluginRow[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const rows = json.map(rowOf);
  return rows.every((row) => row !== undefined) ? rows : undefined;
}

function rowOf(json: unknown): PluginRow | undefined {
  const row: object = Object(json);
  const account: unknown = Reflect.get(row, "account");
  const hash: unknown = Reflect.get(row, "hash");
  const manifest: unknown = Reflect.get(row, "manifest");
  const name = parseAccountName(typeof account === "string" ? account : "");
  if (!name.ok || typeof hash !== "string" || typeof manifest !== "string") return undefined;
  return { account: name.value, hash, manifest };
}
