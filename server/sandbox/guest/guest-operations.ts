import { hostOperations } from "@kith/protocol/guest-abi";
import { fromHex, sha256, toHex } from "@kith/protocol/hashes";
import { parseAccountName, parseMethodName } from "@kith/protocol/names";
import { ServiceAbort, type ActionHost, type QueryHost } from "@kith/protocol/service-abi";
import { packText, unpackText } from "@kith/protocol/texts";

import type { Answer, Asked, Operate, Operations } from "./operation.ts";

/** A query's host has no caller, no transaction and no way to write. */
const notHere = "not-in-queries";

/** What every guest may ask for, services and plugins: texts, hashes, who it is, and calls of others. */
export const guestOperations: Operations = new Map<number, Operate>([
  [hostOperations.encodeText, (_, { text }) => packText(text ?? "")],
  [hostOperations.decodeText, (_, { input }) => textAnswer(input)],
  [hostOperations.isUtf8, (_, { input }) => (unpackText(input) === undefined ? 0 : 1)],
  [hostOperations.encodeHex, (_, { input }) => packText(toHex(input))],
  [hostOperations.decodeHex, (_, { text }) => hexOf(text ?? "")],
  [hostOperations.sha256, (_, { input }) => sha256(input)],
  [hostOperations.self, (host) => packText(host.self)],
  [hostOperations.sender, (host) => packText(ofAction(host).sender)],
  [hostOperations.call, call],
]);

function call(host: QueryHost, { words, input }: Asked): Answer {
  const serviceEnd = words[2] ?? 0;
  const methodEnd = serviceEnd + (words[3] ?? 0);
  const service = parseAccountName(textOf(input.subarray(0, serviceEnd)));
  const method = parseMethodName(textOf(input.subarray(serviceEnd, methodEnd)));
  if (!service.ok || !method.ok) throw malformed("the name of a service or an action");
  return host.call(service.value, method.value, input.slice(methodEnd));
}

function hexOf(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (!bytes.ok) throw malformed("hex");
  return bytes.value;
}

function textAnswer(bytes: Uint8Array): Answer {
  const text = unpackText(bytes);
  return text === undefined ? undefined : { text };
}

export function textOf(bytes: Uint8Array): string {
  const text = unpackText(bytes);
  if (text === undefined) throw malformed("a text");
  return text;
}

export function malformed(what: string): ServiceAbort {
  return new ServiceAbort("host-call-malformed", `${what} of a host call is unreadable`);
}

/** Which of the two a host is, it shows by what it has. */
export function ofAction(host: QueryHost): ActionHost {
  if (!isActionHost(host))
    throw new ServiceAbort(notHere, "a query has no caller and writes nothing");
  return host;
}

function isActionHost(host: QueryHost): host is ActionHost {
  return "put" in host;
}
