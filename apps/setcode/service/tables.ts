import { table, type Table } from "@kith/sdk/table";
import type { AccountName, Checksum } from "@kith/sdk/types";
import { account, bytes, checksum, u32, u64Number, u8 } from "@kith/sdk/types";

export type CodeRow = {
  readonly account: AccountName;
  readonly codeHash: Checksum;
  readonly vm: number;
};

/** Table 0 belongs to the node as well: it reads here which code runs on an account. */
export const installed: Table<CodeRow, "account", never> = table(
  "code",
  { account, codeHash: checksum, vm: u8 },
  { key: ["account"] },
);

export type StoredCodeRow = {
  readonly hash: Checksum;
  readonly vm: number;
  readonly sizeBytes: number;
  /** Accounts on which it runs, or ran last; the content goes with the last one. */
  readonly references: number;
};

/** Apart from the contents, so that counting references does not touch them. */
export const codes: Table<StoredCodeRow, "hash", never> = table(
  "codes",
  { hash: checksum, vm: u8, sizeBytes: u32, references: u32 },
  { key: ["hash"] },
);

export type ContentRow = { readonly hash: Checksum; readonly code: Uint8Array };

/** Table 2 belongs to the node as well: it reads here what it runs. */
export const contents: Table<ContentRow, "hash", never> = table(
  "contents",
  { hash: checksum, code: bytes },
  { key: ["hash"] },
);

/** What ran on an account last, where nothing runs now: the only code that knows what the rows mean that it left. */
export const former: Table<CodeRow, "account", never> = table(
  "former",
  { account, codeHash: checksum, vm: u8 },
  { key: ["account"] },
);

export type StagedRow = {
  readonly account: AccountName;
  readonly hash: Checksum;
  readonly sizeBytes: number;
  /** Microseconds since the Unix epoch. */
  readonly since: number;
};

export const staged: Table<StagedRow, "account" | "hash", "bySince"> = table(
  "staged",
  { account, hash: checksum, sizeBytes: u32, since: u64Number },
  { key: ["account", "hash"], indexes: { bySince: ["since"] } },
);

export type PieceRow = {
  readonly account: AccountName;
  readonly hash: Checksum;
  readonly data: Uint8Array;
};

export const pieces: Table<PieceRow, "account" | "hash", never> = table(
  "pieces",
  { account, hash: checksum, data: bytes },
  { key: ["account", "hash"] },
);
