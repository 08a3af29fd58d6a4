import { abort, check } from "@kith/sdk/abort";
import type { QueryContext } from "@kith/sdk/context";
import { connectOriginsMax, isConnectOrigin, sitePolicy } from "@kith/sdk/site-policy";
import type { AccountName } from "@kith/sdk/types";

import { cspCharsMax } from "./limits.ts";
import { sitesTable, type FileRow, type SiteRow } from "./tables.ts";

/** The site of an account, which every account has. */
export function siteOf(context: QueryContext, account: AccountName): SiteRow {
  return context.table(sitesTable).get({ account }) ?? emptySite(account);
}

function emptySite(account: AccountName): SiteRow {
  return { account, singlePage: false, files: 0, storedBytes: 0, pendingBytes: 0 };
}

/** The policy of a file, with `{{root}}` and its like still in it: its own, the site's, or the one that sites have. */
export function policyOf(site: SiteRow, file: Pick<FileRow, "csp">): string {
  return file.csp ?? site.csp ?? sitePolicy(site.connect ?? []);
}

/** Whatever can be in a header, and no end of line that could begin another one. */
export function checkPolicy(csp: string): void {
  const valid = csp.length <= cspCharsMax && /^[\x20-\x7e]+$/.test(csp);
  check(valid, "csp-malformed", `a policy has 1 to ${cspCharsMax} visible ASCII characters`);
}

export function checkConnect(connect: readonly string[]): void {
  if (connect.length > connectOriginsMax) {
    abort("too-many-origins", `a site declares at most ${connectOriginsMax} hosts`);
  }
  const wrong = connect.find((origin) => !isConnectOrigin(origin));
  if (wrong === undefined) return;
  const shown = JSON.stringify(wrong.slice(0, 80));
  abort("origin-malformed", `${shown} is no origin such as https://api.example.org`);
}
