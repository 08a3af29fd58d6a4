import { batchesOf } from "@kith/packaging/batches";
import { fileKindOf } from "@kith/packaging/content-type";
import { batchBytesMax } from "@kith/packaging/limits";
import { prepareContent, readContent, type PreparedContent } from "@kith/packaging/prepare-file";
import type { LocalFile } from "@kith/packaging/scan-folder";
import { sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Action } from "@kith/protocol/transaction";
import { isHashedName } from "@kith/sdk/hashed-name";
import { putChunkAction, type Chunk } from "@kith/sdk/site-content";
import { sitesInterface } from "@kith/sdk/system/sites";
import { packAction } from "@kith/sdk/transaction";

import type { CliError } from "./cli-error.ts";
import type { SigningKey } from "./key-file.ts";
import { groupFilesMax, preparedAtOnce } from "./limits.ts";
import type { NodeClient } from "./node-client.ts";
import { sendActions } from "./send-transaction.ts";
import { listSite, missingChunks, type SiteListing } from "./site-listing.ts";

export type Publication = {
  readonly node: NodeClient;
  readonly key: SigningKey;
  readonly account: AccountName;
  readonly files: readonly LocalFile[];
  readonly singlePage: boolean | undefined;
  readonly csp: string | undefined;
  /** Whether files of the site that are not in the folder go. */
  readonly deleteOthers: boolean;
  /** Called with the path and the size of each file that is done. */
  readonly onFile: (local: LocalFile) => void;
};

export type PublishReport = {
  uploaded: number;
  unchanged: number;
  deleted: number;
  transactions: number;
  sentBytes: number;
};

/**
 * Makes the site equal to the folder, in transactions that follow one another. Whatever was done before an
 * interruption is found to be there already, so publishing again goes on where it stopped.
 */
export async function publish(publication: Publication): Promise<Result<PublishReport, CliError>> {
  const listing = await listSite(publication.node, publication.account);
  if (!listing.ok) return listing;
  const run = new PublishRun(publication, listing.value);
  const problem = (await run.uploadFiles()) ?? (await run.finish());
  return problem === undefined ? ok(run.report) : err(problem);
}

class PublishRun {
  readonly report: PublishReport = {
    uploaded: 0,
    unchanged: 0,
    deleted: 0,
    transactions: 0,
    sentBytes: 0,
  };
  readonly #publication: Publication;
  readonly #listing: SiteListing;
  readonly #sent = new Set<Checksum>();

  constructor(publication: Publication, listing: SiteListing) {
    this.#publication = publication;
    this.#listing = listing;
  }

  /** Pages come last, so that no visitor gets a page whose scripts are not there yet. */
  async uploadFiles(): Promise<CliError | undefined> {
    const { files } = this.#publication;
    const inOrder = [
      ...files.filter((local) => !isPage(local)),
      ...files.filter((local) => isPage(local)),
    ];
    let group: PreparedFile[] = [];
    let groupBytes = 0;
    for await (const prepared of preparedInOrder(inOrder, this.#listing)) {
      if (!prepared.ok) return prepared.error;
      if (prepared.value.kind === "unchanged") {
        this.report.unchanged++;
        this.#publication.onFile(prepared.value.local);
        continue;
      }
      group.push(prepared.value.file);
      groupBytes += storedBytes(prepared.value.file);
      if (groupBytes < batchBytesMax && group.length < groupFilesMax) continue;
      const problem = await this.#upload(group);
      if (problem !== undefined) return problem;
      group = [];
      groupBytes = 0;
    }
    return this.#upload(group);
  }

  /** Settings, and the files that are not in the folder any more. */
  async finish(): Promise<CliError | undefined> {
    const { account, singlePage, csp, deleteOthers, files } = this.#publication;
    const actions: Action[] = [];
    if (singlePage !== undefined && singlePage !== this.#listing.singlePage) {
      const args = { enabled: singlePage };
      actions.push(packAction(account, sitesInterface, "setSinglePage", args));
    }
    if (csp !== undefined && csp !== this.#listing.csp) {
      actions.push(packAction(account, sitesInterface, "setCsp", { path: "*", csp }));
    }
    if (deleteOthers) {
      const wanted = new Set(files.map((local) => local.path));
      const others = [...this.#listing.files.keys()].filter((path) => !wanted.has(path));
      for (const path of others)
        actions.push(packAction(account, sitesInterface, "unlink", { path }));
      this.report.deleted = others.length;
    }
    return this.#send(actions);
  }

  async #upload(group: readonly PreparedFile[]): Promise<CliError | undefined> {
    if (group.length === 0) return undefined;
    const { node, account, onFile } = this.#publication;
    const hashes = new Set(group.flatMap((file) => file.chunks.map((chunk) => chunk.hash)));
    const missing = await missingChunks(node, [...hashes]);
    if (!missing.ok) return missing.error;
    const actions: Action[] = [];
    for (const { entry, chunks } of group) {
      for (const chunk of chunks) {
        if (this.#needs(chunk, missing.value)) {
          actions.push(putChunkAction(account, chunk));
        }
      }
      actions.push(packAction(account, sitesInterface, "link", { file: entry }));
    }
    const problem = await this.#send(actions);
    if (problem !== undefined) return problem;
    for (const { local } of group) {
      this.report.uploaded++;
      onFile(local);
    }
    return undefined;
  }

  #needs({ hash }: Chunk, missing: ReadonlySet<Checksum>): boolean {
    if (!missing.has(hash) || this.#sent.has(hash)) return false;
    this.#sent.add(hash);
    return true;
  }

  async #send(actions: readonly Action[]): Promise<CliError | undefined> {
    for (const batch of batchesOf(actions)) {
      const sent = await sendActions(batch, this.#publication);
      if (!sent.ok) return sent.error;
      this.report.transactions++;
      this.report.sentBytes += batch.reduce((sum, { rawData }) => sum + rawData.length, 0);
    }
    return undefined;
  }
}

type PreparedFile = PreparedContent & { readonly local: LocalFile };

type Prepared =
  | { readonly kind: "unchanged"; readonly local: LocalFile }
  | { readonly kind: "changed"; readonly file: PreparedFile };

/** Reads and compresses a few files ahead of the one that is wanted next. */
async function* preparedInOrder(
  files: readonly LocalFile[],
  listing: SiteListing,
): AsyncGenerator<Result<Prepared, CliError>> {
  const ahead: Promise<Result<Prepared, CliError>>[] = [];
  let next = 0;
  while (next < files.length || ahead.length > 0) {
    while (ahead.length < preparedAtOnce && next < files.length) {
      const local = files[next++];
      if (local !== undefined) ahead.push(prepare(local, listing));
    }
    const first = ahead.shift();
    if (first !== undefined) yield await first;
  }
}

async function prepare(
  local: LocalFile,
  listing: SiteListing,
): Promise<Result<Prepared, CliError>> {
  const content = await readContent(local.file);
  if (!content.ok) return content;
  const before = listing.files.get(local.path);
  const same =
    before !== undefined &&
    before.hash === sha256Hex(content.value) &&
    before.contentType === fileKindOf(local.path).contentType &&
    before.immutable === isHashedName(local.path);
  if (same) return ok({ kind: "unchanged", local });
  const prepared = await prepareContent(local.path, content.value);
  return ok({ kind: "changed", file: { local, ...prepared } });
}

function isPage(local: LocalFile): boolean {
  return fileKindOf(local.path).contentType.startsWith("text/html");
}

function storedBytes({ chunks }: PreparedFile): number {
  return chunks.reduce((sum, chunk) => sum + chunk.data.length, 0);
}
