import { check } from "@kith/sdk/abort";
import { described } from "@kith/sdk/described";
import { answering, type AnyQuery } from "@kith/sdk/query";
import { sitesQueries } from "@kith/sdk/system/sites-queries";

import { pagesAskedMax } from "./limits.ts";
import { files } from "./tables.ts";

const icons = ["/icon.svg", "/icon.png", "/favicon.svg", "/favicon.ico"] as const;

export const pages: AnyQuery = described(
  "Which of these accounts have a site to be opened, and its icon.",
  answering(sitesQueries.pages, (context, { accounts }) => {
    const message = `ask for the pages of at most ${pagesAskedMax} accounts`;
    check(accounts.length <= pagesAskedMax, "too-many-accounts", message);
    const rows = context.table(files);
    return accounts
      .filter((account) => rows.has({ account, path: "/index.html" }))
      .map((account) => {
        const icon = icons.find((path) => rows.has({ account, path }));
        return { account, ...(icon === undefined ? {} : { icon }) };
      });
  }),
);
