import type { PackageFile } from "@kith/packaging/read-package";
import { compareDefinitions } from "@kith/protocol/compare-definitions";
import { ok, type Result } from "@kith/protocol/result";

import type { CliError } from "./cli-error.ts";
import type { NodeClient } from "./node-client.ts";
import { readSchemas } from "./read-schemas.ts";

/**
 * What clients that were made for the installed version will miss in this one, for people: actions, queries and events.
 * Whether stored rows fit, the network itself decides when the code is installed.
 */
export async function findBrokenClients(
  node: NodeClient,
  { contents }: PackageFile,
): Promise<Result<readonly string[], CliError>> {
  const installed = await readSchemas(node, contents.meta.services);
  if (!installed.ok) return installed;
  const messages = contents.services.flatMap(({ account: name, info }) => {
    const before = installed.value.get(name);
    if (before === undefined || info.schema === undefined) return [];
    const change = compareDefinitions(
      { name, tables: [], schema: before },
      { name, tables: [], schema: info.schema },
    );
    return change.findings
      .filter((each) => each.class === "breaks-clients")
      .map(({ message }) => `${name}: ${message}`);
  });
  return ok(messages);
}
