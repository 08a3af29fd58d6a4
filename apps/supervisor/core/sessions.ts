import type { AccountName } from "@kith/protocol/ids";
import { sessionHost, type KnownAccount } from "@kith/sdk/plugin-host";

import type { Database } from "./database.ts";
import { Failure } from "./failure.ts";
import { answering, type HostAnswers } from "./host-answers.ts";

/** Tells the supervisor's frames in other pages of this browser. */
const channelName = "kith-sessions";

/** Whom this browser can act for, and who is signed in to which app. */
export class Sessions {
  readonly #database: Database;
  readonly #channel = new BroadcastChannel(channelName);
  readonly #onChange: () => void;

  constructor(database: Database, onChange: () => void) {
    this.#database = database;
    this.#onChange = onChange;
    this.#channel.addEventListener("message", () => this.#onChange());
  }

  async userOf(app: AccountName): Promise<AccountName | undefined> {
    return (await this.#database.get("connections", app))?.account;
  }

  accounts(): Promise<readonly KnownAccount[]> {
    return this.#database.getAll("accounts");
  }

  /** Of this browser, as SPKI; throws `key-unknown`. */
  async keyOf(name: AccountName): Promise<Uint8Array> {
    const row = await this.#database.get("accounts", name);
    if (row !== undefined) return row.publicKey;
    throw new Failure("key-unknown", `this browser has no key of ${name}`);
  }

  connected(): Promise<readonly { readonly app: AccountName; readonly account: AccountName }[]> {
    return this.#database.getAll("connections");
  }

  async remember({ name, publicKey }: KnownAccount): Promise<void> {
    await this.#database.put("accounts", { name, publicKey });
    this.changed();
  }

  /** Also signs it out of every app. */
  async forget(name: AccountName): Promise<void> {
    const change = this.#database.transaction(["accounts", "connections"], "readwrite");
    await change.objectStore("accounts").delete(name);
    const connections = change.objectStore("connections");
    for (const { app, account } of await connections.getAll()) {
      if (account === name) await connections.delete(app);
    }
    await change.done;
    this.changed();
  }

  async connect(app: AccountName, account: AccountName): Promise<void> {
    await this.#database.put("connections", { app, account });
    this.changed();
  }

  async disconnect(app: AccountName): Promise<void> {
    await this.#database.delete("connections", app);
    this.changed();
  }

  /** Tells this page and all others. */
  changed(): void {
    this.#channel.postMessage("changed");
    this.#onChange();
  }
}

export function sessionAnswers(sessions: Sessions): HostAnswers {
  return answering(sessionHost, {
    accounts: () => sessions.accounts(),
    connected: () => sessions.connected(),
    remember: (account) => sessions.remember(account),
    forget: ({ name }) => sessions.forget(name),
    connect: ({ app, account }) => sessions.connect(app, account),
    disconnect: ({ app }) => sessions.disconnect(app),
  });
}
