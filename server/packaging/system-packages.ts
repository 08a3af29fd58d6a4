import { resolve } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";

import type { AppError } from "./app-error.ts";
import { packageApp } from "./package-app.ts";
import type { WrittenPackage } from "./write-package.ts";

/** The services that every network starts with, in the order in which they can be installed. */
export const systemServices: readonly string[] = [
  "transact",
  "accounts",
  "auth-sig",
  "auth-keys",
  "auth-delg",
  "auth-group",
  "auth-any",
  "staged-tx",
  "setcode",
  "producers",
  "quotas",
  "invite",
  "sites",
  "packages",
];

/** What browsers find on every network, beside those: plugins that have no service, and pages. */
const systemPlugins: readonly string[] = [
  "client-data",
  "crypto",
  "http",
  "keys",
  "permissions",
  "prompt",
];
const systemPages: readonly string[] = ["supervisor", "home"];

/** All that a network starts with, by the names of folders. */
const systemApps: readonly string[] = [...systemServices, ...systemPlugins, ...systemPages];

const repository = resolve(import.meta.dirname, "../..");

function folderOf(app: string): string {
  return resolve(repository, systemPlugins.includes(app) ? "plugins" : "apps", app);
}

export type SystemPackageError = { readonly app: string; readonly error: AppError };

/** The packages of the system's own apps, made from their folders; `systemServices` where nobody has a browser. */
export async function buildSystemPackages(
  apps: readonly string[] = systemApps,
): Promise<Result<readonly WrittenPackage[], SystemPackageError>> {
  const packages: WrittenPackage[] = [];
  const all = apps.map(async (app) => ({ app, made: await packageApp(folderOf(app)) }));
  for (const { app, made } of await Promise.all(all)) {
    if (!made.ok) return err({ app, error: made.error });
    packages.push(made.value);
  }
  return ok(packages);
}
