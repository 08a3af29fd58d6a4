import { setTimeout as sleep } from "node:timers/promises";

import type { TransactionId } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";
import { buildTransaction, signTransaction, type Signed } from "@kith/sdk/transaction";

import type { CliError } from "./cli-error.ts";
import { exchange, type Answer } from "./http-exchange.ts";
import type { SigningKey } from "./key-file.ts";
import {
  getJson,
  hostOf,
  parseAnswer,
  receiptAnswer,
  referenceAnswer,
  refusalOf,
  type NodeClient,
  type ReceiptAnswer,
} from "./node-client.ts";

export type SendOptions = {
  readonly node: NodeClient;
  readonly key: SigningKey;
  /** How long the network may take to decide, all retries together. */
  readonly patienceMs?: number;
};

/** A transaction may wait for the network this long; sent again within it, it stays the same transaction. */
const expirationSeconds = 60 * 60;
const defaultPatienceMs = 120_000;
const retryMsMin = 200;
const retryMsMax = 3000;
/** A little longer than the node itself waits for finality. */
const answerTimeoutMs = 30_000;

/**
 * Signs the actions once and sends the same bytes until the network has decided. A transaction's id is executed at
 * most once, so sending it again after a lost answer is safe.
 */
export async function sendActions(
  actions: readonly Action[],
  options: SendOptions,
): Promise<Result<ReceiptAnswer, CliError>> {
  const reference = await getJson(options.node, { target: "/common/tapos/head" }, referenceAnswer);
  if (!reference.ok) return reference;
  const transaction = buildTransaction({
    actions,
    expiration: Math.floor(Date.now() / 1000) + expirationSeconds,
    refBlockIndex: reference.value.refBlockIndex,
    keys: [options.key.publicKey],
  });
  const signed = signTransaction(transaction, reference.value.refBlockId, options.key.secret);
  return deliver(signed, options);
}

async function deliver(
  signed: Signed,
  { node, patienceMs = defaultPatienceMs }: SendOptions,
): Promise<Result<ReceiptAnswer, CliError>> {
  const startMs = performance.now();
  let waitMs = retryMsMin;
  let lastReason = "";
  for (;;) {
    const answer = await exchange(node.address, {
      method: "POST",
      host: hostOf(node, "transact"),
      target: "/push_transaction?wait_for=final",
      headers: { "content-type": "application/octet-stream", accept: "application/json" },
      body: signed.bytes,
      timeoutMs: answerTimeoutMs,
    });
    if (answer.ok && !isPassing(answer.value.status)) return judge(node, answer.value);
    lastReason = answer.ok ? "" : answer.error;
    const waitedMs = performance.now() - startMs;
    if (waitedMs + waitMs > patienceMs)
      return undecided(node, { id: signed.id, waitedMs, lastReason });
    await sleep(waitMs);
    waitMs = Math.min(waitMs * 2, retryMsMax);
  }
}

/** The node could not say: no leader, too much waiting, not final yet, stopping. */
function isPassing(status: number): boolean {
  return status === 408 || status >= 500;
}

function judge(node: NodeClient, answer: Answer): Result<ReceiptAnswer, CliError> {
  if (answer.status !== 200) return err(refusalOf(node.address, answer));
  const receipt = parseAnswer(node.address, answer, receiptAnswer);
  if (!receipt.ok) return receipt;
  return ok(receipt.value);
}

type Undecided = {
  readonly id: TransactionId;
  readonly waitedMs: number;
  readonly lastReason: string;
};

function undecided(
  node: NodeClient,
  { id, waitedMs, lastReason }: Undecided,
): Result<never, CliError> {
  if (lastReason !== "") {
    return err({ code: "node-unreachable", url: node.address.text, reason: lastReason });
  }
  const waitedSeconds = Math.round(waitedMs / 1000);
  return err({ code: "not-final", transactionId: id, waitedSeconds });
}
