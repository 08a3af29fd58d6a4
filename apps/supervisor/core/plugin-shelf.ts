import { sha256Hex } from "@kith/protocol/hashes";
import { checksumOf, type AccountName, type MethodName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";

import { parseManifest } from "../machine/manifest.ts";
import type { PluginCode } from "../machine/plugin-machine.ts";
import type { Database, PluginRow } from "./database.ts";
import { Failure } from "./failure.ts";
import { pluginsMsMax } from "./limits.ts";
import type { Nodes } from "./nodes.ts";

const cacheName = "kith-plugins";
const upgrading = "plugin-upgrading";

/**
 * Plugins by their accounts: what the network says that they are, and their sources, kept by the hash of their content. A page
 * that is open while a plugin is upgraded goes on with the new one where it can (decision 0197).
 */
export class PluginShelf {
  readonly #nodes: Pick<Nodes, "fetch">;
  readonly #database: Database;
  readonly #nowMs: () => number;
  readonly #listed = new Map<AccountName, PluginRow | undefined>();
  readonly #listedAtMs = new Map<AccountName, number>();
  /** As they were when this page heard of them first: what it was written for. */
  readonly #first = new Map<AccountName, PluginRow>();
  readonly #loaded = new Map<string, Promise<PluginCode>>();
  #looking: Promise<void> = Promise.resolve();
  #cache: Promise<Cache> | undefined;

  constructor(
    nodes: Pick<Nodes, "fetch">,
    database: Database,
    nowMs: () => number = () => Date.now(),
  ) {
    this.#nodes = nodes;
    this.#database = database;
    this.#nowMs = nowMs;
  }

  /** These accounts' plugins, and all that they import, as far as there are some. */
  async take(accounts: readonly AccountName[]): Promise<readonly PluginCode[]> {
    try {
      return await this.#takeListed(accounts);
    } catch (thrown) {
      // What was listed a moment ago is replaced by now.
      if (!(thrown instanceof Failure) || thrown.code !== upgrading) throw thrown;
      return this.#takeListed(accounts);
    }
  }

  /** Finds out what they are, without loading them. One after the other, so that nothing is asked twice. */
  look(accounts: readonly AccountName[]): Promise<void> {
    const looking = this.#looking.then(() => this.#look(accounts));
    this.#looking = looking.catch(() => undefined);
    return looking;
  }

  /** The next call is not made before the network was asked again: this one may have failed for an upgrade. */
  doubt(): void {
    this.#listedAtMs.clear();
  }

  /** Throws `plugin-changed` when a function takes or gives something else than it did when the page was loaded. */
  checkUnchanged(account: AccountName, method: MethodName): void {
    const [first, now] = [this.#first.get(account), this.#listed.get(account)];
    if (first === undefined || first.hash === now?.hash) return;
    const types = typesOf(first, method);
    if (types === undefined || (now !== undefined && types === typesOf(now, method))) return;
    throw new Failure(
      "plugin-changed",
      `the plugin of ${account} is another one since this page was loaded; load the page again`,
    );
  }

  async #look(accounts: readonly AccountName[]): Promise<void> {
    const nowMs = this.#nowMs();
    const old = accounts.filter((account) => {
      const atMs = this.#listedAtMs.get(account);
      return atMs === undefined || nowMs - atMs > pluginsMsMax;
    });
    if (old.length > 0) await this.#list(old);
  }

  async #takeListed(accounts: readonly AccountName[]): Promise<readonly PluginCode[]> {
    await this.look(accounts);
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
      if (accounts.every((account) => this.#listed.has(account))) return undefined;
      const kept = await this.#recall(accounts);
      if (kept.length === 0) throw thrown;
      return kept;
    });
    for (const account of accounts) {
      this.#listedAtMs.set(account, this.#nowMs());
      if (rows !== undefined) this.#listed.set(account, undefined);
    }
    for (const row of rows ?? []) {
      this.#listed.set(row.account, row);
      if (!this.#first.has(row.account)) this.#first.set(row.account, row);
    }
  }

  async #ask(accounts: readonly AccountName[]): Promise<readonly PluginRow[]> {
    const args = encodeURIComponent(JSON.stringify({ accounts }));
    const target = `/query/plugins?args=${args}`;
    const headers = { accept: "application/json" };
    const answer = await this.#nodes.fetch({ account: "sites", target, method: "GET", headers });
    const rows = rowsOf(answer.ok ? await answer.json() : undefined);
    if (rows === undefined) throw new Failure("answer-malformed", "no list of plugins came");
    void this.#keep(rows).catch(() => undefined);
    return rows;
  }

  /** For when there is no network; nobody waits for it. */
  async #keep(rows: readonly PluginRow[]): Promise<void> {
    const change = this.#database.transaction("plugins", "readwrite");
    for (const row of rows) void change.store.put(row);
    await change.done;
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
    const address = `/plugins/${hash}`;
    const cache = await (this.#cache ??= caches.open(cacheName));
    const kept = await cache.match(address);
    const source = kept === undefined ? await this.#download(account, hash) : await bytesOf(kept);
    if (kept === undefined) {
      // Nobody waits for that, and where there is no room it comes again the next time.
      void cache.put(address, new Response(source)).catch(() => undefined);
    }
    return { account, hash: checksumOf(hash), source, manifest };
  }

  async #download(account: AccountName, hash: string): Promise<Uint8Array<ArrayBuffer>> {
    const target = `/plugin.js?${hash}`;
    const answer = await this.#nodes.fetch({ account, target, method: "GET", headers: {} });
    const source = await bytesOf(answer);
    if (answer.ok && sha256Hex(source) === hash) return source;
    this.doubt();
    throw new Failure(upgrading, `the plugin of ${account} is being upgraded; try again`);
  }
}

async function bytesOf(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await answer.arrayBuffer());
}

function typesOf({ manifest }: PluginRow, method: MethodName): string | undefined {
  const parsed = parseManifest(manifest);
  return parsed.ok ? parsed.value.exports.get(method)?.types : undefined;
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
