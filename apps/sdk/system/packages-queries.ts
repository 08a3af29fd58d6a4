import { list, object, option, str, type Codec } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import { question, type Question } from "../query.ts";

/** As much of a package as people want to know of it. */
export type ListedPackage = {
  readonly name: string;
  readonly owner: AccountName;
  readonly version: string;
  readonly description: string;
  readonly accounts: readonly AccountName[];
};

type PackagePlace = Pick<ListedPackage, "name" | "owner">;

/** What pages ask. */
export const packagesQueries: {
  /** By name and owner, a page at a time; `next` is `after` of the next one. */
  readonly listPackages: Question<
    { readonly after?: PackagePlace },
    { readonly packages: readonly ListedPackage[]; readonly next?: PackagePlace }
  >;
} = {
  listPackages: question(
    { after: option(packagePlace()) },
    object({
      packages: list(
        object({
          name: str,
          owner: accountCodec,
          version: str,
          description: str,
          accounts: list(accountCodec),
        }),
      ),
      next: option(packagePlace()),
    }),
  ),
};

function packagePlace(): Codec<PackagePlace> {
  return object({ name: str, owner: accountCodec });
}
