import { receiptCodec } from "@kith/protocol/receipt";
import { err, ok, type Result } from "@kith/protocol/result";

import { refusalOf, type Answered } from "./ask.ts";
import type { ClientError } from "./client-error.ts";
import type { Final } from "./connection.ts";

export const octets = "application/octet-stream";

/** What a node says became of a transaction. */
export function finalOf(answered: Answered): Result<Final, ClientError> {
  if (!answered.contentType.startsWith(octets)) return err(refusalOf(answered));
  const receipt = receiptCodec.unpack(answered.body);
  if (!receipt.ok) return err({ code: "answer-malformed", url: answered.url });
  const { failure, ...final } = receipt.value;
  if (failure === undefined) return ok(final);
  const { code: reason, ...told } = failure;
  const { transactionId } = final;
  return err({ code: "transaction-failed", transactionId, reason, ...told });
}
