import { randomBytes } from "node:crypto";

import { toHex } from "@kith/protocol/hashes";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";

import type { LoadAccount } from "./load/job.ts";
import { HttpConnection } from "./load/http-connection.ts";
import { fetchReference, pushRequest, TransactionSigner } from "./load/kith-client.ts";

export type BenchAccount = {
  readonly account: string;
  readonly secretKey: string;
  readonly push: (actions: readonly Action[]) => Promise<void>;
};

type Node = { readonly rootHost: string; readonly port: number };

/** A new account with a key of its own, made by a transaction. */
export async function createAccount(node: Node, account: string): Promise<BenchAccount> {
  const secret = Uint8Array.from(randomBytes(32));
  const signer = new TransactionSigner(secret);
  const name = accountNameConstant(account);
  const push = async (actions: readonly Action[]): Promise<void> => {
    const connection = await HttpConnection.open(node.port);
    const packed = signer.sign(actions, await fetchReference(connection, node));
    const request = pushRequest(`transact.${node.rootHost}:${node.port}`, packed);
    const { status, body } = await connection.request(request);
    connection.close();
    if (status !== 200) throw new Error(`${status} ${Buffer.from(body).toString()}`);
  };
  const rawData = accountsInterface.actions.create.args.pack({ name, key: signer.publicKey });
  const method = methodNameConstant("create");
  await push([{ sender: name, service: accountsInterface.name, method, rawData }]);
  return { account, secretKey: toHex(secret), push };
}

/** An account for each of so many clients. */
export function createAccounts(node: Node, count: number): Promise<readonly BenchAccount[]> {
  const names = Array.from({ length: count }, (_, index) => `load-c${index}`);
  return Promise.all(names.map((name) => createAccount(node, name)));
}

export function loadAccountOf({ account, secretKey }: BenchAccount): LoadAccount {
  return { account, secretKey };
}
