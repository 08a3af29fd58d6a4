import { randomBytes } from "node:crypto";

import { object, u32 } from "@kith/protocol/fracpack";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";

import type { Client } from "./closed-loop.ts";
import { valueBytes } from "./etcd-client.ts";
import { HttpConnection } from "./http-connection.ts";
import type { FloodTarget } from "./job.ts";
import { fetchReference, pushRequest, storeValue, TransactionSigner } from "./kith-client.ts";

const burnArguments = object({ rounds: u32 });
/** A reference block is forgotten some time after it was named. */
const referenceMsMax = 2000;
/** What one connection sends between two looks at how often it was refused: it must not fill the machine by itself. */
const refusedPauseMs = 5;

/** Goes on whatever the answer is: refused, failed or done. */
export async function openFloodClient(target: FloodTarget): Promise<Client> {
  const connection = await HttpConnection.open(target.port);
  const signer = new TransactionSigner(bytesOfTrustedHex(target.account.secretKey));
  const host = `transact.${target.rootHost}:${target.port}`;
  let reference = await fetchReference(connection, target);
  let fetchedMs = performance.now();
  let serial = Math.floor(Math.random() * 1_000_000);
  return {
    send: async () => {
      if (performance.now() - fetchedMs > referenceMsMax) {
        reference = await fetchReference(connection, target);
        fetchedMs = performance.now();
      }
      const packed = signer.sign([actionOf(target, serial++)], reference);
      const { status } = await connection.request(pushRequest(host, packed));
      if (status === 429 || status === 503) await Bun.sleep(refusedPauseMs);
    },
    close: () => connection.close(),
  };
}

/** No two of them are the same bytes. */
function actionOf({ account, burn }: FloodTarget, serial: number): Action {
  const sender = accountNameConstant(account.account);
  if (burn === undefined) return storeValue(sender, Uint8Array.from(randomBytes(valueBytes)));
  const service = accountNameConstant(burn.service);
  const rawData = burnArguments.pack({ rounds: burn.rounds + (serial % 100_000) });
  return { sender, service, method: methodNameConstant("burn"), rawData };
}
