import { abort, check } from "@kith/sdk/abort";
import { concatBytes, fromHex, toHex } from "@kith/sdk/bytes";
import type { ActionContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { sitesInterface, type SiteFile } from "@kith/sdk/system/sites";
import { checksumOf, type Checksum } from "@kith/sdk/types";

import { releaseChunks, storeChunk, useChunks } from "./content-store.ts";
import {
  contentTypeCharsMax,
  fileBytesMax,
  fileChunksMax,
  removedAtOnce,
  siteBytesMax,
  siteFilesMax,
} from "./limits.ts";
import { pages } from "./pages.ts";
import { checkFilePath, folderOf } from "./path.ts";
import { plugins } from "./plugins.ts";
import { serveSites } from "./serve.ts";
import { checkConnect, checkPolicy, siteOf } from "./site-settings.ts";
import { chunks, contents, files, pending, sitesTable, type FileRow } from "./tables.ts";

const { actions } = sitesInterface;

const putChunk = implement(actions.putChunk, (context, { data }) => storeChunk(context, data));

const link = implement(actions.link, (context, { file }) => {
  checkFile(file);
  const account = context.sender;
  const before = context.table(files).get({ account, path: file.path });
  const storedBytes = useChunks(context, account, file.chunks);
  check(storedBytes <= fileBytesMax, "file-too-long", `a file has at most ${fileBytesMax} bytes`);
  if (before !== undefined) releaseChunks(context, before.chunks);
  const storedHash = hashOfStored(context, file);
  // A new content keeps the policy that was set for its path.
  const csp = before?.csp === undefined ? {} : { csp: before.csp };
  context.table(files).put({ account, ...file, storedHash, storedBytes, ...csp });
  count(context, {
    files: before === undefined ? 1 : 0,
    storedBytes: storedBytes - (before?.storedBytes ?? 0),
  });
});

const unlink = implement(actions.unlink, (context, { path }) => {
  const file = context.table(files).get({ account: context.sender, path });
  if (file === undefined) abort("file-unknown", `there is no ${path}`);
  removeFiles(context, [file]);
});

const removeTree = implement(actions.removeTree, (context, { path }) => {
  const folder = folderOf(path);
  const found = context
    .table(files)
    .range({ prefix: { account: context.sender }, from: { path: folder }, limit: removedAtOnce })
    .filter((file) => file.path.startsWith(folder));
  removeFiles(context, found);
  return found.length;
});

const deleteSite = implement(actions.deleteSite, (context) => {
  const account = context.sender;
  const { files: left, pendingBytes } = siteOf(context, account);
  check(left === 0, "site-not-empty", `remove its ${left} files first`);
  if (pendingBytes === 0) context.table(sitesTable).remove({ account });
  else context.table(sitesTable).put({ ...siteOf(context, account), singlePage: false });
});

const setSinglePage = implement(actions.setSinglePage, (context, { enabled }) => {
  context.table(sitesTable).put({ ...siteOf(context, context.sender), singlePage: enabled });
});

const setCsp = implement(actions.setCsp, (context, { path, csp }) => {
  checkPolicy(csp);
  changeCsp(context, path, csp);
});

const deleteCsp = implement(actions.deleteCsp, (context, { path }) => changeCsp(context, path));

const setPolicy = implement(actions.setPolicy, (context, { csp, connect }) => {
  if (csp !== undefined) checkPolicy(csp);
  checkConnect(connect);
  const { csp: _csp, connect: _connect, ...site } = siteOf(context, context.sender);
  context.table(sitesTable).put({
    ...site,
    ...(csp === undefined ? {} : { csp }),
    ...(connect.length === 0 ? {} : { connect }),
  });
});

const usage = implement(actions.usage, (context, { account }) => {
  const site = context.table(sitesTable).get({ account });
  if (site === undefined) return undefined;
  const { storedBytes: sizeBytes, pendingBytes } = site;
  return { files: site.files, sizeBytes, pendingBytes };
});

export const sites: ServiceModule = service("sites", {
  tables: [files, sitesTable, chunks, contents, pending],
  actions: {
    putChunk,
    link,
    unlink,
    removeTree,
    deleteSite,
    setSinglePage,
    setCsp,
    deleteCsp,
    setPolicy,
    usage,
  },
  queries: { pages, plugins },
  http: serveSites,
}).module;

function checkFile(file: SiteFile): void {
  checkFilePath(file.path);
  const { contentType, encoding, sizeBytes } = file;
  const typeValid = contentType.length <= contentTypeCharsMax && mediaType.test(contentType);
  check(
    typeValid,
    "content-type-malformed",
    `${JSON.stringify(contentType.slice(0, 80))} is no media type`,
  );
  check(
    encoding === undefined || encoding === "br",
    "encoding-unknown",
    "the encodings are none and br",
  );
  check(sizeBytes <= fileBytesMax, "file-too-long", `a file has at most ${fileBytesMax} bytes`);
  check(
    file.chunks.length <= fileChunksMax,
    "too-many-chunks",
    `at most ${fileChunksMax} chunks a file`,
  );
  check(
    (sizeBytes === 0) === (file.chunks.length === 0),
    "size-wrong",
    "only an empty file has no chunks",
  );
}

/** RFC 9110 section 8.3.1, with parameters such as `charset`. */
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *; *[\w-]+=(?:[\w.+-]+|"[\w .+-]+"))*$/;

/** Of what is stored and how, computed here: a publisher cannot give two contents one name. */
function hashOfStored(context: ActionContext, { chunks: hashes, encoding }: SiteFile): Checksum {
  const [only] = hashes;
  if (only !== undefined && hashes.length === 1 && encoding === undefined) return only;
  const parts = hashes.map((hash) => {
    const bytes = fromHex(hash);
    return bytes.ok ? bytes.value : new Uint8Array();
  });
  const kind = Uint8Array.of(encoding === undefined ? 0 : 1);
  return checksumOf(toHex(context.sha256(concatBytes(kind, ...parts))));
}

function removeFiles(context: ActionContext, gone: readonly FileRow[]): void {
  let storedBytes = 0;
  for (const { account, path, chunks: hashes, storedBytes: size } of gone) {
    releaseChunks(context, hashes);
    context.table(files).remove({ account, path });
    storedBytes += size;
  }
  if (gone.length > 0) count(context, { files: -gone.length, storedBytes: -storedBytes });
}

function count(
  context: ActionContext,
  change: { readonly files: number; readonly storedBytes: number },
): void {
  const site = siteOf(context, context.sender);
  const fileCount = site.files + change.files;
  const storedBytes = site.storedBytes + change.storedBytes;
  if (change.files > 0 && fileCount > siteFilesMax) {
    abort("too-many-files", `a site has at most ${siteFilesMax} files`);
  }
  if (change.storedBytes > 0 && storedBytes > siteBytesMax) {
    abort("site-too-large", `a site has at most ${siteBytesMax} bytes`);
  }
  context.table(sitesTable).put({ ...site, files: fileCount, storedBytes });
}

function changeCsp(context: ActionContext, path: string, csp?: string): void {
  const account = context.sender;
  if (path === "*") {
    const { csp: _before, ...site } = siteOf(context, account);
    context.table(sitesTable).put(csp === undefined ? site : { ...site, csp });
    return;
  }
  const found = context.table(files).get({ account, path });
  if (found === undefined) abort("file-unknown", `there is no ${path}`);
  const { csp: _before, ...file } = found;
  context.table(files).put(csp === undefined ? file : { ...file, csp });
}
