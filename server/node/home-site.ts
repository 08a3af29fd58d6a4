import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import type { Action } from "@kith/protocol/transaction";
import { chunkBytesMax, sitesInterface } from "@kith/sdk/system/sites";
import { packAction } from "@kith/sdk/transaction";

const folder = resolve(import.meta.dirname, "../../apps/home/front-end");

const contentTypes: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
};

/** The actions that put the home page of a new network into its genesis block. */
export function homeSiteActions(account: AccountName): Action[] {
  const paths = globSync("**/*.*", { cwd: folder }).toSorted();
  return paths.flatMap((path) => fileActions(account, path));
}

function fileActions(account: AccountName, path: string): Action[] {
  const content = new Uint8Array(readFileSync(join(folder, path)));
  const contentType = contentTypes[path.split(".").at(-1) ?? ""];
  if (contentType === undefined) throw new Error(`${path} has no content type in home-site.ts`);
  const data = new Uint8Array(
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
  if (data.length > chunkBytesMax) throw new Error(`${path} is too large for a genesis block`);
  const file = {
    path: `/${path.replaceAll("\\", "/")}`,
    contentType,
    encoding: "br",
    hash: sha256Hex(content),
    sizeBytes: content.length,
    chunks: [sha256Hex(data)],
    immutable: false,
  };
  return [
    packAction(account, sitesInterface, "putChunk", { data }),
    packAction(account, sitesInterface, "link", { file }),
  ];
}
