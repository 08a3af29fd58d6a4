import { concatBytes } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";

import type { RequestError } from "./http-error.ts";
import { bodyTimeoutMs } from "./limits.ts";
import { within } from "./within.ts";

type BodyLimits = { readonly bytesMax: number; readonly timeoutMs?: number };

/** Reads a body that may never end, or may drip: at once when its length is known, else as it arrives. */
export async function readBody(
  request: Request,
  { bytesMax, timeoutMs = bodyTimeoutMs }: BodyLimits,
): Promise<Result<Uint8Array, RequestError>> {
  const claimed = request.headers.get("content-length");
  if (Number(claimed ?? 0) > bytesMax) return err({ code: "body-too-large", bytesMax });
  const { body } = request;
  if (body === null) return ok(new Uint8Array());
  const reading = claimed === null ? readStream(body, bytesMax) : readWhole(request, bytesMax);
  const late = err({ code: "body-timeout", timeoutMs } as const);
  // Otherwise the client went away or broke the framing in the middle.
  return within(reading, timeoutMs, late).catch(() => err({ code: "body-truncated" }));
}

async function readWhole(
  request: Request,
  bytesMax: number,
): Promise<Result<Uint8Array, RequestError>> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  return bytes.length > bytesMax ? err({ code: "body-too-large", bytesMax }) : ok(bytes);
}

async function readStream(
  stream: ReadableStream<Uint8Array>,
  bytesMax: number,
): Promise<Result<Uint8Array, RequestError>> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of stream) {
    sizeBytes += part.length;
    // Leaving the loop cancels the stream.
    if (sizeBytes > bytesMax) return err({ code: "body-too-large", bytesMax });
    parts.push(part);
  }
  return ok(concatBytes(...parts));
}
