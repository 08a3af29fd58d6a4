import type { HttpReply } from "@kith/protocol/http-message";
import { packText } from "@kith/protocol/texts";

/** An answer of JSON. Whole numbers beyond 2^53 have to be texts already. */
export function jsonReply(value: unknown, status = 200): HttpReply {
  const body = packText(JSON.stringify(value));
  return { status, contentType: "application/json", headers: [], body };
}

/** An answer that says what is wrong: a code for programs, a message for people. */
export function errorReply(status: number, code: string, message: string): HttpReply {
  return jsonReply({ code, message }, status);
}

export { packText, unpackText } from "@kith/protocol/texts";
export type { HttpReply, HttpRequest } from "@kith/protocol/http-message";
