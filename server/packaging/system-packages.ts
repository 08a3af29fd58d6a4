import { resolve } from "node:path";

import { err, ok, type Result } from "@kith/protocol/result";

import type { AppError } from "./app-error.ts";
import { packageApp } from "./package-app.ts";
import type { WrittenPackage } from "./write-package.ts";

/** The apps that every network starts with, in the order in which they can be installed. */
export const systemApps: readonly string[] = [
  "transact",
  "accounts",
  "auth-sig",
  "auth-delg",
  "auth-group",
  "auth-any",
  "staged-tx",
  "setcode",
  "producers",
  "quotas",
  "sites",
  "packages",
  "home",
];

const appsFolder = resolve(import.meta.dirname, "../../apps");

function folderOf(app: string): string {
  return resolve(appsFolder, app);
}

export type SystemPackageError = { readonly app: string; readonly error: AppError };

/** The packages of the system's own apps, made from their folders. */
export async function buildSystemPackages(): Promise<
  Result<readonly WrittenPackage[], SystemPackageError>
> {
  const packages: WrittenPackage[] = [];
  const all = systemApps.map(async (app) => ({ app, made: await packageApp(folderOf(app)) }));
  for (const { app, made } of await Promise.all(all)) {
    if (!made.ok) return err({ app, error: made.error });
    packages.push(made.value);
  }
  return ok(packages);
}
