import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import type { TransactionId } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import { packAction, type Signed } from "@kith/sdk/transaction";
import { z } from "zod";

import { request, type NodeAddress } from "../http-client.ts";
import { draftOn, proved, referenceOf, type Person, type Reference } from "../transactions.ts";
import type { Outcome } from "./history.ts";
import type { Wanted } from "./object-pool.ts";
import type { Answer, Call } from "./objects.ts";
import { app } from "./service.ts";

/** Longer than any run: wrong clocks must not make transactions expire. */
const expirationSeconds = 2 * 86_400;

let drafted = 0;

/** A transaction that does the call, ready to be sent to any node. */
export function prepare(who: Person, reference: Reference, { object, call }: Wanted): Signed {
  // Two transactions with the same actions are two only when something about them differs.
  const expiration = Math.floor(Date.now() / 1000) + expirationSeconds + (drafted++ % 50_000);
  const unsigned = draftOn({ reference, expiration }, [actionOf(who, object, call)], [who.prover]);
  return { id: unsigned.id, bytes: proved(unsigned, [who.prover]) };
}

function actionOf({ name: sender }: Person, name: string, call: Call): Action {
  switch (call.kind) {
    case "set":
      return packAction(sender, app, "set", { name, value: call.value });
    case "swap":
      return packAction(sender, app, "swap", { name, expected: call.expected, value: call.value });
    case "read":
      return packAction(sender, app, "read", { name });
    case "append":
      return packAction(sender, app, "append", { name, item: call.item });
    case "read-list":
      return packAction(sender, app, "readList", { name });
  }
}

const receiptShape = z.object({
  blockNum: z.number(),
  blockId: z.string().optional(),
  index: z.number(),
  results: z.array(z.string()),
  failure: z.object({ code: z.string() }).optional(),
});

const errorShape = z.object({ code: z.string() });

/** Sends the transaction once. What a node does not answer, or answers without knowing, may have happened. */
export async function push(
  node: NodeAddress,
  { bytes }: Signed,
  { call, withinMs }: { readonly call: Call; readonly withinMs: number },
): Promise<Outcome> {
  try {
    const answer = await request(node, "transact", "/push_transaction", {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(bytes),
      signal: AbortSignal.timeout(withinMs),
    });
    const body: unknown = await answer.json();
    const receipt = receiptShape.safeParse(body);
    if (receipt.success) return outcomeOf(receipt.data, call);
    const { code } = errorShape.parse(body);
    // It was executed, and this node does not know how that went.
    if (code === "already-executed") return { kind: "unknown", code };
    return { kind: answer.status < 500 ? "failed" : "unknown", code };
  } catch (error) {
    const code = nameOf(error);
    return { kind: code === neverArrived ? "failed" : "unknown", code };
  }
}

/** How the runtime calls it when nobody listens. */
const neverArrived = "ECONNREFUSED";

/** What became of a transaction, as this node knows it; undefined when it knows of none. */
export async function lookUp(
  node: NodeAddress,
  id: TransactionId,
  call: Call,
): Promise<Outcome | undefined> {
  const answer = await request(node, "transact", `/transactions/${id}`);
  if (answer.status === 404) return undefined;
  return outcomeOf(receiptShape.parse(await answer.json()), call);
}

function outcomeOf(receipt: z.infer<typeof receiptShape>, call: Call): Outcome {
  const { blockNum, blockId, index, results, failure } = receipt;
  if (failure !== undefined) return { kind: "failed", code: failure.code };
  const place = { blockNum, blockId, index };
  return { kind: "answered", answer: answerOf(call, results[0] ?? ""), place };
}

function answerOf(call: Call, hex: string): Answer {
  const packed = bytesOfTrustedHex(hex);
  switch (call.kind) {
    case "set":
      return { kind: "done" };
    case "swap":
      return { kind: "swapped", swapped: unpacked(app.actions.swap.result.unpack(packed)) };
    case "read":
      return { kind: "value", value: unpacked(app.actions.read.result.unpack(packed)) };
    case "append":
      return { kind: "length", length: unpacked(app.actions.append.result.unpack(packed)) };
    case "read-list":
      return { kind: "list", items: unpacked(app.actions.readList.result.unpack(packed)) };
  }
}

function unpacked<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error("a result is not packed as its action declares");
  return result.value;
}

type Reading = {
  readonly object: string;
  readonly query: "value" | "valueBySql" | "items";
  readonly withinMs: number;
};

/** A linearizable read: the node first catches up with what was acknowledged anywhere, then it answers. */
export async function readThere(
  node: NodeAddress,
  { object, query, withinMs }: Reading,
): Promise<Outcome> {
  try {
    const signal = AbortSignal.timeout(withinMs);
    const head = await request(node, "", "/common/head?wait_for=acknowledged", { signal });
    if (!head.ok) return { kind: "unknown", code: errorShape.parse(await head.json()).code };
    await head.arrayBuffer();
    const answer = await request(node, app.name, `/query/${query}?name=${object}`, { signal });
    const body: unknown = await answer.json();
    if (!answer.ok) return { kind: "unknown", code: errorShape.parse(body).code };
    if (query === "items") {
      return { kind: "answered", answer: { kind: "list", items: z.array(z.number()).parse(body) } };
    }
    return { kind: "answered", answer: { kind: "value", value: z.number().parse(body) } };
  } catch (error) {
    return { kind: "unknown", code: nameOf(error) };
  }
}

export async function fetchReference(node: NodeAddress): Promise<Reference | undefined> {
  try {
    return await referenceOf(node);
  } catch {
    return undefined;
  }
}

/** What a failed request is called: the system's code, or the name of the error. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
