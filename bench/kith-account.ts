import { randomBytes } from "node:crypto";

import { toHex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packAction } from "@kith/sdk/transaction";

import { HttpConnection } from "./load/http-connection.ts";
import type { LoadAccount } from "./load/job.ts";
import { fetchReference, pushRequest, TransactionSigner } from "./load/kith-client.ts";

export type BenchAccount = {
  readonly account: string;
  readonly name: AccountName;
  readonly secretKey: string;
  readonly push: (actions: readonly Action[]) => Promise<void>;
};

type Node = { readonly rootHost: string; readonly port: number };

/** A new account with a key of its own, made by a transaction. */
export async function createAccount(node: Node, account: string): Promise<BenchAccount> {
  const secret = Uint8Array.from(randomBytes(32));
  const made = accountWith(node, account, secret);
  const key = new TransactionSigner(secret).publicKey;
  await made.push([packAction(made.name, accountsInterface, "create", { name: made.name, key })]);
  return made;
}

/** An account whose key is known. */
export function accountWith(node: Node, account: string, secret: Uint8Array): BenchAccount {
  const signer = new TransactionSigner(secret);
  const push = async (actions: readonly Action[]): Promise<void> => {
    const connection = await HttpConnection.open(node.port);
    const packed = signer.sign(actions, await fetchReference(connection, node));
    const request = pushRequest(`transact.${node.rootHost}:${node.port}`, packed);
    const { status, body } = await connection.request(request);
    connection.close();
    if (status !== 200) throw new Error(`${status} ${Buffer.from(body).toString()}`);
  };
  return { account, name: accountNameConstant(account), secretKey: toHex(secret), push };
}

/** An account for each of so many clients. */
export function createAccounts(node: Node, count: number): Promise<readonly BenchAccount[]> {
  const names = Array.from({ length: count }, (_, index) => `load-c${index}`);
  return Promise.all(names.map((name) => createAccount(node, name)));
}

export function loadAccountOf({ account, secretKey }: BenchAccount): LoadAccount {
  return { account, secretKey };
}
