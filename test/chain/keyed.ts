import assert from "node:assert/strict";

import type { BlockResult } from "@kith/chain/apply-block";
import type { AccountName } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import { keyClaim } from "@kith/sdk/claims";
import type { Signature } from "@kith/sdk/signature";
import { accountsInterface } from "@kith/sdk/system/accounts";
import type { Claim } from "@kith/sdk/system/auth";
import { authKeysInterface, youngSeconds, type KeyRole } from "@kith/sdk/system/auth-keys";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { signerOf } from "../provers.ts";
import { ask, jsonOf } from "./ask.ts";
import { keyOf, TestNetwork, type NetworkOptions } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";
import { alice, codeOf, creation, person, requireDone, type Person } from "./people.ts";

/** Anna has devices; the others have one key each. */

export const laptop: Uint8Array = keyOf(61);
export const phone: Uint8Array = keyOf(62);
export const tablet: Uint8Array = keyOf(63);
export const paper: Uint8Array = keyOf(64);
export const stranger: Uint8Array = keyOf(65);
export const anna: Person = person("anna", 61);
export const ben: Person = person("ben", 71);
export const cleo: Person = person("cleo", 72);
export const dora: Person = person("dora", 73);

export const hour = 3600;
export const day: number = 24 * hour;
/** A moment after a young key has grown up. */
export const grown: number = youngSeconds + 1;

type Methods = typeof authKeysInterface.actions;
type ArgsOf<Method> = Method extends Signature<infer Args, unknown> ? Args : never;

export function claimOf(key: Uint8Array): Claim {
  return keyClaim(publicKeyOf(key));
}

/** An account under `auth-keys`, made as pages make it. */
export function keyedCreation(name: AccountName, key: Uint8Array, devices = "laptop"): Action {
  const args = { name, key: publicKeyOf(key), devices };
  return packAction(name, accountsInterface, "create", args);
}

export class KeyedNetwork extends TestNetwork {
  constructor(options: NetworkOptions = {}) {
    const services = [notes.module, notesPeer.module, ...(options.services ?? [])];
    super({ ...options, services });
    requireDone(this.run([keyedCreation(anna.name, laptop)], laptop));
    for (const each of [alice, ben, cleo, dora]) requireDone(this.run([creation(each)], each.key));
  }

  /** An action of `auth-keys`; "done", or the code with which it failed. */
  act<Name extends keyof Methods>(who: Person, name: Name, args: ArgsOf<Methods[Name]>): string {
    return codeOf(this.run([packAction(who.name, authKeysInterface, name, args)], who.key));
  }

  /** Anna with one of her keys. */
  anna<Name extends keyof Methods>(
    key: Uint8Array,
    name: Name,
    args: ArgsOf<Methods[Name]>,
  ): string {
    return this.act({ ...anna, key }, name, args);
  }

  add(signer: Uint8Array, key: Uint8Array, role: KeyRole = "device"): string {
    return this.anna(signer, "addKey", { claim: claimOf(key), role, label: `${role} ${key[0]}` });
  }

  /** Whatever, with these keys. */
  by(keys: readonly Uint8Array[], ...actions: readonly Action[]): string {
    return codeOf(this.runProvedBy(actions, keys.map(signerOf)));
  }

  /** The events of one transaction, as JSON. */
  told(key: Uint8Array, ...actions: readonly Action[]): readonly string[] {
    const result: BlockResult = this.block([this.transaction(actions, key)]);
    assert.equal(result.receipts[0]?.failure, undefined);
    return result.events.map(({ declared }) => declared.name);
  }

  travel(seconds: number): void {
    this.time += seconds;
  }

  /** What a page gets. */
  asks(service: AccountName, name: string, args: object = {}): unknown {
    const target = `/query/${name}?args=${encodeURIComponent(JSON.stringify(args))}`;
    const reply = ask(this, service, target);
    assert.ok(reply !== undefined, `nobody answers ${target}`);
    const json = jsonOf(reply);
    assert.equal(reply.status, 200, JSON.stringify(json));
    return json;
  }

  /** Of one of Anna's keys. */
  idOf(key: Uint8Array): number {
    const rows = this.asks(authKeysInterface.name, "keysOf", { account: anna.name });
    const wanted = Buffer.from(publicKeyOf(key)).toString("hex").toUpperCase();
    // oxlint-disable-next-line no-unsafe-type-assertion -- the query says so
    const row = (rows as readonly KeyJson[]).find(({ claim }) => claim.rawData === wanted);
    assert.ok(row !== undefined, "no such key");
    return row.id;
  }
}

export type KeyJson = {
  readonly id: number;
  readonly role: string;
  readonly label: string;
  readonly addedAt: string;
  readonly matureAt: string;
  readonly claim: { readonly service: string; readonly rawData: string };
};
