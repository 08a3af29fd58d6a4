import type { AccountName } from "@kith/protocol/ids";
import type { Receipt } from "@kith/protocol/receipt";
import type { Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";

import type { ClientError } from "./client-error.ts";

/** What became of a transaction that is final. */
export type Final = Omit<Receipt, "failure">;

/** How a client reaches the network, and in whose name. */
export type Connection = {
  /** Where the network's root host is, with its port: `https://kith.example`, `http://kith.localhost:8080`. */
  readonly root: string;
  /** The account that sends actions. */
  readonly account: AccountName;
  /** Holds its key, or makes transactions of actions itself. */
  readonly signer: Signer | Sender;
  readonly port: ClientPort;
  /** How long an action may take to become final, all attempts together; a minute when left out. */
  readonly patienceMs?: number;
};

/** Holds a key; the key itself may be out of reach. */
export type Signer = {
  /** As SPKI. */
  readonly publicKey: Uint8Array;
  /** Ed25519: 64 bytes over the message. P-256: 64 bytes, r and s, over its sha256. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array> | Uint8Array;
};

/** Makes one transaction of actions, and resolves with what became of it: the supervisor of a page does. */
export type Sender = {
  readonly send: (actions: readonly Action[]) => Promise<Result<Final, ClientError>>;
};

/**
 * What a client needs of the runtime that it is in:
 *
 *     { fetch: (url, init) => fetch(url, init), now: () => Date.now(), sleep: (ms) => new Promise((done) => setTimeout(done, ms)) }
 */
export type ClientPort = {
  readonly fetch: (url: string, init: RequestParts) => Promise<Answer>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
};

export type RequestParts = {
  readonly method: "GET" | "POST";
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array<ArrayBuffer>;
};

/** As much of a `Response` as is looked at. */
export type Answer = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
};

/** The address of a path on an account's subdomain; without an account on the root host. */
export function addressOf(root: string, account: string | undefined, target: string): string {
  const [protocol = "", authority = ""] = root.replace(/\/+$/, "").split("://", 2);
  const host = account === undefined ? authority : `${account}.${authority}`;
  return `${protocol}://${host}${target}`;
}
