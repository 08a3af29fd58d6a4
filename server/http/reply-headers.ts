import type { HttpReply } from "@kith/protocol/http-message";
import { fillPolicy } from "@kith/protocol/site-policy";

import { activeHeaders } from "./document-headers.ts";
import { policyOfType } from "./policy-of-type.ts";

/**
 * What a service may say about its answer; everything else is this server's to say. So no service sets cookies, clears what
 * a browser keeps (`clear-site-data`), gives a worker a wider scope (`service-worker-allowed`), lets pages send credentials,
 * or allows its pages features of the browser.
 */
const serviceHeaders: ReadonlySet<string> = new Set([
  "access-control-allow-headers",
  "access-control-allow-methods",
  "access-control-allow-origin",
  "allow",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-security-policy",
  "cross-origin-opener-policy",
  "cross-origin-resource-policy",
  "etag",
  "link",
  "location",
  "referrer-policy",
  "vary",
]);

/**
 * A service's answer is public state, so any page may read it; it is never taken for another type than it claims.
 * `{{root}}` in a content security policy stands for the root host as this client reaches it (`fillPolicy`).
 */
export function replyHeaders(reply: HttpReply, authority: string): Headers {
  const headers = new Headers({
    "access-control-allow-origin": "*",
    "x-content-type-options": "nosniff",
  });
  for (const [name, value] of activeHeaders(reply.contentType, authority)) {
    headers.set(name, value);
  }
  for (const header of reply.headers) {
    const name = header.name.toLowerCase();
    const value = name === policyHeader ? fillPolicy(header.value, authority) : header.value;
    if (serviceHeaders.has(name) && isHeaderValue(value)) headers.set(name, value);
  }
  if (reply.contentType !== "" && isHeaderValue(reply.contentType)) {
    headers.set("content-type", reply.contentType);
  }
  shortenPolicy(headers, reply.contentType);
  return headers;
}

const policyHeader = "content-security-policy";

function shortenPolicy(headers: Headers, contentType: string): void {
  const policy = headers.get(policyHeader);
  if (policy === null) return;
  const shorter = policyOfType(policy, contentType);
  if (shorter === undefined || shorter === "") headers.delete(policyHeader);
  else headers.set(policyHeader, shorter);
}

/** Visible Latin-1, blanks and tabs: a service can neither end a header nor start one. */
function isHeaderValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}
