import type { BlockId, TransactionId } from "@kith/protocol/ids";
import { parseBlockId } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";
import {
  packSigned,
  signingMessage,
  transactionCodec,
  transactionIdOfPacked,
} from "@kith/protocol/transactions";

import { buildTransaction } from "../transaction.ts";
import { ask, askJson, type Answered } from "./ask.ts";
import type { ClientError } from "./client-error.ts";
import { addressOf, type Connection, type Final, type Signer } from "./connection.ts";
import { finalOf, octets } from "./final-of.ts";

/** Long enough for a network that is being restarted; sent again within it, a transaction stays the same one. */
const expirationSeconds = 60 * 60;
const patienceMsByDefault = 60_000;
const retryMsMin = 200;
const retryMsMax = 3_000;

/**
 * Signs the actions as one transaction and sends it until it is final: all of them count, or none. The same bytes are
 * executed at most once, so sending them again after a lost answer is safe.
 */
export async function signAndSend(
  connection: Connection,
  signer: Signer,
  actions: readonly Action[],
): Promise<Result<Final, ClientError>> {
  const reference = await fetchReference(connection);
  if (!reference.ok) return reference;
  const nowMs = connection.port.now();
  const signed = await sign({ actions, reference: reference.value, nowMs }, signer);
  const { port, patienceMs = patienceMsByDefault } = connection;
  const startMs = port.now();
  for (let waitMs = retryMsMin; ; waitMs = Math.min(2 * waitMs, retryMsMax)) {
    const answered = await push(connection, signed.bytes);
    const waitedMs = port.now() - startMs;
    if (answered.ok && !isPassing(answered.value.status)) return finalOf(answered.value);
    // Also what got no answer may have arrived.
    if (waitedMs + waitMs > patienceMs) {
      return err({ code: "undecided", transactionId: signed.id, waitedMs });
    }
    await port.sleep(waitMs);
  }
}

type Reference = { readonly refBlockIndex: number; readonly refBlockId: BlockId };

async function fetchReference({ root, port }: Connection): Promise<Result<Reference, ClientError>> {
  const url = addressOf(root, undefined, "/common/tapos/head");
  const json = await askJson(port, url);
  if (!json.ok) return json;
  const refBlockIndex: unknown = Reflect.get(Object(json.value), "refBlockIndex");
  const idText: unknown = Reflect.get(Object(json.value), "refBlockId");
  const refBlockId = typeof idText === "string" ? parseBlockId(idText) : undefined;
  if (typeof refBlockIndex !== "number" || refBlockId?.ok !== true) {
    return err({ code: "answer-malformed", url });
  }
  return ok({ refBlockIndex, refBlockId: refBlockId.value });
}

type Signed = { readonly id: TransactionId; readonly bytes: Uint8Array };

type Unsigned = {
  readonly actions: readonly Action[];
  readonly reference: Reference;
  readonly nowMs: number;
};

async function sign({ actions, reference, nowMs }: Unsigned, signer: Signer): Promise<Signed> {
  const { refBlockIndex, refBlockId } = reference;
  const expiration = Math.floor(nowMs / 1000) + expirationSeconds;
  const keys = [signer.publicKey];
  const transaction = transactionCodec.pack(
    buildTransaction({ actions, expiration, refBlockIndex, keys }),
  );
  const id = transactionIdOfPacked(transaction);
  const proof = await signer.sign(signingMessage(id, refBlockId));
  return { id, bytes: packSigned({ transaction, proofs: [proof] }) };
}

function push(
  { root, port }: Connection,
  bytes: Uint8Array,
): Promise<Result<Answered, ClientError>> {
  const url = addressOf(root, "transact", "/push_transaction?wait_for=final");
  const headers = { "content-type": octets, accept: octets };
  return ask(port, url, { method: "POST", headers, body: new Uint8Array(bytes) });
}

/** The node could not say: no leader, too much waiting, not final yet, stopping. */
function isPassing(status: number): boolean {
  return status === 408 || status >= 500;
}
