import { errorAnswer } from "./error-answer.ts";
import type { RequestContext } from "./http-env.ts";
import { checkAsker } from "./who-asks.ts";

/** Answers what a browser asks before a page may send; only pages that may send are told so. */
export function preflightOfNetwork(request: Request, { host }: RequestContext): Response {
  const allowed = checkAsker("push-transaction", request.headers, host);
  if (!allowed.ok) return errorAnswer(allowed.error);
  const answer = new Response(null, { status: 204, headers: { allow: "POST, OPTIONS" } });
  if (request.headers.has("origin")) {
    answer.headers.set("access-control-allow-methods", "POST");
    answer.headers.set("access-control-allow-headers", "content-type, accept");
    answer.headers.set("access-control-max-age", "600");
  }
  return allowOrigin(answer, request);
}

/** Lets the page that was allowed to send also read the answer, whatever it is. */
export function allowOrigin(answer: Response, { headers }: Request): Response {
  const origin = headers.get("origin");
  if (origin !== null) answer.headers.set("access-control-allow-origin", origin);
  answer.headers.append("vary", "origin");
  return answer;
}
