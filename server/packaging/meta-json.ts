import type { AccountName } from "@kith/protocol/ids";
import { parsePackageVersion, parseVersionPattern } from "@kith/protocol/package-version";
import { err, ok, type Result } from "@kith/protocol/result";
import { packText } from "@kith/protocol/texts";
import { z, type ZodType } from "zod";

import {
  descriptionCharsMax,
  packageAccountsMax,
  packageDependsMax,
  packageNameCharsMax,
  packageVersionCharsMax,
} from "./limits.ts";
import type { PackageError } from "./package-error.ts";
import type { PackageMeta, PackageReference } from "./package.ts";
import { accountField, parseJson } from "./parse-json.ts";

export const metaPath = "meta.json";

export const nameField: ZodType<string> = z
  .string()
  .max(packageNameCharsMax)
  .regex(/^[A-Za-z0-9][\w.-]*$/, "names have letters, digits, dots, dashes and underscores");

export const versionField: ZodType<string> = z
  .string()
  .max(packageVersionCharsMax)
  .refine((text) => parsePackageVersion(text).ok, "not a semantic version");

export const patternField: ZodType<string> = z
  .string()
  .refine((text) => parseVersionPattern(text).ok, "not a pattern of versions");

export const descriptionField: ZodType<string> = z.string().max(descriptionCharsMax);

const accountsField = z
  .array(accountField)
  .max(packageAccountsMax)
  .refine((names) => new Set(names).size === names.length, "an account is named twice");

/** What `meta.json` has, and what an index repeats of it. */
export const metaFields = {
  name: nameField,
  version: versionField,
  scope: z.string().default("network"),
  description: descriptionField.default(""),
  depends: z
    .array(z.object({ name: nameField, version: patternField }))
    .max(packageDependsMax)
    .refine(
      (depends) => new Set(depends.map(({ name }) => name)).size === depends.length,
      "a package is named twice",
    )
    .default([]),
  accounts: accountsField.default([]),
  services: accountsField.optional(),
};

const metaJson = z.object(metaFields);

/** `services` is what the package says; a package that does not say has those whose code is in it. */
export type DeclaredMeta = Omit<PackageMeta, "services"> & {
  readonly services: readonly AccountName[] | undefined;
};

/** psibase specification, data-formats/package.md, "meta.json". Fields of later versions are passed over. */
export function parseMeta(content: Uint8Array): Result<DeclaredMeta, PackageError> {
  const parsed = parseJson(metaPath, content, metaJson);
  if (!parsed.ok) return parsed;
  const { scope, services, ...meta } = parsed.value;
  if (scope !== "network") return err({ code: "scope-unsupported", scope: scope.slice(0, 80) });
  return ok({ ...meta, services });
}

export function packMeta(meta: PackageMeta): Uint8Array {
  const { name, version, description, accounts, services } = meta;
  const depends = meta.depends.map((needed: PackageReference) => {
    return { name: needed.name, version: needed.version };
  });
  const json = { name, version, scope: "network", description, depends, accounts, services };
  return packText(`${JSON.stringify(json, undefined, 2)}\n`);
}
