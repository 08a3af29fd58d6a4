import type { AccountName, MethodName, TransactionId } from "@kith/protocol/ids";
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

/** A key that was made here; nobody reads it, the browser only signs with it. */
export type KeyRow = {
  /** SPKI as hex. */
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly key: CryptoKey;
  /** Microseconds since the Unix epoch. */
  readonly madeAt: number;
  /** It was made by a call of which nobody knows yet whether it succeeds. */
  readonly isProvisional?: boolean;
};

/** What others seal to, so that one plugin alone can read it, for one user. */
type SealingKeyRow = {
  readonly owner: string;
  /** Empty: of whoever uses this browser without an account. */
  readonly user: string;
  readonly pair: CryptoKeyPair;
};

type AccountRow = { readonly name: AccountName; readonly publicKey: Uint8Array };
type ConnectionRow = { readonly app: AccountName; readonly account: AccountName };

/** A value that a plugin keeps. */
export type DataRow = {
  readonly owner: string;
  /** Empty: everybody's who uses this browser. */
  readonly user: string;
  readonly bucket: string;
  /** "0" or "1": keys of the database are texts. */
  readonly mode: string;
  readonly key: string;
  readonly value: Uint8Array;
};

export type EffectRow = {
  readonly host: AccountName;
  readonly method: MethodName;
  readonly args: Uint8Array;
};

/** A signed transaction, from its signature until its outcome is told. */
export type WriteRow = {
  readonly id: TransactionId;
  readonly app: AccountName;
  /** Who was signed in to that app. */
  readonly user?: AccountName;
  /** The page that it was made on, by a name of no meaning. */
  readonly page?: string;
  readonly bytes: Uint8Array;
  readonly signedAt: number;
  readonly actions: readonly string[];
  readonly state: "queued" | "sent" | "final" | "failed";
  /** Milliseconds since 1970, when it became final. */
  readonly endedAt?: number;
  /** Its actions can be signed again: nothing in it was proved by others than its user. */
  readonly isRepeatable?: boolean;
  readonly code?: string;
  readonly message?: string;
  /** What is to be written when it is final. */
  readonly effects: readonly EffectRow[];
};

/** The plugin of an account as it was when it was last heard of, for when there is no network. */
export type PluginRow = {
  readonly account: AccountName;
  readonly hash: string;
  readonly manifest: string;
};

export type Tables = DBSchema & {
  readonly keys: { readonly key: string; readonly value: KeyRow };
  readonly sealingKeys: { readonly key: string[]; readonly value: SealingKeyRow };
  readonly accounts: { readonly key: string; readonly value: AccountRow };
  readonly connections: { readonly key: string; readonly value: ConnectionRow };
  readonly data: { readonly key: string[]; readonly value: DataRow };
  readonly writes: {
    readonly key: string;
    readonly value: WriteRow;
    readonly indexes: { readonly state: string };
  };
  readonly plugins: { readonly key: string; readonly value: PluginRow };
  readonly facts: { readonly key: string; readonly value: unknown };
};

export type Database = IDBPDatabase<Tables>;

/** Everything that the supervisor keeps in this browser. */
export function openDatabase(): Promise<Database> {
  return openDB<Tables>("kith", 3, {
    upgrade(made, version, _wanted, change) {
      if (version < 1) {
        made.createObjectStore("keys", { keyPath: "id" });
        made.createObjectStore("accounts", { keyPath: "name" });
        made.createObjectStore("connections", { keyPath: "app" });
        made.createObjectStore("data", { keyPath: ["owner", "user", "bucket", "mode", "key"] });
        made.createObjectStore("writes", { keyPath: "id" });
        made.createObjectStore("plugins", { keyPath: "account" });
        made.createObjectStore("facts");
      }
      if (version < 2) made.createObjectStore("sealingKeys", { keyPath: ["owner", "user"] });
      if (version < 3) change.objectStore("writes").createIndex("state", "state");
    },
    // A page of the next release waits for it; this one has to be loaded again anyhow.
    blocking(_version, _next, { target }) {
      if (target instanceof IDBDatabase) target.close();
    },
  });
}
