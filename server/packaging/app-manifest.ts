import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import type { AccountName } from "@kith/protocol/ids";
import { parseAccountName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { connectOriginsMax, isConnectOrigin } from "@kith/sdk/site-policy";
import { z, type ZodType } from "zod";

import type { AppError } from "./app-error.ts";
import { defaultSources, type Sources } from "./default-sources.ts";
import { manifestBytesMax } from "./limits.ts";
import { descriptionField, nameField, patternField, versionField } from "./meta-json.ts";
import type { PackageReference, PostinstallAction, ServiceFlag } from "./package.ts";
import { accountField, parseJson } from "./parse-json.ts";
import { postinstallActions, postinstallField } from "./postinstall-json.ts";
import { flagsField } from "./service-json.ts";

/** What becomes of an app's folder. All paths are absolute. */
export type AppManifest = {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly depends: readonly PackageReference[];
  readonly accounts: readonly AccountSource[];
  readonly postinstall: readonly PostinstallAction[];
};

/** What an account of the app is made of. */
export type AccountSource = Sources & {
  readonly account: AccountName;
  readonly flags: readonly ServiceFlag[];
  readonly server: AccountName | undefined;
  /** Paths that look like no file are answered with `/index.html`. */
  readonly singlePage: boolean;
  /** Content security policy of the site, in place of the one that sites have. */
  readonly csp: string | undefined;
  /** Further hosts that the site's pages talk to. */
  readonly connect: readonly string[];
  /** Its pages run plugins: the engine and what plugins share belong to its files. */
  readonly pluginMachine: boolean;
  /** Sources in the front-end's folder that no page loads, built to files of their own names. */
  readonly entries: readonly string[];
};

const connectField = z
  .array(
    z.string().refine(isConnectOrigin, "hosts are named as https://api.example.org or wss://..."),
  )
  .max(connectOriginsMax, `a site declares at most ${connectOriginsMax} hosts`);

const accountFields = z.strictObject({
  service: z.string().optional(),
  frontEnd: z.string().optional(),
  plugin: z.string().optional(),
  flags: flagsField.default([]),
  server: accountField.optional(),
  singlePage: z.boolean().default(false),
  pluginMachine: z.boolean().default(false),
  csp: z.string().optional(),
  connect: connectField.default([]),
  entries: z.array(z.string().regex(/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*\.[mc]?[jt]sx?$/)).default([]),
});

const accountJson = accountFields.refine(
  ({ csp, connect }) => csp === undefined || connect.length === 0,
  "a policy of its own names the hosts itself: csp or connect, not both",
);

/** `kith.json`: all of it may be left out. A misspelt field would be without effect, so none is passed over. */
const kithJson = z.strictObject({
  name: nameField.optional(),
  version: versionField.optional(),
  description: descriptionField.optional(),
  depends: z.record(nameField, patternField).default({}),
  accounts: z.record(z.string(), accountJson).optional(),
  postinstall: postinstallField.default([]),
});

const packageJson = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  description: z.string().optional(),
});

/**
 * Reads what an app's folder says about itself: `kith.json`, and `package.json` for name, version and description. An
 * app that names no accounts has one of its own name, made of `service/`, `front-end/` or `dist/`, and `plugin/`.
 */
export function readAppManifest(folderGiven: string): Result<AppManifest, AppError> {
  const folder = resolve(folderGiven);
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder !== true) {
    return err({ code: isFolder === undefined ? "folder-missing" : "not-a-folder", path: folder });
  }
  const kith = readJson(folder, "kith.json", kithJson);
  if (!kith.ok) return kith;
  const outer = readJson(folder, "package.json", packageJson);
  if (!outer.ok) return outer;
  // `@community/tokens` is the package `tokens`.
  const name = kith.value.name ?? outer.value.name?.replace(/^@[^/]*\//, "");
  if (name === undefined) return err({ code: "app-undescribed", folder, field: "name" });
  const version = kith.value.version ?? outer.value.version;
  if (version === undefined) return err({ code: "app-undescribed", folder, field: "version" });
  const description = kith.value.description ?? outer.value.description ?? "";
  const accounts = accountSources(folder, kith.value.accounts ?? { [name]: {} });
  if (!accounts.ok) return accounts;
  return ok({
    folder,
    name,
    version,
    description,
    depends: Object.entries(kith.value.depends)
      .map(([needed, pattern]) => ({ name: needed, version: pattern }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    accounts: accounts.value,
    postinstall: postinstallActions(kith.value.postinstall),
  });
}

function readJson<T>(folder: string, name: string, schema: ZodType<T>): Result<T, AppError> {
  const path = join(folder, name);
  if (!existsSync(path)) return parseJson(name, new TextEncoder().encode("{}"), schema);
  const content = new Uint8Array(readFileSync(path));
  const sizeBytesMax = manifestBytesMax;
  if (content.length > sizeBytesMax) {
    return err({ code: "entry-too-large", path: name, sizeBytes: content.length, sizeBytesMax });
  }
  return parseJson(name, content, schema);
}

type AccountsJson = Readonly<Record<string, Partial<z.infer<typeof accountJson>>>>;

function accountSources(
  folder: string,
  declared: AccountsJson,
): Result<readonly AccountSource[], AppError> {
  const sources: AccountSource[] = [];
  for (const [text, json] of Object.entries(declared)) {
    const account = parseAccountName(text);
    if (!account.ok) {
      const reason = `${text} is not an account name; name the app's accounts in kith.json`;
      return err({ code: "field-invalid", path: "kith.json", field: "accounts", reason });
    }
    const found = sourcesOf(folder, json);
    if (!found.ok) return found;
    const { flags = [], server, singlePage = false, csp, connect = [], entries = [] } = json;
    const { pluginMachine = false } = json;
    const programs = { entries: [...new Set(entries)].toSorted(), pluginMachine };
    const site = { singlePage, csp, connect, ...programs };
    sources.push({ account: account.value, ...found.value, flags, server, ...site });
  }
  return ok(sources.toSorted((a, b) => (a.account < b.account ? -1 : 1)));
}

/** An account that names none of its sources has those that stand where they usually stand. */
function sourcesOf(folder: string, json: AccountsJson[string]): Result<Sources, AppError> {
  const { service, frontEnd, plugin } = json;
  const named = [service, frontEnd, plugin].filter((path) => path !== undefined);
  if (named.length === 0) return ok(defaultSources(folder));
  const missing = named.find((path) => !existsSync(join(folder, path)));
  if (missing !== undefined) return err({ code: "source-missing", path: join(folder, missing) });
  const placed = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : join(folder, path);
  return ok({ service: placed(service), frontEnd: placed(frontEnd), plugin: placed(plugin) });
}
