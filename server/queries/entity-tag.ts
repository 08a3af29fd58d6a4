import { concatBytes, sha256Hex } from "@kith/protocol/hashes";
import type { HttpReply } from "@kith/protocol/http-message";
import { packText } from "@kith/protocol/texts";

const tagDigits = 24;

/** A reply with an ETag of its content (RFC 9110 section 8.8.3), unless the service gave it one. */
export function withEntityTag(reply: HttpReply): HttpReply {
  if (reply.headers.some(({ name }) => name.toLowerCase() === "etag")) return reply;
  const hash = sha256Hex(concatBytes(packText(`${reply.contentType}\n`), reply.body));
  const etag = { name: "etag", value: `"${hash.slice(0, tagDigits)}"` };
  return { ...reply, headers: [...reply.headers, etag] };
}
