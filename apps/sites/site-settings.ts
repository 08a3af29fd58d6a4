import type { QueryContext } from "@kith/sdk/context";
import type { AccountName } from "@kith/sdk/types";

import { sitesTable, type SiteRow } from "./tables.ts";

/** The site of an account, which every account has. */
export function siteOf(context: QueryContext, account: AccountName): SiteRow {
  return context.table(sitesTable).get({ account }) ?? emptySite(account);
}

function emptySite(account: AccountName): SiteRow {
  return { account, singlePage: false, files: 0, storedBytes: 0, pendingBytes: 0 };
}

/**
 * What a site may do unless it says otherwise: its own scripts and WebAssembly (no inline scripts, no `eval`), its own
 * network's other subdomains, no other host. `{{root}}` stands for the root host.
 */
export const contentSecurityPolicy: string = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: {{root}} *.{{root}}",
  "font-src 'self' data:",
  "media-src 'self' data: blob:",
  "connect-src 'self' data: blob: {{root}} *.{{root}} ws://*.{{root}} wss://*.{{root}}",
  "frame-src 'self' blob: *.{{root}}",
  "frame-ancestors 'self' {{root}} *.{{root}}",
  "form-action 'self'",
  "base-uri 'self'",
  "object-src 'none'",
].join("; ");
