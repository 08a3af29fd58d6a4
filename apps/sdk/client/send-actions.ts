import type { BlockId, TransactionId } from "@kith/protocol/ids";
import { parseBlockId } from "@kith/protocol/ids";
import { receiptCodec } from "@kith/protocol/receipt";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";
import {
  packSigned,
  signingMessage,
  transactionCodec,
  transactionIdOfPacked,
} from "@kith/protocol/transactions";

import { buildTransaction } from "../transaction.ts";
import { ask, askJson, refusalOf, type Answered } from "./ask.ts";
import type { ClientError } from "./client-error.ts";
import { addressOf, type Connection, type Final, type Signer } from "./connection.ts";

/** Long enough for a network that is being restarted; sent again within it, a transaction stays the same one. */
const expirationSeconds = 60 * 60;
const patienceMsByDefault = 60_000;
const retryMsMin = 200;
const retryMsMax = 3_000;
const octets = "application/octet-stream";

/**
 * Signs the actions as one transaction and sends it until it is final: all of them count, or none. The same bytes are
 * executed at most once, so sending them again after a lost answer is safe.
 */
export async function sendActions(
  connection: Connection,
  actions: readonly Action[],
): Promise<Result<Final, ClientError>> {
  const { signer } = connection;
  if ("send" in signer) return signer.send(actions);
  const reference = await fetchReference(connection);
  if (!reference.ok) return reference;
  const nowMs = connection.port.now();
  const signed = await sign({ actions, reference: reference.value, nowMs }, signer);
  const { port, patienceMs = patienceMsByDefault } = connection;
  const startMs = port.now();
  for (let waitMs = retryMsMin; ; waitMs = Math.min(2 * waitMs, retryMsMax)) {
    const answered = await push(connection, signed.bytes);
    const waitedMs = port.now() - startMs;
    if (answered.ok && !isPassing(answered.value.status)) return judge(answered.value);
    // Also what got no answer may have arrived.
    if (waitedMs + waitMs > patienceMs) {
      return err({ code: "undecided", transactionId: signed.id, waitedMs });
    }
    await port.sleep(waitMs);
  }
}

/** Asks what became of a transaction; undefined when the network does not know it (yet, or any more). */
export async function receiptOf(
  { root, port }: Pick<Connection, "root" | "port">,
  id: TransactionId,
): Promise<Result<Final | undefined, ClientError>> {
  const url = addressOf(root, "transact", `/transactions/${id}`);
  const answered = await ask(port, url, { method: "GET", headers: { accept: octets } });
  if (!answered.ok) return answered;
  return answered.value.status === 404 ? ok(undefined) : judge(answered.value);
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

function judge(answered: Answered): Result<Final, ClientError> {
  if (!answered.contentType.startsWith(octets)) return err(refusalOf(answered));
  const receipt = receiptCodec.unpack(answered.body);
  if (!receipt.ok) return err({ code: "answer-malformed", url: answered.url });
  const { failure, ...final } = receipt.value;
  if (failure === undefined) return ok(final);
  const { code: reason, ...told } = failure;
  const { transactionId } = final;
  return err({ code: "transaction-failed", transactionId, reason, ...told });
}
