import { toHex } from "@kith/protocol/hashes";
import { keysHost } from "@kith/sdk/plugin-host";

import type { Database, KeyRow } from "./database.ts";
import { Failure } from "./failure.ts";
import { answering, type HostAnswers } from "./host-answers.ts";
import { provisionalMsMax } from "./limits.ts";
import { matchingClaim } from "./match-passkey.ts";
import type { Passkeys } from "./passkeys.ts";
import { openSeed } from "./seed-key.ts";

/** Keys of this browser: Ed25519, made by it, kept by it, and never shown to anybody. */
export class DeviceKeys {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The public key of a new one, as SPKI; until it is kept it is for the call that made it. */
  async create(): Promise<Uint8Array> {
    const isExtractable = false;
    const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, isExtractable, [
      "sign",
      "verify",
    ]);
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
    const madeAt = Date.now() * 1000;
    const key = pair.privateKey;
    const row: KeyRow = { id: toHex(publicKey), publicKey, key, madeAt, isProvisional: true };
    await this.#database.put("keys", row);
    // Browsers that are asked do not throw away what is kept when room gets short.
    void navigator.storage.persist();
    return publicKey;
  }

  async list(): Promise<readonly KeyRow[]> {
    return this.#database.getAll("keys");
  }

  async sign(publicKey: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
    const row = await this.#database.get("keys", toHex(publicKey));
    if (row === undefined) throw new Failure("key-unknown", "this browser does not have that key");
    const signature = await crypto.subtle.sign("Ed25519", row.key, new Uint8Array(message));
    return new Uint8Array(signature);
  }

  async keep(publicKey: Uint8Array): Promise<void> {
    const change = this.#database.transaction("keys", "readwrite");
    const row = await change.store.get(toHex(publicKey));
    if (row !== undefined) await change.store.put({ ...row, isProvisional: false });
    await change.done;
  }

  /** The call that made them has failed. */
  async discard(publicKeys: readonly Uint8Array[]): Promise<void> {
    const change = this.#database.transaction("keys", "readwrite");
    for (const publicKey of publicKeys) {
      const row = await change.store.get(toHex(publicKey));
      if (row?.isProvisional === true) await change.store.delete(row.id);
    }
    await change.done;
  }

  /** Removes what was left by pages that were closed in the middle of a call. */
  async sweep(): Promise<void> {
    const change = this.#database.transaction("keys", "readwrite");
    const before = (Date.now() - provisionalMsMax) * 1000;
    for (const { id, madeAt, isProvisional } of await change.store.getAll()) {
      if (isProvisional === true && madeAt < before) await change.store.delete(id);
    }
    await change.done;
  }

  async remove(publicKey: Uint8Array): Promise<void> {
    await this.#database.delete("keys", toHex(publicKey));
  }
}

export function keyAnswers(keys: DeviceKeys, passkeys: Passkeys): HostAnswers {
  return answering(keysHost, {
    create: () => keys.create(),
    keep: ({ publicKey }) => keys.keep(publicKey),
    list: () => keys.list(),
    sign: ({ publicKey, message }) => keys.sign(publicKey, message),
    remove: ({ publicKey }) => keys.remove(publicKey),
    createPasskey: ({ account }, app) => passkeys.create(account, app),
    provePasskey: ({ claim, message }, app) => passkeys.prove(claim, message, app),
    choosePasskey: (_nothing, app) => passkeys.choose(app),
    matchPasskey: ({ claims, message, proof }) => matchingClaim(claims, message, proof),
    publicKeyOfSeed: async ({ seed }) => (await openSeed(seed)).publicKey,
    signWithSeed: async ({ seed, message }) => (await openSeed(seed)).sign(message),
  });
}
