import { concatBytes } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";

import type { RequestError } from "./http-error.ts";
import { bodyTimeoutMs } from "./limits.ts";

type BodyReader = {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
};

type BodyLimits = { readonly bytesMax: number; readonly timeoutMs?: number };

/** Reads a body that may lie about its length, may never end, or may drip: by size first, then as it arrives. */
export async function readBody(
  request: Request,
  { bytesMax, timeoutMs = bodyTimeoutMs }: BodyLimits,
): Promise<Result<Uint8Array, RequestError>> {
  const claimed = Number(request.headers.get("content-length") ?? 0);
  if (claimed > bytesMax) return err({ code: "body-too-large", bytesMax });
  const stream: ReadableStream<Uint8Array> | null = request.body;
  if (stream === null) return ok(new Uint8Array());
  const reader = stream.getReader();
  const timeout = Promise.withResolvers<"timeout">();
  const timer = setTimeout(() => timeout.resolve("timeout"), timeoutMs);
  try {
    return await readAll(reader, { bytesMax, timeoutMs, timeout: timeout.promise });
  } catch {
    // The client went away or broke the framing in the middle.
    return err({ code: "body-truncated" });
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(
  reader: BodyReader,
  limits: Required<BodyLimits> & { readonly timeout: Promise<"timeout"> },
): Promise<Result<Uint8Array, RequestError>> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const next = await Promise.race([reader.read(), limits.timeout]);
    if (next === "timeout") {
      void reader.cancel().catch(() => undefined);
      return err({ code: "body-timeout", timeoutMs: limits.timeoutMs });
    }
    if (next.value === undefined)
      return ok(parts.length === 1 && parts[0] ? parts[0] : concatBytes(...parts));
    sizeBytes += next.value.length;
    if (sizeBytes > limits.bytesMax) {
      void reader.cancel().catch(() => undefined);
      return err({ code: "body-too-large", bytesMax: limits.bytesMax });
    }
    parts.push(next.value);
  }
}
