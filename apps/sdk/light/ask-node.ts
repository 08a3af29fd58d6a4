import { err, ok, type Result } from "@kith/protocol/result";

import { jsonOf, refusalIn, type Refusal } from "../client/json-answer.ts";
import type { StreamReader } from "../live.ts";
import { lightAnswerBytesMax } from "./limits.ts";

/**
 * What a light client needs of the runtime that it is in. It knows no clock, so whoever wants an end to the waiting says so here:
 *
 *     { fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(20_000) }) }
 */
export type LightPort = {
  readonly fetch: (
    url: string,
    init: { readonly method: "GET"; readonly headers: Record<string, string> },
  ) => Promise<LightAnswer>;
};

/** As much of a `Response` as is looked at. */
export type LightAnswer = {
  readonly status: number;
  readonly body: { getReader(): StreamReader } | null;
};

export type NodeError =
  /** The node does not answer that: `reason` is its code. It may lie about it, so ask another one. */
  | Refusal
  /** No node answers, or not to the end. */
  | { readonly code: "unreachable"; readonly url: string; readonly message: string }
  /** More than any answer has that is one. */
  | { readonly code: "answer-too-large"; readonly url: string; readonly bytesMax: number }
  /** It is no JSON. */
  | { readonly code: "answer-not-json"; readonly url: string };

/** GET, with JSON for an answer, of which no more is taken than an answer may have. */
export async function askNode(port: LightPort, url: string): Promise<Result<unknown, NodeError>> {
  try {
    const answer = await port.fetch(url, {
      method: "GET",
      headers: { accept: "application/json" },
    });
    const body = await readUpTo(answer.body, lightAnswerBytesMax);
    if (body === undefined) {
      return err({ code: "answer-too-large", url, bytesMax: lightAnswerBytesMax });
    }
    const json = jsonOf(body);
    if (answer.status === 200 && json !== undefined) return ok(json.value);
    const refusal = answer.status === 200 ? undefined : refusalIn(answer.status, json?.value);
    return err(refusal ?? { code: "answer-not-json", url });
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : String(fault);
    return err({ code: "unreachable", url, message });
  }
}

const startBytes = 16 * 1024;

/** Into one growing array: a liar that sends byte by byte makes no million parts. Undefined when there is more. */
async function readUpTo(
  body: LightAnswer["body"],
  bytesMax: number,
): Promise<Uint8Array | undefined> {
  let bytes = new Uint8Array(startBytes);
  let end = 0;
  const reader = body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return bytes.subarray(0, end);
    const { value } = part;
    if (value === undefined) continue;
    const needed = end + value.length;
    if (needed > bytesMax) {
      reader?.cancel().catch(() => undefined);
      return undefined;
    }
    if (needed > bytes.length) {
      const larger = new Uint8Array(Math.min(bytesMax, Math.max(needed, 2 * bytes.length)));
      larger.set(bytes.subarray(0, end));
      bytes = larger;
    }
    bytes.set(value, end);
    end = needed;
  }
}
