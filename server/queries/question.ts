import type { LoginQuestion } from "@kith/chain/login";
import { toHex } from "@kith/protocol/hashes";
import type { HttpRequest } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";

/**
 * What two requests have in common when one answer is good for both: everything that the service is shown, and whose
 * question it is. Only a GET
 * without a body is a question; the others have none.
 */
export function questionOf(
  service: AccountName,
  request: HttpRequest,
  user: AccountName | undefined,
): string | undefined {
  const { method, host, rootHost, path, query, headers, body } = request;
  if (method !== "GET" || body.length > 0) return undefined;
  let question = `${user ?? ""} ${service}\n${host}\n${rootHost}\n${path}\n${query}`;
  for (const { name, value } of headers) question += `\n${name}\n${value}`;
  return question;
}

/** No question of an account begins like this. */
export function questionOfLogin({ account, app, claim }: LoginQuestion): string {
  return `? ${account} ${app} ${claim.service} ${toHex(claim.rawData)}`;
}
