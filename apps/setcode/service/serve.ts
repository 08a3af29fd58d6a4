import type { QueryContext } from "@kith/sdk/context";
import { queryParameters } from "@kith/sdk/query-parameters";
import { errorReply, jsonReply, type HttpReply, type HttpRequest } from "@kith/sdk/reply";
import { javaScript } from "@kith/sdk/system/setcode";
import { parseAccountName, parseChecksum, type AccountName, type Checksum } from "@kith/sdk/types";

import { askedHashesMax, stagedPiecesMax } from "./limits.ts";
import { codes, contents, installed, staged } from "./tables.ts";

/** What somebody who installs, or wants to see what runs, asks `setcode`. */
export function serveInstallers(
  context: QueryContext,
  request: HttpRequest,
): HttpReply | undefined {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  if (request.path === "/code") return forAccount(context, request, codeReply);
  if (request.path === "/staged") return forAccount(context, request, stagedReply);
  if (request.path === "/known") return knownReply(context, request);
  if (request.path.startsWith(contentsPath)) return contentReply(context, request);
  return undefined;
}

const contentsPath = "/contents/";

function forAccount(
  context: QueryContext,
  { query }: HttpRequest,
  answer: (context: QueryContext, account: AccountName) => HttpReply,
): HttpReply {
  const account = parseAccountName(queryParameters(query).get("account") ?? "");
  if (!account.ok) return errorReply(400, "account-name-invalid", "`account` names whose code");
  return answer(context, account.value);
}

function codeReply(context: QueryContext, account: AccountName): HttpReply {
  const row = context.table(installed).get({ account });
  if (row === undefined) return errorReply(404, "code-unknown", `there is no code on ${account}`);
  const { codeHash, vm } = row;
  const sizeBytes = context.table(codes).get({ hash: codeHash })?.sizeBytes;
  return jsonReply({ codeHash, vm, sizeBytes });
}

function stagedReply(context: QueryContext, account: AccountName): HttpReply {
  const rows = context.table(staged).range({ prefix: { account }, limit: stagedPiecesMax });
  return jsonReply({ pieces: rows.map(({ hash, sizeBytes }) => ({ hash, sizeBytes })) });
}

function knownReply(context: QueryContext, { query }: HttpRequest): HttpReply {
  const texts = (queryParameters(query).get("hashes") ?? "").split(",");
  if (texts.length > askedHashesMax) {
    return errorReply(413, "too-many-hashes", `ask for at most ${askedHashesMax} at once`);
  }
  const known: Checksum[] = [];
  for (const text of texts) {
    const hash = parseChecksum(text);
    if (!hash.ok) return errorReply(400, "hash-malformed", "`hashes` are sha256 in hex");
    if (context.table(codes).has({ hash: hash.value })) known.push(hash.value);
  }
  return jsonReply({ known });
}

/** The source is public, and only for reading: as text, it runs in no browser. */
function contentReply(context: QueryContext, { path }: HttpRequest): HttpReply {
  const hash = parseChecksum(path.slice(contentsPath.length));
  if (!hash.ok) return errorReply(400, "hash-malformed", "the path ends with a sha256 in hex");
  const stored = context.table(codes).get({ hash: hash.value });
  const content = context.table(contents).get({ hash: hash.value });
  if (stored === undefined || content === undefined) {
    return errorReply(404, "code-unknown", "no account has this code");
  }
  const contentType = stored.vm === javaScript ? "text/plain; charset=utf-8" : "application/wasm";
  const headers = [{ name: "etag", value: `"${hash.value}"` }];
  return { status: 200, contentType, headers, body: content.code };
}
