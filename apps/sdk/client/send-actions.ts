import type { TransactionId } from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";

import { ask } from "./ask.ts";
import type { ClientError } from "./client-error.ts";
import { addressOf, type Connection, type Final } from "./connection.ts";
import { finalOf, octets } from "./final-of.ts";

/** The actions as one transaction, until it is final: all of them count, or none. */
export async function sendActions(
  connection: Connection,
  actions: readonly Action[],
): Promise<Result<Final, ClientError>> {
  const { signer } = connection;
  if ("send" in signer) return signer.send(actions);
  // Pages have no keys, and do without all that it takes to sign.
  const { signAndSend } = await import("./sign-and-send.ts");
  return signAndSend(connection, signer, actions);
}

/** Asks what became of a transaction; undefined when the network does not know it (yet, or any more). */
export async function receiptOf(
  { root, port }: Pick<Connection, "root" | "port">,
  id: TransactionId,
): Promise<Result<Final | undefined, ClientError>> {
  const url = addressOf(root, "transact", `/transactions/${id}`);
  const answered = await ask(port, url, { method: "GET", headers: { accept: octets } });
  if (!answered.ok) return answered;
  return answered.value.status === 404 ? ok(undefined) : finalOf(answered.value);
}
