import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";

import type { Database } from "./database.ts";
import { Failure } from "./failure.ts";
import type { Nodes } from "./nodes.ts";

/** Which auth service speaks for an account: asked once for each page, and kept for when nobody can be asked. */
export class AuthServices {
  readonly #nodes: Nodes;
  readonly #database: Database;
  readonly #known = new Map<AccountName, Promise<AccountName>>();

  constructor(nodes: Nodes, database: Database) {
    this.#nodes = nodes;
    this.#database = database;
  }

  of(account: AccountName): Promise<AccountName> {
    const known = this.#known.get(account);
    if (known !== undefined) return known;
    const asked = this.#ask(account);
    this.#known.set(account, asked);
    asked.catch(() => this.#known.delete(account));
    return asked;
  }

  async #ask(account: AccountName): Promise<AccountName> {
    const fact = `auth service of ${account}`;
    const args = encodeURIComponent(JSON.stringify({ name: account }));
    const target = `/query/standing?args=${args}`;
    try {
      const request = { account: "accounts", target, method: "GET", headers: {} } as const;
      const answer = await this.#nodes.fetch(request);
      const service = serviceOf(answer.ok ? authServiceIn(await answer.json()) : undefined);
      if (service === undefined) {
        throw new Failure("account-unknown", `the network does not know ${account}`);
      }
      await this.#database.put("facts", service, fact);
      return service;
    } catch (thrown) {
      const kept = serviceOf(await this.#database.get("facts", fact));
      const isCut = thrown instanceof Failure && thrown.code === "unreachable";
      if (kept === undefined || !isCut) throw thrown;
      return kept;
    }
  }
}

function authServiceIn(standing: unknown): unknown {
  return Reflect.get(Object(standing), "authService");
}

function serviceOf(json: unknown): AccountName | undefined {
  const parsed = typeof json === "string" ? parseAccountName(json) : undefined;
  return parsed?.ok === true ? parsed.value : undefined;
}
