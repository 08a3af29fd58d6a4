import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Receipt } from "@kith/protocol/receipt";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { authGroupInterface, type Group } from "@kith/sdk/system/auth-group";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { signerOf, type Prover } from "../provers.ts";
import { keyOf, TestNetwork, type NetworkOptions } from "./network.ts";
import { notes, notesPeer } from "./notes.ts";

/** Accounts with keys of their own, on a network with something that they can do. */

export type Person = { readonly name: AccountName; readonly key: Uint8Array };

export const alice: Person = person("alice", 31);
export const bob: Person = person("bob", 32);
export const carol: Person = person("carol", 33);
export const dave: Person = person("dave", 34);
export const club: AccountName = accountNameConstant("club");

export function person(name: string, seed: number): Person {
  return { name: accountNameConstant(name), key: keyOf(seed) };
}

export function networkOf(
  people: readonly Person[] = [alice, bob, carol, dave],
  options: NetworkOptions = {},
): TestNetwork {
  const services = [notes.module, notesPeer.module, ...(options.services ?? [])];
  const network = new TestNetwork({ ...options, services });
  for (const each of people) requireDone(network.run([creation(each)], each.key));
  return network;
}

export function creation({ name, key }: Person): Action {
  return packAction(name, accountsInterface, "create", { name, key: publicKeyOf(key) });
}

/** Something that every account can do, and whose result can be counted. */
export function noteBy(sender: AccountName, number = 1): Action {
  return packAction(sender, notes, "add", { number, topic: sender, text: `${number}` });
}

/** What always fails. */
export function failureBy(sender: AccountName): Action {
  return packAction(sender, notes, "remove", { number: 99 });
}

/** How many notes the account has made. */
export function notesOf(network: TestNetwork, author: AccountName): number {
  const receipt = network.run(
    [packAction(alice.name, notes, "ofTopic", { topic: author })],
    alice.key,
  );
  const [packed] = receipt.results;
  const texts = packed === undefined ? undefined : notes.actions.ofTopic.result.unpack(packed);
  if (texts?.ok !== true) throw new Error("no notes");
  return texts.value.length;
}

export function createGroup(creator: Person, name: AccountName, group: Group): Action {
  return packAction(creator.name, authGroupInterface, "create", { name, group });
}

/** With a club that alice has made. */
export function withClub(group: Group, options: NetworkOptions = {}): TestNetwork {
  const network = networkOf(undefined, options);
  requireDone(network.run([createGroup(alice, club, group)], alice.key));
  return network;
}

/** Everybody weighs one. */
export function groupOf(threshold: number, ...members: readonly (Person | AccountName)[]): Group {
  return {
    threshold,
    members: members.map((member) => ({
      account: typeof member === "string" ? member : member.name,
      weight: 1,
    })),
  };
}

export function createOwned(creator: Person, name: AccountName, owner: AccountName): Action {
  return packAction(creator.name, authDelegateInterface, "create", { name, owner });
}

export function setAuthService(sender: AccountName, authService: AccountName): Action {
  return packAction(sender, accountsInterface, "setAuthService", { authService });
}

export function lock(sender: AccountName, name: AccountName = sender): Action {
  return packAction(sender, accountsInterface, "lock", { name });
}

export function signedBy(...people: readonly Person[]): readonly Prover[] {
  return people.map(({ key }) => signerOf(key));
}

/**
 * The code with which it failed; of one that was not authorized or whose proof was refused, the reason's code; "done".
 */
export function codeOf({ failure }: Receipt): string {
  if (failure === undefined) return "done";
  const reason = /\(([a-z-]+)\): /.exec(failure.message)?.[1];
  const wrapped = failure.code === "not-authorized" || failure.code === "proof-refused";
  return wrapped && reason !== undefined ? reason : failure.code;
}

export function requireDone(receipt: Receipt): Receipt {
  if (receipt.failure !== undefined) throw new Error(JSON.stringify(receipt.failure));
  return receipt;
}
