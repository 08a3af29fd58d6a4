import { neededCodec, type InstalledMeta } from "@kith/sdk/system/packages";
import { table, type Table } from "@kith/sdk/table";
import type { AccountName } from "@kith/sdk/types";
import { account, bytes, checksum, list, str, u64Number } from "@kith/sdk/types";

export type PackageKey = { readonly name: string; readonly owner: AccountName };

export type PackageRow = InstalledMeta &
  PackageKey & {
    /** When this version was installed, in microseconds since the Unix epoch. */
    readonly since: number;
  };

export const installed: Table<PackageRow, "name" | "owner", "byOwner"> = table(
  "packages",
  {
    name: str,
    owner: account,
    version: str,
    description: str,
    depends: list(neededCodec),
    accounts: list(account),
    services: list(account),
    hash: checksum,
    since: u64Number,
  },
  { key: ["name", "owner"], indexes: { byOwner: ["owner", "name"] } },
);

export type ManifestRow = PackageKey & {
  /** Gzipped JSON of what was installed; only installers read it. */
  readonly data: Uint8Array;
};

export const manifests: Table<ManifestRow, "name" | "owner", never> = table(
  "manifests",
  { name: str, owner: account, data: bytes },
  { key: ["name", "owner"] },
);

export type MemberRow = PackageKey & { readonly account: AccountName };

/** Which package an account is part of, or is to become part of. */
export const members: Table<MemberRow, "account", never> = table(
  "members",
  { account, owner: account, name: str },
  { key: ["account"] },
);

export type NeedRow = PackageKey & {
  readonly neededName: string;
  readonly neededOwner: AccountName;
  readonly version: string;
};

/** What needs what, found from both ends. */
export const needs: Table<NeedRow, "neededName" | "neededOwner" | "name" | "owner", "byDependent"> =
  table(
    "needs",
    { neededName: str, neededOwner: account, name: str, owner: account, version: str },
    {
      key: ["neededName", "neededOwner", "name", "owner"],
      indexes: { byDependent: ["owner", "name"] },
    },
  );
