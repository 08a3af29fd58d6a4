import type { QueryContext } from "@kith/sdk/context";
import { queryParameters } from "@kith/sdk/query-parameters";
import {
  errorReply,
  jsonReply,
  unpackText,
  type HttpReply,
  type HttpRequest,
} from "@kith/sdk/reply";
import { parseAccountName, parseChecksum, type Checksum } from "@kith/sdk/types";

import { askedHashesMax, listedFilesMax } from "./limits.ts";
import { siteOf } from "./site-settings.ts";
import { chunks, files } from "./tables.ts";

/**
 * What somebody who publishes asks `sites`: `GET /files?account=alice&after=/path` lists a site, a page at a time;
 * `POST /missing` with a JSON list of sha256 gives those that have to be uploaded.
 */
export function answerUploader(context: QueryContext, request: HttpRequest): HttpReply | undefined {
  if (request.path === "/files" && request.method === "GET") return listFiles(context, request);
  if (request.path === "/missing" && request.method === "POST") return missing(context, request);
  return undefined;
}

function listFiles(context: QueryContext, { query }: HttpRequest): HttpReply {
  const parameters = queryParameters(query);
  const account = parseAccountName(parameters.get("account") ?? "");
  if (!account.ok) return errorReply(400, "account-name-invalid", "`account` names whose files");
  const after = parameters.get("after");
  const rows = context.table(files).range({
    prefix: { account: account.value },
    ...(after === undefined ? {} : { after: { path: after } }),
    limit: listedFilesMax,
  });
  const site = siteOf(context, account.value);
  const listed = rows.map(
    ({ path, hash, sizeBytes, storedBytes, contentType, encoding, immutable }) => {
      return { path, hash, sizeBytes, storedBytes, contentType, encoding, immutable };
    },
  );
  const next = rows.length === listedFilesMax ? rows.at(-1)?.path : undefined;
  return jsonReply({
    singlePage: site.singlePage,
    csp: site.csp,
    connect: site.connect ?? [],
    pendingBytes: site.pendingBytes,
    files: listed,
    next,
  });
}

function missing(context: QueryContext, { body }: HttpRequest): HttpReply {
  const hashes = hashesOf(body);
  if (hashes === undefined) {
    return errorReply(400, "body-malformed", "the body is a JSON list of sha256 in hex");
  }
  if (hashes.length > askedHashesMax) {
    return errorReply(413, "too-many-hashes", `ask for at most ${askedHashesMax} at once`);
  }
  const uploaded = context.table(chunks);
  return jsonReply({ missing: hashes.filter((hash) => !uploaded.has({ hash })) });
}

function hashesOf(body: Uint8Array): readonly Checksum[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(unpackText(body) ?? "");
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed)) return undefined;
  const hashes: Checksum[] = [];
  for (const text of parsed) {
    const hash = typeof text === "string" ? parseChecksum(text) : undefined;
    if (hash?.ok !== true) return undefined;
    hashes.push(hash.value);
  }
  return hashes;
}
