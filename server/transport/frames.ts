import { concatBytes } from "@kith/protocol/hashes";
import { frameBytesMax } from "@kith/protocol/limits";
import { err, ok, type Result } from "@kith/protocol/result";

/**
 * A record, which is what one frame carries sealed, is a row of parts: a tag byte, a length in two bytes, big-endian,
 * and so many bytes. A long message is cut into parts, so that what is urgent can go between them. Tags are permanent.
 */
const partKinds = { urgent: 0, bulk: 1, ping: 2, pong: 3 } as const;
export type PartKind = keyof typeof partKinds;
export type Lane = "urgent" | "bulk";

/** Set in the tag of a part whose message goes on in a later part of the same kind. */
const moreFollows = 0x80;
export const partHeaderBytes = 3;
export const pingBytes = 8;

export type FrameError =
  | { readonly code: "part-cut" }
  | { readonly code: "part-kind-unknown"; readonly tag: number }
  | { readonly code: "message-too-long"; readonly sizeBytes: number };

export type Received = { readonly kind: PartKind; readonly bytes: Uint8Array };

/** Writes one part's header at `at`. */
export function writePartHeader(
  record: Uint8Array,
  at: number,
  part: { readonly kind: PartKind; readonly more: boolean; readonly sizeBytes: number },
): void {
  record[at] = partKinds[part.kind] | (part.more ? moreFollows : 0);
  record[at + 1] = part.sizeBytes >> 8;
  record[at + 2] = part.sizeBytes & 255;
}

/** Puts messages together again; what it holds is bounded by one message a lane. */
export class Joiner {
  readonly #pending: Record<Lane, { parts: Uint8Array[]; sizeBytes: number }> = {
    urgent: { parts: [], sizeBytes: 0 },
    bulk: { parts: [], sizeBytes: 0 },
  };

  /** The messages that this record completes, in order. */
  push(record: Uint8Array): Result<readonly Received[], FrameError> {
    const received: Received[] = [];
    let at = 0;
    while (at < record.length) {
      const tag = record[at] ?? 0;
      const kind = kindByNumber[tag & ~moreFollows];
      if (kind === undefined) return err({ code: "part-kind-unknown", tag });
      const start = at + partHeaderBytes;
      const end = start + (((record[at + 1] ?? 0) << 8) | (record[at + 2] ?? 0));
      if (start > record.length || end > record.length) return err({ code: "part-cut" });
      const part = record.subarray(start, end);
      const message = this.#take(kind, part, (tag & moreFollows) !== 0);
      if (!message.ok) return message;
      if (message.value !== undefined) received.push({ kind, bytes: message.value });
      at = end;
    }
    return ok(received);
  }

  #take(
    kind: PartKind,
    part: Uint8Array,
    more: boolean,
  ): Result<Uint8Array | undefined, FrameError> {
    if (kind === "ping" || kind === "pong") {
      return more || part.length !== pingBytes ? err({ code: "part-cut" }) : ok(part);
    }
    if (part.length === 0) return err({ code: "part-cut" });
    const pending = this.#pending[kind];
    const sizeBytes = pending.sizeBytes + part.length;
    if (sizeBytes > frameBytesMax) return err({ code: "message-too-long", sizeBytes });
    if (!more && pending.parts.length === 0) return ok(compact(part));
    pending.parts.push(part);
    pending.sizeBytes = sizeBytes;
    if (more) return ok(undefined);
    const message = concatBytes(...pending.parts);
    this.#pending[kind] = { parts: [], sizeBytes: 0 };
    return ok(message);
  }
}

/** Whoever keeps a small message must not keep the large record that it came in. */
function compact(part: Uint8Array): Uint8Array {
  return part.length * 2 < part.buffer.byteLength ? part.slice() : part;
}

const kindByNumber: readonly (PartKind | undefined)[] = ["urgent", "bulk", "ping", "pong"];
