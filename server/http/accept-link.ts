import { errorAnswer } from "./error-answer.ts";
import { checkAsker } from "./who-asks.ts";

/** Nodes know each other by address, so any Host will do; their links are at `/p2p`. */
export function isLinkRequest(url: string): boolean {
  if (!url.endsWith(linkPath)) return false;
  const start = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
  return url.length - start === linkPath.length;
}

/** Why this request cannot become a link; undefined when it can. */
export function refuseLink(request: Request): Response | undefined {
  const { headers, method } = request;
  // No page has business on a link, and a browser always says that it is one.
  const allowed = checkAsker("link", headers, undefined);
  if (!allowed.ok) return errorAnswer(allowed.error);
  if (method !== "GET") return errorAnswer({ code: "method-not-allowed", method, allow: "GET" });
  if (headers.get("upgrade")?.toLowerCase() === "websocket") return undefined;
  return noLink();
}

export function noLink(): Response {
  return errorAnswer({ code: "upgrade-needed", protocol: "websocket" });
}

const linkPath = "/p2p";
