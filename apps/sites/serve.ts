import type { QueryContext } from "@kith/sdk/context";
import { errorReply, type HttpReply, type HttpRequest } from "@kith/sdk/reply";
import { fillPolicy } from "@kith/sdk/site-policy";
import { parseAccountName, type AccountName } from "@kith/sdk/types";

import { decodeRequestPath } from "./path.ts";
import { policyOf, siteOf } from "./site-settings.ts";
import { contents, files, type FileRow, type SiteRow } from "./tables.ts";
import { answerUploader } from "./uploader.ts";

/** Answers with a file of the account whose subdomain was asked; `sites` itself also answers uploaders. */
export function serveSites(context: QueryContext, request: HttpRequest): HttpReply | undefined {
  const account = accountOf(request);
  if (account === undefined) return undefined;
  const answer = account === context.self ? answerUploader(context, request) : undefined;
  if (answer !== undefined) return answer;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return errorReply(405, "method-not-allowed", "a site's files can be read, with GET and HEAD");
  }
  const path = decodeRequestPath(request.path);
  if (path === undefined) return errorReply(400, "path-malformed", "no file can be at this path");
  const site = siteOf(context, account);
  const found = resolve(context, site, path);
  if (found === undefined) return undefined;
  if (found === "folder") return redirectToFolder(request);
  return fileReply(context, site, found, request);
}

function accountOf({ host, rootHost }: HttpRequest): AccountName | undefined {
  if (!host.endsWith(`.${rootHost}`)) return undefined;
  const account = parseAccountName(host.slice(0, -rootHost.length - 1));
  return account.ok ? account.value : undefined;
}

/** The file, or for a folder its `index.html`; "folder" when the final slash is missing that its links need. */
function resolve(
  context: QueryContext,
  { account, singlePage }: SiteRow,
  path: string,
): FileRow | "folder" | undefined {
  const rows = context.table(files);
  const index = path.endsWith("/") ? `${path}index.html` : path;
  const found = rows.get({ account, path: index });
  if (found !== undefined) return found;
  if (!path.endsWith("/") && rows.has({ account, path: `${path}/index.html` })) return "folder";
  const name = path.slice(path.lastIndexOf("/") + 1);
  return singlePage && !name.includes(".") ? rows.get({ account, path: "/index.html" }) : undefined;
}

function fileReply(
  context: QueryContext,
  site: SiteRow,
  file: FileRow,
  { rootHost }: HttpRequest,
): HttpReply {
  const headers = [
    { name: "etag", value: `"${file.storedHash}"` },
    { name: "cache-control", value: file.immutable ? forAYear : "no-cache" },
    { name: "content-security-policy", value: fillPolicy(policyOf(site, file), rootHost) },
  ];
  if (file.encoding !== undefined) headers.push({ name: "content-encoding", value: file.encoding });
  const parts = file.chunks.map((hash) => context.part(contents, { hash }, "data"));
  return { status: 200, contentType: file.contentType, headers, body: new Uint8Array(), parts };
}

const forAYear = "public, max-age=31536000, immutable";

function redirectToFolder({ path, query }: HttpRequest): HttpReply {
  const location = `${path}/${query === "" ? "" : `?${query}`}`;
  const headers = [{ name: "location", value: location }];
  return { status: 308, contentType: "", headers, body: new Uint8Array() };
}
