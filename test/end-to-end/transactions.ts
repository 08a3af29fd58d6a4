import { parseBlockId, type AccountName, type BlockId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import {
  buildTransaction,
  finishSigning,
  packAction,
  prepareSigning,
  publicKeyOf,
  type Unsigned,
} from "@kith/sdk/transaction";
import { z } from "zod";

import { signerOf, type Prover } from "../provers.ts";
import { request, type NodeAddress } from "./http-client.ts";

/** Somebody with a key, and an account once `create` was sent. */
export type Person = {
  readonly name: AccountName;
  readonly prover: Prover;
  readonly key: Uint8Array;
};

export function person(name: string, seed: number): Person {
  return personWith(name, new Uint8Array(32).fill(seed));
}

export function personWith(name: string, secretKey: Uint8Array): Person {
  const [prover, key] = [signerOf(secretKey), publicKeyOf(secretKey)];
  return { name: accountNameConstant(name), prover, key };
}

/** That this person has an account. */
export function creation({ name, key }: Person): Action {
  return packAction(name, accountsInterface, "create", { name, key });
}

const tapos = z.object({ refBlockIndex: z.number(), refBlockId: z.string() });

/** The block that a transaction is about to refer to. */
export type Reference = { readonly refBlockIndex: number; readonly refBlockId: BlockId };

export async function referenceOf(node: NodeAddress): Promise<Reference> {
  const answer = await request(node, "", "/common/tapos/head");
  const { refBlockIndex, refBlockId } = tapos.parse(await answer.json());
  const blockId = parseBlockId(refBlockId);
  if (!blockId.ok) throw new Error(`${refBlockId} is no block id`);
  return { refBlockIndex, refBlockId: blockId.value };
}

/** What a transaction says when it should say something else than a right one. */
export type Terms = {
  readonly reference: Reference;
  /** Seconds since the Unix epoch. */
  readonly expiration?: number;
};

let drafted = 0;

export function draftOn(
  { reference, expiration }: Terms,
  actions: readonly Action[],
  provers: readonly Prover[],
): Unsigned {
  const { refBlockIndex, refBlockId } = reference;
  // The same actions a second time are another transaction only when something about it differs.
  const usual = Math.floor(Date.now() / 1000) + 3600 + drafted++;
  const claims = provers.map(({ claim }) => claim);
  const terms = { expiration: expiration ?? usual, refBlockIndex, keys: [], claims };
  return prepareSigning(buildTransaction({ actions, ...terms }), refBlockId);
}

export async function draft(
  node: NodeAddress,
  actions: readonly Action[],
  provers: readonly Prover[],
): Promise<Unsigned> {
  return draftOn({ reference: await referenceOf(node) }, actions, provers);
}

export function proved(unsigned: Unsigned, provers: readonly Prover[]): Uint8Array {
  const proofs = provers.map(({ prove }) => prove(unsigned.message));
  return finishSigning(unsigned, proofs).bytes;
}

const bodyShape = z.record(z.string(), z.unknown());

export type Pushed = { readonly status: number; readonly body: z.infer<typeof bodyShape> };

/** Sends the transaction and waits until it is final or refused. */
export async function pushBytes(node: NodeAddress, bytes: Uint8Array): Promise<Pushed> {
  const answer = await request(node, "transact", "/push_transaction?wait_for=final", {
    method: "POST",
    headers: { "content-type": "application/octet-stream", accept: "application/json" },
    body: Buffer.from(bytes),
  });
  return { status: answer.status, body: bodyShape.parse(await answer.json()) };
}

/** "done", or the code of what is wrong: an auth service's or a verify service's own where it has said why. */
export async function push(node: NodeAddress, bytes: Uint8Array): Promise<string> {
  const { status, body } = await pushBytes(node, bytes);
  return status === 200 ? "done" : String(body["reason"] ?? body["code"]);
}

export async function send(
  node: NodeAddress,
  actions: readonly Action[],
  ...provers: readonly Prover[]
): Promise<string> {
  return push(node, proved(await draft(node, actions, provers), provers));
}

/** Sends it, and throws when it is not done. */
export async function sendDone(
  node: NodeAddress,
  actions: readonly Action[],
  ...provers: readonly Prover[]
): Promise<void> {
  const outcome = await send(node, actions, ...provers);
  if (outcome !== "done") throw new Error(`${actions[0]?.service}: ${outcome}`);
}
