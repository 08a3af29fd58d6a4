import type { AccountName } from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";

import { isLoginError } from "./login-message.ts";
import type { LoggedIn, LoginError, LoginPort } from "./login-port.ts";
import type { QueryError } from "./node-port.ts";
import { sessionTokenOf } from "./session-cookie.ts";

/** How a request says in whose name it asks. */
export type Login = { readonly token: string; readonly from: "header" | "cookie" };

/** Undefined for a request in nobody's name. What stands in another scheme than Bearer is a proxy's business. */
export function loginOf(request: Request): Login | undefined {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const token = /^bearer +(?<token>\S+) *$/i.exec(authorization)?.groups?.["token"];
    if (token !== undefined) return { token, from: "header" };
  }
  const token = sessionTokenOf(request);
  return token === undefined ? undefined : { token, from: "cookie" };
}

/**
 * Who asks. A token that somebody sends and that does not count is an error; a cookie that does not count any more is what
 * becomes of every session, and leaves a page that everybody sees.
 */
export async function userOf(
  logins: LoginPort,
  { token, from }: Login,
  app: AccountName,
): Promise<Result<LoggedIn | undefined, LoginError | QueryError>> {
  const found = await logins.whoAsks(token, app);
  const isOver = !found.ok && isLoginError(found.error) && from === "cookie";
  return isOver ? ok(undefined) : found;
}

/** Lets no cache on the way give one person's answer to another one; their own browser has to ask again whether it holds. */
export function keepPrivate(answer: Response): Response {
  const { headers } = answer;
  if (!/\bno-store\b/.test(headers.get("cache-control") ?? "")) {
    headers.set("cache-control", "private, no-cache");
  }
  headers.append("vary", "authorization, cookie");
  return answer;
}
