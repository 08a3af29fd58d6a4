import { parseChecksum, type Checksum } from "@kith/protocol/ids";
import { ok, type Result } from "@kith/protocol/result";
import { packText } from "@kith/protocol/texts";
import { z, type ZodType } from "zod";

import { whyNotEntryPath } from "./entry-path.ts";
import { indexedPackagesMax } from "./limits.ts";
import { metaFields } from "./meta-json.ts";
import type { PackageError } from "./package-error.ts";
import type { PackageMeta } from "./package.ts";
import { parseJson } from "./parse-json.ts";
import type { PackageFile } from "./read-package.ts";

/** A package that lies somewhere, as the index beside it describes it. */
export type IndexedPackage = {
  readonly contents: { readonly meta: Omit<PackageMeta, "services"> };
  /** sha256 of the file. */
  readonly hash: Checksum;
  /** Where the file is, from the folder of the index on. */
  readonly file: string;
};

export const indexName = "index.json";

const hashField: ZodType<Checksum> = z.string().transform((text, context) => {
  // psibase writes hex in capital letters.
  const hash = parseChecksum(text.toLowerCase());
  if (hash.ok) return hash.value;
  context.addIssue("not a sha256");
  return z.NEVER;
});

const indexJson = z
  .array(
    z.object({
      ...metaFields,
      sha256: hashField,
      file: z.string().refine((path) => whyNotEntryPath(path) === undefined, "not a path below it"),
    }),
  )
  .max(indexedPackagesMax);

/** psibase's package index: what `meta.json` of each package says, where its file is, and its sha256. */
export function parseIndex(content: Uint8Array): Result<readonly IndexedPackage[], PackageError> {
  const parsed = parseJson(indexName, content, indexJson);
  if (!parsed.ok) return parsed;
  const forNetworks = parsed.value.filter(({ scope }) => scope === "network");
  return ok(
    forNetworks.map(({ sha256: hash, file, name, version, description, depends, accounts }) => {
      return { hash, file, contents: { meta: { name, version, description, depends, accounts } } };
    }),
  );
}

export function packIndex(
  packages: readonly { readonly file: string; readonly package: PackageFile }[],
): Uint8Array {
  const json = packages.map(({ file, package: { hash, contents } }) => {
    return { ...contents.meta, scope: "network", file, sha256: hash };
  });
  return packText(`${JSON.stringify(json, undefined, 2)}\n`);
}

/** Whether a file that was fetched is the one that the index describes. */
export function isIndexed(file: PackageFile, indexed: IndexedPackage): boolean {
  const { name, version, depends } = indexed.contents.meta;
  const { meta } = file.contents;
  const same = meta.name === name && meta.version === version;
  const needs = JSON.stringify(meta.depends) === JSON.stringify(depends);
  return file.hash === indexed.hash && same && needs;
}
