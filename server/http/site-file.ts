import { brotliDecompress } from "node:zlib";

import type { HttpReply } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";

import type { EncodingWishes } from "./accept-encoding.ts";
import { decodedBytesMax } from "./limits.ts";
import { replyHeaders } from "./reply-headers.ts";

/** One form of a file, ready to be sent. */
export type Variant = {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The whole answer, to be cloned for each request. */
  readonly answer: Response;
  /** In quotes; undefined when the reply named none. */
  readonly etag: string | undefined;
};

type Decoded = { readonly kind: "ready"; readonly variant: Variant } | { readonly kind: "broken" };

/** A successful reply to a GET, in the encodings that can be had of it. */
export class SiteFile {
  readonly account: AccountName;
  /** As `sites` keeps it. */
  readonly stored: Variant;
  readonly storedEncoding: "br" | "identity";
  /** The plain form of a file that is stored as brotli, once somebody needed it. */
  #decoded: Decoded | undefined;
  #decoding: Promise<void> | undefined;
  /** Called when the file has come to take more room. */
  onGrown: () => void = () => undefined;

  constructor(account: AccountName, reply: HttpReply, authority: string) {
    this.account = account;
    const headers = replyHeaders(reply, authority);
    this.storedEncoding = headers.get("content-encoding") === "br" ? "br" : "identity";
    if (this.storedEncoding === "br") headers.set("vary", "accept-encoding");
    this.stored = variantOf(new Uint8Array(reply.body), headers);
  }

  /** Each form is kept as bytes, for ranges, and within its answer. */
  get sizeBytes(): number {
    const decodedBytes = this.#decoded?.kind === "ready" ? this.#decoded.variant.body.length : 0;
    return 2 * (this.stored.body.length + decodedBytes);
  }

  /** The form that the client wants most; "decode" when that form has to be made first, undefined when none will do. */
  choose({ br, identity }: EncodingWishes): Variant | "decode" | undefined {
    if (this.storedEncoding === "identity") return identity > 0 ? this.stored : undefined;
    if (br > 0 && br >= identity) return this.stored;
    if (identity <= 0) return undefined;
    if (this.#decoded === undefined) return "decode";
    if (this.#decoded.kind === "ready") return this.#decoded.variant;
    return br > 0 ? this.stored : undefined;
  }

  /** Decodes once, off the main path, however many clients wait for it. */
  decode(): Promise<void> {
    this.#decoding ??= decodeBrotli(this.stored.body).then((body) => {
      if (body === undefined) {
        this.#decoded = { kind: "broken" };
      } else {
        this.#decoded = { kind: "ready", variant: this.#plainVariant(body) };
        this.onGrown();
      }
    });
    return this.#decoding;
  }

  #plainVariant(body: Uint8Array<ArrayBuffer>): Variant {
    const headers = new Headers(this.stored.answer.headers);
    headers.delete("content-encoding");
    // Another representation needs another tag (RFC 9110 section 8.8.3.3).
    const { etag } = this.stored;
    if (etag?.endsWith('"') === true) headers.set("etag", `${etag.slice(0, -1)}-plain"`);
    return variantOf(body, headers);
  }
}

function variantOf(body: Uint8Array<ArrayBuffer>, headers: Headers): Variant {
  headers.set("accept-ranges", "bytes");
  return { body, etag: headers.get("etag") ?? undefined, answer: new Response(body, { headers }) };
}

/** Undefined when it is not brotli, or grows beyond what a file may have. */
function decodeBrotli(body: Uint8Array): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array<ArrayBuffer> | undefined>();
  brotliDecompress(body, { maxOutputLength: decodedBytesMax }, (error, decoded) => {
    resolve(error === null ? new Uint8Array(decoded) : undefined);
  });
  return promise;
}
