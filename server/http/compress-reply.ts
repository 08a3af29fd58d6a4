import { brotliCompress, constants } from "node:zlib";

import type { HttpReply } from "@kith/protocol/http-message";

import { parseAcceptEncoding } from "./accept-encoding.ts";
import { compressedReplyBytesMin } from "./limits.ts";

/** A tenth of a millisecond for what it makes of 20 KB: a fifth of that, which better levels make hardly smaller. */
const quality = 4;
const readable = /^(?:application\/json|text\/)/;

/**
 * A service's long answer in brotli for a client that wants it so. Whoever calls this knows that nobody's name is in the
 * question: how short a private answer gets tells what is in it.
 */
export async function compressReply(reply: HttpReply, accepted: string | null): Promise<HttpReply> {
  if (!isWorthIt(reply)) return reply;
  const { br, identity } = parseAcceptEncoding(accepted);
  if (br === 0 || br < identity) return reply;
  const body = await compress(reply.body);
  const headers = reply.headers.map(({ name, value }) =>
    name.toLowerCase() === "etag" ? { name, value: compressedTag(value) } : { name, value },
  );
  return { ...reply, body, headers: [...headers, { name: "content-encoding", value: "br" }] };
}

/** Another representation needs another tag (RFC 9110 section 8.8.3.3). */
function compressedTag(tag: string): string {
  return tag.endsWith('"') ? `${tag.slice(0, -1)}-br"` : tag;
}

function isWorthIt({ body, contentType, headers, status }: HttpReply): boolean {
  return (
    status === 200 &&
    body.length >= compressedReplyBytesMin &&
    readable.test(contentType) &&
    headers.every(({ name }) => name.toLowerCase() !== "content-encoding")
  );
}

function compress(body: Uint8Array): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
  };
  brotliCompress(body, { params }, (error, compressed) => {
    if (error === null) resolve(new Uint8Array(compressed));
    else reject(error);
  });
  return promise;
}
