import { concatBytes } from "@kith/protocol/hashes";

import { Failure } from "./failure.ts";
import { soonest } from "./first-answer.ts";

/** Of one body. */
export type BodyLimits = {
  readonly bytesMax: number;
  /** So long nothing of it may come. */
  readonly silenceMs: number;
  /** So long all of it may take. */
  readonly patienceMs: number;
};

/**
 * A body. Undefined when it is not there in time: then it is let go. Throws `answer-too-long`, and no more of it is read than
 * that.
 */
export async function bytesWithin(
  { bytesMax, silenceMs, patienceMs }: BodyLimits,
  { body }: Pick<Response, "body">,
): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const lastMs = performance.now() + patienceMs;
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const leftMs = lastMs - performance.now();
    const read = await soonest([reader.read()], Math.min(silenceMs, leftMs));
    if (read?.done === true) return concatBytes(...parts);
    if (read !== undefined) {
      sizeBytes += read.value.length;
      parts.push(read.value);
      if (sizeBytes <= bytesMax) continue;
    }
    // Nobody waits until whoever sends it has heard of that.
    void reader.cancel().catch(() => undefined);
    if (read === undefined) return undefined;
    throw new Failure("answer-too-long", `an answer has at most ${bytesMax} bytes`);
  }
}
