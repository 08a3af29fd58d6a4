import { check } from "@kith/sdk/abort";
import { concatBytes } from "@kith/sdk/bytes";
import type { QueryContext } from "@kith/sdk/context";
import { query, type Query } from "@kith/sdk/query";
import { unpackText } from "@kith/sdk/reply";
import { pluginPaths, sitePlugin, type SitePlugin } from "@kith/sdk/system/sites";
import { account, list, parseAccountName, type AccountName } from "@kith/sdk/types";

import {
  pluginManifestBytesMax,
  pluginManifestsBytesMax,
  pluginsAskedMax,
  pluginsListedMax,
} from "./limits.ts";
import { contents, files, type FileRow } from "./tables.ts";

/**
 * The plugins of these accounts, and of all whose plugins those import, however far: what a supervisor has to know before it loads any of
 * them, in one answer. Accounts without a plugin are left out, and so is what is beyond the limits, the farthest first.
 */
export const plugins: Query<{ readonly accounts: readonly AccountName[] }, readonly SitePlugin[]> =
  query({ accounts: list(account) }, list(sitePlugin), (context, { accounts }) => {
    check(
      accounts.length <= pluginsAskedMax,
      "too-many-accounts",
      `ask for the plugins of at most ${pluginsAskedMax} accounts`,
    );
    const wanted = new Set(accounts);
    const found: SitePlugin[] = [];
    let manifestBytes = 0;
    // A set is gone through in the order of its making, also what is added on the way.
    for (const name of wanted) {
      const plugin = pluginOf(context, name);
      if (plugin === undefined) continue;
      manifestBytes += plugin.manifestBytes;
      if (manifestBytes > pluginManifestsBytesMax) break;
      found.push(plugin.listed);
      if (found.length === pluginsListedMax) break;
      for (const imported of plugin.imports) wanted.add(imported);
    }
    return found;
  });

type FoundPlugin = {
  readonly listed: SitePlugin;
  readonly imports: readonly AccountName[];
  readonly manifestBytes: number;
};

function pluginOf(context: QueryContext, name: AccountName): FoundPlugin | undefined {
  const rows = context.table(files);
  const source = rows.get({ account: name, path: pluginPaths.source });
  const described = rows.get({ account: name, path: pluginPaths.manifest });
  const text = described === undefined ? undefined : textOf(context, described);
  const imports = text === undefined ? undefined : importsOf(text);
  if (source === undefined || described === undefined) return undefined;
  if (text === undefined || imports === undefined) return undefined;
  const { hash, sizeBytes } = source;
  return {
    listed: { account: name, hash, sizeBytes, manifest: text },
    imports,
    manifestBytes: described.storedBytes,
  };
}

/** Undefined for what is compressed, which a service cannot undo, and for what is longer than a manifest may be. */
function textOf(context: QueryContext, file: FileRow): string | undefined {
  if (file.encoding !== undefined || file.storedBytes > pluginManifestBytesMax) return undefined;
  const parts = file.chunks.map((hash) => context.table(contents).get({ hash })?.data);
  const whole = parts.filter((part) => part !== undefined);
  return whole.length === parts.length ? unpackText(concatBytes(...whole)) : undefined;
}

/** The accounts that a manifest imports from; undefined when it is none. What is no name, `host:clock` for one, is no account. */
function importsOf(manifest: string): readonly AccountName[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(manifest);
  } catch {
    return undefined;
  }
  if (typeof parsed !== "object" || parsed === null) return undefined;
  const imports: unknown = Reflect.get(parsed, "imports");
  if (!Array.isArray(imports)) return undefined;
  return imports.flatMap((text) => {
    const name = typeof text === "string" ? parseAccountName(text) : undefined;
    return name?.ok === true ? [name.value] : [];
  });
}
