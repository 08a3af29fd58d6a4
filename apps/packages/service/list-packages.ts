import { described } from "@kith/sdk/described";
import { answering, type AnyQuery } from "@kith/sdk/query";
import { packagesQueries } from "@kith/sdk/system/packages-queries";

import { listedPackagesMax } from "./limits.ts";
import { installed } from "./tables.ts";

export const listPackages: AnyQuery = described(
  "Which packages there are, by name and owner; `after` is the `next` of the page before.",
  answering(packagesQueries.listPackages, (context, { after }) => {
    const rows = context.table(installed).range({
      ...(after === undefined ? {} : { after }),
      limit: listedPackagesMax,
    });
    const last = rows.length < listedPackagesMax ? undefined : rows.at(-1);
    const packages = rows.map(({ name, owner, version, description, accounts }) => {
      return { name, owner, version, description, accounts };
    });
    return { packages, ...(last && { next: { name: last.name, owner: last.owner } }) };
  }),
);
