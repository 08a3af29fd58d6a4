import { abort, check } from "@kith/sdk/abort";
import { parsePackageVersion, parseVersionPattern } from "@kith/sdk/package-version";
import type { InstalledMeta } from "@kith/sdk/system/packages";

import {
  accountsMax,
  dependsMax,
  descriptionCharsMax,
  manifestBytesMax,
  nameCharsMax,
  versionCharsMax,
} from "./limits.ts";

/** Aborts unless this is what a package may say about itself. */
export function checkMeta(meta: InstalledMeta, manifest: Uint8Array): void {
  const { name, version, description, depends, accounts, services } = meta;
  checkName(name);
  const validVersion = version.length <= versionCharsMax && parsePackageVersion(version).ok;
  check(validVersion, "version-malformed", `${shown(version)} is not a semantic version`);
  const short = description.length <= descriptionCharsMax;
  check(short, "description-too-long", `at most ${descriptionCharsMax} characters describe it`);
  check(accounts.length <= accountsMax, "too-many-accounts", `at most ${accountsMax} accounts`);
  const distinct = new Set(accounts);
  check(distinct.size === accounts.length, "account-repeated", "an account is named twice");
  const foreign = services.find((service) => !distinct.has(service));
  check(foreign === undefined, "service-undeclared", `${foreign} is no account of the package`);
  check(depends.length <= dependsMax, "too-many-dependencies", `it needs at most ${dependsMax}`);
  const needed = new Set(depends.map((dependency) => dependency.name));
  check(needed.size === depends.length, "dependency-repeated", "a package is needed twice");
  check(!needed.has(name), "dependency-on-itself", `${name} needs itself`);
  for (const dependency of depends) {
    checkName(dependency.name);
    const pattern = parseVersionPattern(dependency.version);
    check(
      pattern.ok,
      "version-pattern-malformed",
      `${shown(dependency.version)} is not a pattern of versions`,
    );
  }
  if (manifest.length > manifestBytesMax) {
    abort(
      "manifest-too-long",
      `a manifest of ${manifest.length} bytes; at most ${manifestBytesMax}`,
    );
  }
}

export function checkName(name: string): void {
  const valid = name.length <= nameCharsMax && /^[A-Za-z0-9][\w.-]*$/.test(name);
  check(valid, "package-name-malformed", `${shown(name)} is not the name of a package`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
