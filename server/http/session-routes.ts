import { Hono } from "hono";

import { errorAnswer } from "./error-answer.ts";
import type { HttpEnv } from "./http-env.ts";
import { onlyMethods } from "./method-not-allowed.ts";
import type { NodePort } from "./node-port.ts";
import { loginOf } from "./request-user.ts";
import { clearedCookie, sessionCookie } from "./session-cookie.ts";
import { checkAsker } from "./who-asks.ts";

/**
 * `/common/session` on an app's own host: POST with the app's login token as a bearer puts it into a cookie, DELETE takes it out
 * again. For the app's own pages alone.
 */
export function sessionRoutes(node: Pick<NodePort, "logins">): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.on(["POST", "DELETE"], "/common/session", async (context, next) => {
    const { headers } = context.req.raw;
    const allowed = checkAsker("session", headers, context.env.host);
    if (!allowed.ok) return errorAnswer(allowed.error);
    // A browser that does not say it cannot be told from a program that pretends to be one.
    const site = headers.get("sec-fetch-site");
    if (site === "same-origin") return next();
    return errorAnswer({
      code: "origin-not-allowed",
      origin: `another origin (${site ?? "none"})`,
    });
  });
  routes.post("/common/session", async (context) => {
    const { host } = context.env;
    if (host.kind === "root") return errorAnswer({ code: "not-found", path: "/common/session" });
    const login = loginOf(context.req.raw);
    if (login?.from !== "header") return errorAnswer({ code: "login-token-malformed" });
    const found = await node.logins.whoAsks(login.token, host.name);
    if (!found.ok) return errorAnswer(found.error);
    const seconds = found.value.expiresAt / 1_000_000 - Date.now() / 1000;
    return cookieAnswer(sessionCookie(login.token, seconds));
  });
  routes.delete("/common/session", () => cookieAnswer(clearedCookie));
  routes.all("/common/session", onlyMethods("POST, DELETE"));
  return routes;
}

function cookieAnswer(cookie: string): Response {
  const headers = { "set-cookie": cookie, "cache-control": "no-store" };
  return new Response(null, { status: 204, headers });
}
