import { list, object, option, str } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import { question, type Question } from "../query.ts";
import { sitePlugin, type SitePlugin } from "./sites.ts";

/** What leads people to a site. */
export type SitePage = {
  readonly account: AccountName;
  /** Path of the site's icon, where it stands where icons usually stand. */
  readonly icon?: string;
};

/** What pages ask. */
export const sitesQueries: {
  /** Those of at most 100 accounts whose sites have a first page. */
  readonly pages: Question<{ readonly accounts: readonly AccountName[] }, readonly SitePage[]>;
  /** Of at most 64 accounts, and of all whose plugins those import. */
  readonly plugins: Question<{ readonly accounts: readonly AccountName[] }, readonly SitePlugin[]>;
} = {
  pages: question(
    { accounts: list(accountCodec) },
    list(object({ account: accountCodec, icon: option(str) })),
  ),
  plugins: question({ accounts: list(accountCodec) }, list(sitePlugin)),
};
