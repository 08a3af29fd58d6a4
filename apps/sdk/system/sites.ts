import { checksumCodec } from "@kith/protocol/checksums";
import type { NoArguments } from "@kith/protocol/entry-points";
import {
  bool,
  bytes,
  list,
  object,
  option,
  str,
  u32,
  u64Number,
  type Codec,
} from "@kith/protocol/fracpack";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";

/** A file of a site: where it is, what it is, and the pieces of content that it is made of. */
export type SiteFile = {
  /** From the root of the site, decoded: `/css/main.css`. */
  readonly path: string;
  readonly contentType: string;
  /** How the stored bytes are encoded: `br`, or left out. */
  readonly encoding?: string;
  /** sha256 of the decoded content. */
  readonly hash: Checksum;
  /** Of the decoded content. */
  readonly sizeBytes: number;
  /** Of the stored bytes, in order; each at most `chunkBytesMax`. */
  readonly chunks: readonly Checksum[];
  /** The name contains a hash of the content, so browsers may keep it for a year. */
  readonly immutable: boolean;
};

export const siteFile: Codec<SiteFile> = object({
  path: str,
  contentType: str,
  encoding: option(str),
  hash: checksumCodec,
  sizeBytes: u64Number,
  chunks: list(checksumCodec),
  immutable: bool,
});

export type SitePolicy = {
  readonly csp?: string;
  /** Origins such as `https://api.example.org`, at most 16. */
  readonly connect: readonly string[];
};

/** Where a site has the plugin of its account, as `kith package` puts it there. The manifest is stored as it is. */
export const pluginPaths = { source: "/plugin.js", manifest: "/plugin.json" } as const;

/** A plugin, as the query `plugins({ accounts })` lists it. */
export type SitePlugin = {
  readonly account: AccountName;
  /** sha256 of the decoded source in lower-case hex, as its publisher says: whoever runs the source checks it. */
  readonly hash: string;
  /** Of the decoded source. */
  readonly sizeBytes: number;
  /** Its text. */
  readonly manifest: string;
};

export const sitePlugin: Codec<SitePlugin> = object({
  account: accountCodec,
  hash: str,
  sizeBytes: u32,
  manifest: str,
});

type Path = { readonly path: string };

/** Files of accounts, by content. All actions concern the sender's own site. */
export const sitesInterface: ServiceInterface<{
  /** Stores a piece of content until it is linked; it is dropped again after a day. Gives its sha256. */
  readonly putChunk: Signature<{ readonly data: Uint8Array }, Checksum>;
  /** Makes or replaces a file of content that is stored. */
  readonly link: Signature<{ readonly file: SiteFile }, void>;
  readonly unlink: Signature<Path, void>;
  /** Removes up to 500 files below a folder (`/` for all); gives how many there were. Repeat until it gives 0. */
  readonly removeTree: Signature<Path, number>;
  /** Forgets settings of a site without files. */
  readonly deleteSite: Signature<NoArguments, void>;
  /** Paths that look like no file are answered with `/index.html`. */
  readonly setSinglePage: Signature<{ readonly enabled: boolean }, void>;
  /** For one path, or `*` for the whole site. `{{root}}` stands for the root host, `{{roothost}}` for it without its port. */
  readonly setCsp: Signature<Path & { readonly csp: string }, void>;
  readonly deleteCsp: Signature<Path, void>;
  /** For the whole site: a policy of its own, or the hosts that its pages may talk to under the one that sites have. */
  readonly setPolicy: Signature<SitePolicy, void>;
  readonly usage: Signature<{ readonly account: AccountName }, SiteUsage | undefined>;
}> = serviceInterface("sites", {
  putChunk: signature({ data: bytes }, checksumCodec),
  link: signature({ file: siteFile }, nothing),
  unlink: signature({ path: str }, nothing),
  removeTree: signature({ path: str }, u32),
  deleteSite: signature({}, nothing),
  setSinglePage: signature({ enabled: bool }, nothing),
  setCsp: signature({ path: str, csp: str }, nothing),
  deleteCsp: signature({ path: str }, nothing),
  setPolicy: signature({ csp: option(str), connect: list(str) }, nothing),
  usage: signature(
    { account: accountCodec },
    option(object({ files: u32, sizeBytes: u64Number, pendingBytes: u64Number })),
  ),
});

export type SiteUsage = {
  readonly files: number;
  /** Stored bytes of all files. */
  readonly sizeBytes: number;
  /** Stored bytes of chunks that no file uses yet. */
  readonly pendingBytes: number;
};

/** The largest piece of content in one action: it has to fit a transaction. */
export const chunkBytesMax: number = 512 * 1024;
