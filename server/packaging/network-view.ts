import type { AccountName, Checksum } from "@kith/protocol/ids";
import type { InstalledMeta } from "@kith/sdk/system/packages";
import type { VirtualMachine } from "@kith/sdk/system/setcode";

import type { Manifest } from "./manifest.ts";

/** A package as the network has it. */
export type InstalledPackage = InstalledMeta & { readonly owner: AccountName };

/** What is on an account. */
export type AccountView = {
  readonly exists: boolean;
  readonly code?: { readonly vm: VirtualMachine; readonly codeHash: Checksum };
  /** The package that it has joined. */
  readonly package?: { readonly owner: AccountName; readonly name: string };
};

/** A file as a site has it. */
export type SiteFileView = {
  readonly hash: Checksum;
  readonly contentType: string;
  readonly immutable: boolean;
};

/** Everything that a plan for one package depends on. What is there already is not done again. */
export type NetworkView = {
  readonly accounts: ReadonlyMap<AccountName, AccountView>;
  /** Of accounts of the package, and of its former version; by path. */
  readonly sites: ReadonlyMap<AccountName, ReadonlyMap<string, SiteFileView>>;
  /** Of the package's owner. */
  readonly previous: InstalledPackage | undefined;
  readonly previousManifest: Manifest | undefined;
  /** Pieces of content that no site has. */
  readonly missingChunks: ReadonlySet<Checksum>;
  /** Codes that some account has. */
  readonly knownCodes: ReadonlySet<Checksum>;
  /** Pieces of code that wait. */
  readonly stagedPieces: ReadonlyMap<AccountName, ReadonlySet<Checksum>>;
};
