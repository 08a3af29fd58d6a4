import { table, type Table } from "@kith/sdk/table";
import type { AccountName, Checksum } from "@kith/sdk/types";
import { account, bool, bytes, checksum, list, option, str, u32, u64Number } from "@kith/sdk/types";

export type FileRow = {
  readonly account: AccountName;
  readonly path: string;
  readonly contentType: string;
  readonly encoding?: string;
  readonly hash: Checksum;
  /** Names what is stored, by itself: the ETag. */
  readonly storedHash: Checksum;
  readonly sizeBytes: number;
  readonly storedBytes: number;
  readonly chunks: readonly Checksum[];
  readonly immutable: boolean;
  readonly csp?: string;
};

export const files: Table<FileRow, "account" | "path", never> = table(
  "files",
  {
    account,
    path: str,
    contentType: str,
    encoding: option(str),
    hash: checksum,
    storedHash: checksum,
    sizeBytes: u64Number,
    storedBytes: u64Number,
    chunks: list(checksum),
    immutable: bool,
    csp: option(str),
  },
  { key: ["account", "path"] },
);

export type SiteRow = {
  readonly account: AccountName;
  readonly singlePage: boolean;
  readonly files: number;
  readonly storedBytes: number;
  readonly pendingBytes: number;
  /** No chunk waits since before this, in microseconds; absent when none has waited. */
  readonly pendingSince?: number;
  readonly csp?: string;
  /** Further hosts that its pages may talk to, where it has no policy of its own. */
  readonly connect?: readonly string[];
};

export const sitesTable: Table<SiteRow, "account", never> = table(
  "sites",
  {
    account,
    singlePage: bool,
    files: u32,
    storedBytes: u64Number,
    pendingBytes: u64Number,
    pendingSince: option(u64Number),
    csp: option(str),
    connect: option(list(str)),
  },
  { key: ["account"] },
);

export type ChunkRow = {
  readonly hash: Checksum;
  readonly sizeBytes: number;
  /** Files and pending uploads that need it; the content goes with the last one. */
  readonly references: number;
};

export const chunks: Table<ChunkRow, "hash", never> = table(
  "chunks",
  { hash: checksum, sizeBytes: u32, references: u32 },
  { key: ["hash"] },
);

export type ContentRow = { readonly hash: Checksum; readonly data: Uint8Array };

/** Apart from `chunks`, so that counting references does not touch the content. */
export const contents: Table<ContentRow, "hash", never> = table(
  "contents",
  { hash: checksum, data: bytes },
  { key: ["hash"] },
);

export type PendingRow = {
  readonly account: AccountName;
  readonly hash: Checksum;
  /** Microseconds since the Unix epoch. */
  readonly since: number;
};

export const pending: Table<PendingRow, "account" | "hash", "bySince"> = table(
  "pending",
  { account, hash: checksum, since: u64Number },
  { key: ["account", "hash"], indexes: { bySince: ["account", "since"] } },
);
