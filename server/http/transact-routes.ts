import { zValidator } from "@hono/zod-validator";
import { toHex } from "@kith/protocol/hashes";
import { parseTransactionId, type TransactionId } from "@kith/protocol/ids";
import { transactionBytesMax } from "@kith/protocol/limits";
import { receiptCodec, type Receipt } from "@kith/protocol/receipt";
import { prepareTransaction } from "@kith/protocol/transactions";
import { Hono, type Context } from "hono";
import { z } from "zod";

import { preferredType } from "./accept-type.ts";
import { readBody } from "./body.ts";
import { errorAnswer } from "./error-answer.ts";
import type { HttpEnv } from "./http-env.ts";
import { isoOfMicroseconds } from "./iso-time.ts";
import { finalityTimeoutMs } from "./limits.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import type { FinalReceipt, NodePort, SubmitOutcome } from "./node-port.ts";
import { allowOrigin, preflightOfNetwork } from "./push-origin.ts";
import { refuseInvalid } from "./refuse-invalid.ts";
import { statusByCode } from "./status-by-code.ts";
import { checkAsker } from "./who-asks.ts";
import { within } from "./within.ts";

const pushQuery = z.strictObject({ wait_for: z.enum(["final", "applied"]).default("final") });
const receiptParameters = z.object({
  id: z.string().transform((text, context): TransactionId => {
    const id = parseTransactionId(text);
    if (id.ok) return id.value;
    context.addIssue("a transaction id is 64 hex digits in lower case");
    return z.NEVER;
  }),
});

type TransactOptions = { readonly finalityTimeoutMs?: number };

/** What `transact.<root>` adds to its pages: sending a transaction, and asking what became of it. */
export function transactRoutes(node: NodePort, options: TransactOptions = {}): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  const waitMs = options.finalityTimeoutMs ?? finalityTimeoutMs;
  routes.options("/push_transaction", (context) =>
    preflightOfNetwork(context.req.raw, context.env),
  );
  routes.post("/push_transaction", async (context, next) => {
    const { raw } = context.req;
    const allowed = checkAsker("push-transaction", raw.headers, context.env.host);
    if (!allowed.ok) return errorAnswer(allowed.error);
    await next();
    allowOrigin(context.res, raw);
    return undefined;
  });
  routes.post(
    "/push_transaction",
    zValidator("query", pushQuery, refuseInvalid),
    async (context) => {
      const answerType = receiptType(context);
      if (answerType === undefined) return errorAnswer(typeNotAcceptable);
      const contentType = context.req.header("content-type") ?? "none";
      if (contentType.split(";", 1)[0]?.trim().toLowerCase() !== octets) {
        return errorAnswer({ code: "content-type-unsupported", contentType, wanted: octets });
      }
      const body = await readBody(context.req.raw, { bytesMax: transactionBytesMax });
      if (!body.ok) return errorAnswer(body.error);
      if (body.value.length === 0) return errorAnswer({ code: "body-empty" });
      const submitted = node.submit(body.value, context.req.valid("query").wait_for);
      const outcome = await within(submitted, waitMs, notFinalYet);
      return answerOutcome(completed(node, outcome, body.value), answerType);
    },
  );
  routes.all("/push_transaction", onlyMethods("POST"));
  // What became of a transaction is public: also a page at another node may ask.
  routes.use("/transactions/:id", async (context, next) => {
    await next();
    context.res.headers.set("access-control-allow-origin", "*");
  });
  routes.get(
    "/transactions/:id",
    zValidator("param", receiptParameters, refuseInvalid),
    (context) => {
      const answerType = receiptType(context);
      if (answerType === undefined) return errorAnswer(typeNotAcceptable);
      const { id } = context.req.valid("param");
      const found = node.receipt(id);
      if (found === undefined) {
        const code = node.isExecuted(id) ? "receipt-elsewhere" : "receipt-unknown";
        return errorAnswer({ code, transactionId: id });
      }
      return receiptAnswer({ ...found, final: true }, answerType, 200);
    },
  );
  routes.all("/transactions/:id", onlyMethods("GET, HEAD"));
  return routes;
}

const json = "application/json";
const octets = "application/octet-stream";
type ReceiptType = typeof json | typeof octets;
const notFinalYet = { kind: "unavailable", reason: "not-final-yet" } as const;
const typeNotAcceptable = { code: "type-not-acceptable", available: [json, octets] } as const;

function receiptType(context: Context<HttpEnv>): ReceiptType | undefined {
  return preferredType(context.req.header("accept") ?? null, [json, octets]);
}

type Answered = FinalReceipt & { readonly final: boolean };

function answerOutcome(outcome: SubmitOutcome, type: ReceiptType): Response {
  switch (outcome.kind) {
    case "final":
      return receiptAnswer({ ...outcome, final: true }, type, statusOf(outcome.receipt));
    case "applied":
      return receiptAnswer({ ...outcome, final: false }, type, statusOf(outcome.receipt));
    case "refused":
      return errorAnswer(outcome.error);
    case "unavailable":
      return errorAnswer({
        code: outcome.reason,
        ...(outcome.id === undefined ? {} : { transactionId: outcome.id }),
      });
  }
}

/** A transaction that was sent before gets the same answer again; whoever has to ask again is told for what. */
function completed(node: NodePort, outcome: SubmitOutcome, bytes: Uint8Array): SubmitOutcome {
  const repeated = outcome.kind === "refused" && outcome.error.code === "already-executed";
  const nameless = outcome.kind === "unavailable" && outcome.id === undefined;
  if (!repeated && !nameless) return outcome;
  const prepared = prepareTransaction(bytes);
  if (!prepared.ok) return outcome;
  const { id } = prepared.value;
  if (nameless) return { ...outcome, id };
  const known = node.receipt(id);
  if (known !== undefined) return { kind: "final", ...known };
  // Others have executed it, and this node will have the receipt as soon as it gets there.
  return node.isExecuted(id) ? outcome : { kind: "unavailable", reason: "not-final-yet", id };
}

/** A transaction that failed is an error for whoever sent it, and a fact for whoever asks later. */
function statusOf(receipt: Receipt): number {
  return receipt.failure === undefined ? 200 : statusByCode["transaction-failed"];
}

function receiptAnswer(answered: Answered, type: ReceiptType, status: number): Response {
  const headers = new Headers({
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  if (type === octets) {
    return new Response(new Uint8Array(receiptCodec.pack(answered.receipt)), { status, headers });
  }
  return new Response(JSON.stringify(receiptJson(answered)), { status, headers });
}

/** psibase's JSON: bytes as hex, times as ISO 8601. A failure also reads like every other error here. */
function receiptJson({ receipt, blockId, final }: Answered): Record<string, unknown> {
  const { failure } = receipt;
  return {
    ...(failure === undefined ? {} : { code: failure.code, message: failure.message, failure }),
    transactionId: receipt.transactionId,
    final,
    blockNum: receipt.blockNum,
    ...(blockId === undefined ? {} : { blockId }),
    blockTime: isoOfMicroseconds(receipt.blockTime),
    index: receipt.index,
    results: receipt.results.map((result) => toHex(result)),
  };
}
