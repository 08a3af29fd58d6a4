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
  const encoding = { name: "content-encoding", value: "br" };
  return { ...reply, body, headers: [...reply.headers, encoding] };
}

/** A tag stands for the bytes that the service has made, and would have to be another one. */
function isWorthIt({ body, contentType, headers, status }: HttpReply): boolean {
  return (
    status === 200 &&
    body.length >= compressedReplyBytesMin &&
    readable.test(contentType) &&
    headers.every(({ name }) => !/^(?:content-encoding|etag)$/i.test(name))
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
