import type { QueryContext } from "@kith/sdk/context";
import { queryParameters } from "@kith/sdk/query-parameters";
import { errorReply, jsonReply, type HttpReply, type HttpRequest } from "@kith/sdk/reply";
import { parseAccountName, type AccountName } from "@kith/sdk/types";

import { pageRowsDefault, pageRowsMax } from "./limits.ts";
import { balances, sharedBalances, tokens } from "./tables.ts";

type Parameters = ReadonlyMap<string, string>;

/**
 * JSON for pages and programs: `{ rows, next }`, rows as in the service's schema, `next` as the `after` of the next
 * page. Other paths are the site's.
 */
export function answer(context: QueryContext, request: HttpRequest): HttpReply | undefined {
  const [, first, id, part, ...more] = request.path.split("/");
  if (more.length > 0 || (first !== "tokens" && (id ?? part) !== undefined)) return undefined;
  const route = [first, id === undefined ? "" : "N", part ?? ""].join("/");
  const parameters = queryParameters(request.query);
  if (!routes.has(route)) return undefined;
  if (request.method !== "GET") return errorReply(405, "method-not-allowed", "only GET");
  const limit = limitOf(parameters);
  if (limit === undefined) return errorReply(400, "limit-invalid", `1 to ${pageRowsMax}`);
  const number = numberOf(id);
  switch (route) {
    case "tokens//":
      return listTokens(context, parameters, limit);
    case "tokens/N/":
      return number === undefined ? badNumber() : oneToken(context, number);
    case "tokens/N/holders":
      return number === undefined ? badNumber() : listHolders(context, number, parameters, limit);
    case "balances//":
      return listBalances(context, parameters, limit);
    default:
      return listShared(context, parameters, limit);
  }
}

const routes = new Set(["tokens//", "tokens/N/", "tokens/N/holders", "balances//", "shared//"]);

/** `?issuer=` for those of one issuer, `?after=` for the next page. */
function listTokens(context: QueryContext, parameters: Parameters, limit: number): HttpReply {
  const issuer = accountOf(parameters, "issuer");
  const after = numberOf(parameters.get("after"));
  if (issuer === "invalid") return badAccount("issuer");
  const behind = after === undefined ? {} : { after: { id: after } };
  const rows =
    issuer === undefined
      ? context.table(tokens).range({ ...behind, limit })
      : context.table(tokens).range({ index: "byIssuer", prefix: { issuer }, ...behind, limit });
  return page(rows.map(tokenJson), rows.length < limit ? undefined : rows.at(-1)?.id);
}

function oneToken(context: QueryContext, id: number): HttpReply {
  const token = context.table(tokens).get({ id });
  if (token === undefined) return errorReply(404, "token-unknown", `there is no token ${id}`);
  return jsonReply(tokenJson(token));
}

/** The largest balances first. `?after=AMOUNT.ACCOUNT` */
function listHolders(
  context: QueryContext,
  tokenId: number,
  parameters: Parameters,
  limit: number,
): HttpReply {
  const [amount, account] = cursorOf(parameters, 2);
  const name = accountNameOf(account);
  const hasCursor = parameters.has("after");
  if (hasCursor && (!isAmount(amount) || name === undefined)) return badCursor();
  const after =
    isAmount(amount) && name !== undefined ? { amount: BigInt(amount), account: name } : undefined;
  const rows = context.table(balances).range({
    index: "byAmount",
    prefix: { tokenId },
    ...(after === undefined ? {} : { after }),
    reverse: true,
    limit,
  });
  const last = rows.length < limit ? undefined : rows.at(-1);
  return page(
    rows.map(amountJson),
    last === undefined ? undefined : `${last.amount}.${last.account}`,
  );
}

/** `?account=` */
function listBalances(context: QueryContext, parameters: Parameters, limit: number): HttpReply {
  const account = accountOf(parameters, "account");
  if (account === undefined || account === "invalid") return badAccount("account");
  const after = numberOf(parameters.get("after"));
  const rows = context.table(balances).range({
    prefix: { account },
    ...(after === undefined ? {} : { after: { tokenId: after } }),
    limit,
  });
  return page(rows.map(amountJson), rows.length < limit ? undefined : rows.at(-1)?.tokenId);
}

/** `?creditor=` or `?debitor=`; `?after=ACCOUNT.TOKEN`, the other account. */
function listShared(context: QueryContext, parameters: Parameters, limit: number): HttpReply {
  const creditor = accountOf(parameters, "creditor");
  const debitor = accountOf(parameters, "debitor");
  if (creditor === "invalid") return badAccount("creditor");
  if (debitor === "invalid") return badAccount("debitor");
  const [otherText, tokenText] = cursorOf(parameters, 2);
  const other = accountNameOf(otherText);
  const tokenId = numberOf(tokenText);
  const hasCursor = parameters.has("after");
  if (hasCursor && (other === undefined || tokenId === undefined)) return badCursor();
  const rows = context.table(sharedBalances);
  const behind = (name: "creditor" | "debitor"): object =>
    other === undefined || tokenId === undefined ? {} : { after: { [name]: other, tokenId } };
  if (creditor !== undefined) {
    const found = rows.range({ prefix: { creditor }, ...behind("debitor"), limit });
    const last = found.length < limit ? undefined : found.at(-1);
    return page(found.map(amountJson), last && `${last.debitor}.${last.tokenId}`);
  }
  if (debitor === undefined) return badAccount("creditor");
  const wanted = { index: "byDebitor", prefix: { debitor }, ...behind("creditor"), limit } as const;
  const found = rows.range(wanted);
  const last = found.length < limit ? undefined : found.at(-1);
  return page(found.map(amountJson), last && `${last.creditor}.${last.tokenId}`);
}

function page(rows: readonly object[], next: number | string | undefined): HttpReply {
  return jsonReply(next === undefined ? { rows } : { rows, next: String(next) });
}

/** 64-bit numbers are texts in JSON. */
function amountJson(row: { readonly amount: bigint }): object {
  return { ...row, amount: String(row.amount) };
}

type Token = { readonly issued: bigint; readonly burned: bigint; readonly maxIssued: bigint };

function tokenJson(token: Token): object {
  const { issued, burned, maxIssued } = token;
  return { ...token, issued: `${issued}`, burned: `${burned}`, maxIssued: `${maxIssued}` };
}

function accountOf(parameters: Parameters, name: string): AccountName | "invalid" | undefined {
  const text = parameters.get(name);
  return text === undefined ? undefined : (accountNameOf(text) ?? "invalid");
}

function accountNameOf(text: string | undefined): AccountName | undefined {
  const name = text === undefined ? undefined : parseAccountName(text);
  return name?.ok === true ? name.value : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return undefined;
  return Number(text) <= 0xffff_ffff ? Number(text) : undefined;
}

function isAmount(text: string | undefined): text is string {
  return text !== undefined && /^[0-9]{1,20}$/.test(text) && BigInt(text) < 2n ** 64n;
}

function cursorOf(parameters: Parameters, parts: number): readonly (string | undefined)[] {
  return (parameters.get("after") ?? "").split(".", parts);
}

function limitOf(parameters: Parameters): number | undefined {
  const limit = numberOf(parameters.get("limit") ?? String(pageRowsDefault));
  return limit === undefined || limit < 1 || limit > pageRowsMax ? undefined : limit;
}

function badNumber(): HttpReply {
  return errorReply(404, "token-unknown", "a token is a number");
}

function badCursor(): HttpReply {
  return errorReply(400, "after-invalid", "after is the next of an earlier page");
}

function badAccount(name: string): HttpReply {
  return errorReply(400, "account-invalid", `${name} names an account`);
}
