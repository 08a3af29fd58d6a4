import type { AccountName } from "@kith/protocol/ids";

/** How a client reaches the network, and in whose name. */
export type Connection = {
  /** Where the network's root host is, with its port: `https://kith.example`, `http://kith.localhost:8080`. */
  readonly root: string;
  /** The account that sends actions. */
  readonly account: AccountName;
  readonly signer: Signer;
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
