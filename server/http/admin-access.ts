import { createHash, timingSafeEqual } from "node:crypto";

import { err, ok, type Result } from "@kith/protocol/result";

import type { HostTarget } from "./host.ts";
import type { RequestError } from "./http-error.ts";
import { checkAsker } from "./who-asks.ts";

type AdminRequest = {
  readonly headers: Headers;
  readonly host: HostTarget;
  /** The other end of the socket, never a header. */
  readonly remoteAddress: string | undefined;
  readonly adminKeys: readonly string[];
};

/**
 * Administration is for whoever sits at this machine, or holds a key from its data folder. A page in that person's
 * browser is neither: other origins are refused, sibling apps included, and a rebound name never gets here because
 * the Host header has to be this network's.
 */
export function checkAdmin(request: AdminRequest): Result<void, RequestError> {
  const allowed = checkAsker("administration", request.headers, request.host);
  if (!allowed.ok) return allowed;
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    return isAdminKey(authorization, request.adminKeys)
      ? ok(undefined)
      : err({ code: "admin-key-wrong" });
  }
  if (isLoopback(request.remoteAddress) && !isForwarded(request.headers)) return ok(undefined);
  return err({ code: "admin-key-needed" });
}

function isAdminKey(authorization: string, adminKeys: readonly string[]): boolean {
  const match = /^bearer +([!-~]+)$/i.exec(authorization);
  if (match?.[1] === undefined) return false;
  const given = digest(match[1]);
  // All keys are compared, so that the time says nothing about which one was close.
  return adminKeys.map((key) => timingSafeEqual(digest(key), given)).includes(true);
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === "::1" || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}

/** A proxy on this machine speaks for somebody else. */
function isForwarded(headers: Headers): boolean {
  return ["forwarded", "x-forwarded-for", "x-real-ip", "via"].some((name) => headers.has(name));
}
