import type { AccountName, MethodName } from "@kith/protocol/ids";
import type { VirtualMachine } from "@kith/sdk/system/setcode";

/** What a package holds (psibase specification, data-formats/package.md). */
export type Package = {
  readonly meta: PackageMeta;
  /** By account. */
  readonly services: readonly PackagedService[];
  /** By account and path. */
  readonly files: readonly PackagedFile[];
  /** In the order in which they run. */
  readonly postinstall: readonly PostinstallAction[];
};

/** A package that can be had, whether its file is here already or not. */
export type Offered = {
  readonly contents: { readonly meta: Pick<PackageMeta, "name" | "version" | "depends"> };
};

/** `meta.json`. Every package is for a whole network: its scope is `network`. */
export type PackageMeta = {
  readonly name: string;
  /** A semantic version. */
  readonly version: string;
  readonly description: string;
  readonly depends: readonly PackageReference[];
  /** Accounts that belong to the package, those of services included. */
  readonly accounts: readonly AccountName[];
  /** Those of the accounts that have code. */
  readonly services: readonly AccountName[];
};

export type PackageReference = {
  readonly name: string;
  /** A pattern of versions. */
  readonly version: string;
};

/** `service/<account>.js` or `.wasm`, and `service/<account>.json`. */
export type PackagedService = {
  readonly account: AccountName;
  readonly vm: VirtualMachine;
  readonly code: Uint8Array;
  readonly info: ServiceInfo;
};

export type ServiceInfo = {
  readonly flags: readonly ServiceFlag[];
  /** The account that answers HTTP requests for this one. */
  readonly server?: AccountName;
  /** JSON text of the psibase ServiceSchema: what it takes to call the service. */
  readonly schema?: string;
};

export type ServiceFlag = "isPrivileged" | "isVerify";

/** `data/<account>/...` */
export type PackagedFile = {
  readonly account: AccountName;
  /** From the root of the account's site: `/css/main.css`. */
  readonly path: string;
  readonly content: Uint8Array;
};

/** An entry of `script/postinstall.json`; without `rawData`, `data` is packed by the service's schema. */
export type PostinstallAction = {
  readonly sender: AccountName;
  readonly service: AccountName;
  readonly method: MethodName;
  readonly data?: unknown;
  readonly rawData?: Uint8Array;
};
