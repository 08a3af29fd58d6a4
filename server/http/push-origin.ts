import { err, ok, type Result } from "@kith/protocol/result";

import { errorAnswer } from "./error-answer.ts";
import type { RequestContext } from "./http-env.ts";
import type { RequestError } from "./http-error.ts";

/**
 * A transaction carries its own authority, so a page that sends one can do no more than its signer allowed. Pages of
 * other networks are still refused: they would make their visitors' browsers, and the networks that those sit in,
 * knock on this node.
 */
export function checkSameNetwork(
  request: Request,
  authority: string,
): Result<string | undefined, RequestError> {
  const origin = request.headers.get("origin");
  if (origin === null) return ok(undefined);
  const host = hostOf(origin);
  if (host === authority || host.endsWith(`.${authority}`)) return ok(origin);
  return err({ code: "origin-not-allowed", origin: origin.slice(0, 200) });
}

export function preflightOfNetwork(request: Request, context: RequestContext): Response {
  const allowed = checkSameNetwork(request, context.host.authority);
  if (!allowed.ok) return errorAnswer(allowed.error);
  const headers = new Headers({ vary: "origin", allow: "POST, OPTIONS" });
  if (allowed.value !== undefined) {
    headers.set("access-control-allow-origin", allowed.value);
    headers.set("access-control-allow-methods", "POST");
    headers.set("access-control-allow-headers", "content-type, accept");
    headers.set("access-control-max-age", "600");
  }
  return new Response(null, { status: 204, headers });
}

/** Lets the page that was allowed to send also read the answer. */
export function allowOrigin(answer: Response, origin: string): void {
  answer.headers.set("access-control-allow-origin", origin);
  answer.headers.append("vary", "origin");
}

function hostOf(origin: string): string {
  const match = /^https?:\/\/([a-z0-9.:-]+)$/.exec(origin);
  return match?.[1] ?? "";
}
