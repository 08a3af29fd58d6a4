import { checksumCodec } from "@kith/protocol/checksums";
import type { NoArguments } from "@kith/protocol/entry-points";
import { bool, bytes, list, object, str, type Codec } from "@kith/protocol/fracpack";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";

/** A package's `meta.json`, and the file that it was in. */
export type InstalledMeta = {
  readonly name: string;
  /** A semantic version. */
  readonly version: string;
  readonly description: string;
  readonly depends: readonly Needed[];
  /** Accounts that belong to the package, those of services included. */
  readonly accounts: readonly AccountName[];
  readonly services: readonly AccountName[];
  /** sha256 of the package file. */
  readonly hash: Checksum;
};

/** Another package, and a pattern of its versions. */
export type Needed = { readonly name: string; readonly version: string };

export const neededCodec: Codec<Needed> = object({ name: str, version: str });

export const installedMetaCodec: Codec<InstalledMeta> = object({
  name: str,
  version: str,
  description: str,
  depends: list(neededCodec),
  accounts: list(accountCodec),
  services: list(accountCodec),
  hash: checksumCodec,
});

type PackageKey = { readonly owner: AccountName; readonly name: string };

/** Which packages are installed, whose they are, and what needs what. */
export const packagesInterface: ServiceInterface<{
  /** The sender becomes an account of this package, unless it belongs to another one. */
  readonly join: Signature<PackageKey, void>;
  /** The sender belongs to no package any more; for accounts that no installed package names. */
  readonly leave: Signature<NoArguments, void>;
  /**
   * The last action of an installation: the sender owns the package from now on, or a new version of it. All accounts
   * have joined it, and what it needs is installed. `manifest` says what was installed, for the next version: gzipped
   * JSON, as psibase keeps it. A lower version than before needs `force`.
   */
  readonly postinstall: Signature<
    { readonly meta: InstalledMeta; readonly manifest: Uint8Array; readonly force: boolean },
    void
  >;
  /** The sender's package is no longer installed. While others need it, this takes `force`. */
  readonly remove: Signature<{ readonly name: string; readonly force: boolean }, void>;
}> = serviceInterface("packages", {
  join: signature({ owner: accountCodec, name: str }, nothing),
  leave: signature({}, nothing),
  postinstall: signature({ meta: installedMetaCodec, manifest: bytes, force: bool }, nothing),
  remove: signature({ name: str, force: bool }, nothing),
});
