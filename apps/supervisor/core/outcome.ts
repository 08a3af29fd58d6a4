import { receiptCodec, type Receipt } from "@kith/protocol/receipt";

import type { FailureFacts } from "./failure.ts";

/** What a node says became of a transaction. */
export type Outcome =
  /** Without a receipt: it was executed, and whoever can be asked does not know how that went. */
  | { readonly kind: "final"; readonly receipt?: Receipt }
  /** It will not count. */
  | ({ readonly kind: "failed" } & FailureFacts)
  /** Nobody can say yet: it may be sent again. */
  | ({ readonly kind: "undecided" } & FailureFacts);

/** Of a node that got a state without its blocks (decision 0139): that it was executed, and without a receipt. */
const executedElsewhere = "already-executed";
const octets = "application/octet-stream";

export async function outcomeOf(answer: Response): Promise<Outcome> {
  if (answer.headers.get("content-type")?.startsWith(octets) === true) {
    const receipt = receiptCodec.unpack(new Uint8Array(await answer.arrayBuffer()));
    if (!receipt.ok) return undecided("answer-malformed", "the node's answer is no receipt");
    const { failure } = receipt.value;
    if (failure === undefined) return { kind: "final", receipt: receipt.value };
    return { kind: "failed", code: failure.code, message: failure.message };
  }
  const json: unknown = await answer.json().catch(() => undefined);
  const code = textIn(json, "code") ?? "answer-malformed";
  // What was made for it is kept: nobody could make it again if it counts, and if not it does no harm.
  if (code === executedElsewhere) return { kind: "final" };
  const message = textIn(json, "message") ?? `the node answered ${answer.status}`;
  const isPassing = answer.status === 408 || answer.status === 429 || answer.status >= 500;
  return isPassing ? undecided(code, message) : { kind: "failed", code, message };
}

/** Others may have the receipt that this node does not. */
export async function isExecutedElsewhere(answer: Response): Promise<boolean> {
  if (answer.status !== 409) return false;
  const json: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  return textIn(json, "code") === executedElsewhere;
}

function undecided(code: string, message: string): Outcome {
  return { kind: "undecided", code, message };
}

function textIn(json: unknown, name: string): string | undefined {
  const text: unknown = Reflect.get(Object(json), name);
  return typeof text === "string" ? text : undefined;
}
