import type { HttpHeader, HttpReply } from "@kith/protocol/http-message";
import type { Json } from "@kith/protocol/schema";
import { packText } from "@kith/protocol/texts";

/** What became of a request to a service. */
export type ServiceOutcome = {
  /** Undefined: it is left to others. */
  readonly reply: HttpReply | undefined;
  /** The reply says what went wrong; the service did not mean it. */
  readonly isFailure: boolean;
};

export function jsonOutcome(json: Json): ServiceOutcome {
  return { reply: jsonReply(200, json), isFailure: false };
}

/** An answer that says what is wrong: a code for programs, a message for people. */
export function failedOutcome(
  status: number,
  { code, message }: { readonly code: string; readonly message: string },
  headers: readonly HttpHeader[] = [],
): ServiceOutcome {
  return { reply: { ...jsonReply(status, { code, message }), headers }, isFailure: true };
}

function jsonReply(status: number, json: Json): HttpReply {
  const body = packText(JSON.stringify(json));
  return { status, contentType: "application/json", headers: [], body };
}
