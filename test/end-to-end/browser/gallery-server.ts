import assert from "node:assert/strict";

import { buildFrontEnd } from "@kith/packaging/build-front-end";
import { fileKindOf } from "@kith/packaging/content-type";

import { PageServer, type ServedPage } from "./page-server.ts";

/** As strict as an app may be held: no style and no script in the page itself. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'";

/** Serves a front-end that no network knows, also at paths that its page makes of its address. */
export async function serveGallery(
  folder: string,
  paths: readonly string[] = [],
): Promise<PageServer> {
  const site = await buildFrontEnd({ folder, entries: [] });
  assert.ok(site.ok, JSON.stringify(site));
  const pages = new Map<string, ServedPage>();
  for (const { path, content } of site.value) {
    const type = fileKindOf(path).contentType;
    const headers = { "content-security-policy": policy };
    pages.set(path, { type, content: new TextDecoder().decode(content), headers });
  }
  const index = pages.get("/index.html");
  assert.ok(index !== undefined, `${folder} has no page`);
  for (const path of ["/", ...paths]) pages.set(path, index);
  return PageServer.start(Object.fromEntries(pages));
}
