import type { AccountName } from "@kith/protocol/ids";

import type { PackageFile } from "./read-package.ts";

/** JSON text of a service's schema; undefined where it is not known. */
export type SchemaSource = (service: AccountName) => string | undefined;

/** Schemas of services in these packages, then of services that the network has. */
export function schemasOf(
  packages: readonly PackageFile[],
  installed: ReadonlyMap<AccountName, string>,
): SchemaSource {
  const schemas = new Map(installed);
  for (const { contents } of packages) {
    for (const { account, info } of contents.services) {
      if (info.schema !== undefined) schemas.set(account, info.schema);
    }
  }
  return (service) => schemas.get(service);
}

/** Services that scripts of these packages call with data, and that are in none of them. */
export function foreignServices(packages: readonly PackageFile[]): readonly AccountName[] {
  const own = new Set(packages.flatMap(({ contents }) => contents.meta.services));
  const called = packages
    .flatMap(({ contents }) => contents.postinstall)
    .filter(({ service, rawData }) => rawData === undefined && !own.has(service));
  return [...new Set(called.map(({ service }) => service))];
}
