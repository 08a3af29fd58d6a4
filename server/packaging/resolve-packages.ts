import {
  comparePackageVersions,
  parsePackageVersion,
  parseVersionPattern,
} from "@kith/protocol/package-version";
import { err, type Result } from "@kith/protocol/result";

import { installOrder } from "./install-order.ts";
import { resolutionStepsMax } from "./limits.ts";
import type { InstalledPackage } from "./network-view.ts";
import type { Offered, PackageReference } from "./package.ts";
import type { PackageFile } from "./read-package.ts";
import type { ResolveError } from "./resolve-error.ts";

/** What is asked for: this file, or whatever of this name fits. */
export type Wanted = PackageFile | PackageReference;

export type Resolution<Offer extends Offered> = {
  readonly wanted: readonly Wanted[];
  /** Packages that may be installed where something needs them. */
  readonly available: readonly Offer[];
  readonly installed: readonly InstalledPackage[];
  /** Whether installed packages may be left without what they need. */
  readonly force: boolean;
};

/**
 * Which packages have to be installed, in order: each after those that it needs. What is installed and fits is kept;
 * else the newest that fits is taken.
 */
export function resolvePackages<Offer extends Offered>(
  resolution: Resolution<Offer>,
): Result<readonly (Offer | PackageFile)[], ResolveError> {
  const twice = repeatedName(resolution.wanted);
  if (twice !== undefined) return err({ code: "package-wanted-twice", package: twice });
  const search = new Search(resolution);
  const chosen = search.choose(wantedNeeds(resolution.wanted), new Map());
  if (chosen === undefined) return err(search.fault());
  const files = [...chosen.values()].flatMap(({ file }) => (file === undefined ? [] : [file]));
  const broken = resolution.force ? undefined : brokenDependent(resolution.installed, files);
  return broken === undefined ? installOrder(files) : err(broken);
}

/** The user wants it, or another package needs it. */
type Need = {
  readonly name: string;
  readonly version: string;
  readonly neededBy: string;
  /** Only this file will do. */
  readonly file?: PackageFile;
  /** The user asked for it: what is installed already does not count. */
  readonly fresh: boolean;
};

type Candidate<Offer> = {
  readonly version: string;
  readonly depends: readonly PackageReference[];
  /** Undefined: it is installed, and stays as it is. */
  readonly file: Offer | PackageFile | undefined;
};

type Chosen<Offer> = ReadonlyMap<string, Candidate<Offer>>;

function wantedNeeds(wanted: readonly Wanted[]): readonly Need[] {
  return wanted.map((each) => {
    if (!("contents" in each)) return { ...each, neededBy: "", fresh: true };
    const { name, version } = each.contents.meta;
    return { name, version: `=${version}`, neededBy: "", file: each, fresh: true };
  });
}

function repeatedName(wanted: readonly Wanted[]): string | undefined {
  const names = wantedNeeds(wanted).map(({ name }) => name);
  return names.find((name, at) => names.indexOf(name) !== at);
}

/** Tries candidates one after the other, the preferred first, and goes back where they do not fit together. */
class Search<Offer extends Offered> {
  readonly #resolution: Resolution<Offer>;
  #steps = 0;
  /** Of the last attempt that failed: what stands in the way of all. */
  #fault: ResolveError | undefined;

  constructor(resolution: Resolution<Offer>) {
    this.#resolution = resolution;
  }

  fault(): ResolveError {
    if (this.#steps > resolutionStepsMax || this.#fault === undefined) {
      return { code: "dependencies-too-many", steps: this.#steps };
    }
    return this.#fault;
  }

  choose(needs: readonly Need[], chosen: Chosen<Offer>): Chosen<Offer> | undefined {
    const [need, ...others] = needs;
    if (need === undefined) return chosen;
    if (++this.#steps > resolutionStepsMax) return undefined;
    const before = chosen.get(need.name);
    if (before !== undefined) {
      if (fits(need.version, before.version)) return this.choose(others, chosen);
      const { name, version, neededBy } = need;
      const code = "dependencies-conflict";
      this.#fault = { code, package: name, version, neededBy, chosen: before.version };
      return undefined;
    }
    for (const candidate of this.#candidates(need)) {
      const more = candidate.file === undefined ? [] : needsOf(need.name, candidate);
      const found = this.choose([...others, ...more], new Map(chosen).set(need.name, candidate));
      if (found !== undefined || this.#steps > resolutionStepsMax) return found;
    }
    return undefined;
  }

  #candidates(need: Need): readonly Candidate<Offer>[] {
    const { name, version, neededBy, file, fresh } = need;
    if (file !== undefined) return [candidateOf<Offer>(file)];
    const { installed, available } = this.#resolution;
    const there = installed
      .filter((each) => !fresh && each.name === name)
      .map((each) => ({ version: each.version, depends: each.depends, file: undefined }));
    const possible = available
      .filter(({ contents }) => contents.meta.name === name)
      .map((offer) => candidateOf<Offer>(offer))
      .toSorted((a, b) => compareVersions(b.version, a.version));
    const all: readonly Candidate<Offer>[] = [...there, ...possible];
    const fitting = all.filter((each) => fits(version, each.version));
    if (all.length === 0) this.#fault = { code: "package-not-found", package: name, neededBy };
    else if (fitting.length === 0) {
      const found = all.map((each) => each.version);
      this.#fault = { code: "package-version-not-found", package: name, version, neededBy, found };
    }
    return fitting;
  }
}

function candidateOf<Offer extends Offered>(file: Offer | PackageFile): Candidate<Offer> {
  const { version, depends } = file.contents.meta;
  return { version, depends, file };
}

function needsOf(neededBy: string, { depends }: Candidate<Offered>): readonly Need[] {
  return depends.map((needed) => ({ ...needed, neededBy, fresh: false }));
}

/** An installed package that is not replaced, and needs one that is. */
function brokenDependent(
  installed: readonly InstalledPackage[],
  files: readonly Offered[],
): ResolveError | undefined {
  const versions = new Map(
    files.map(({ contents }) => [contents.meta.name, contents.meta.version]),
  );
  for (const dependent of installed) {
    if (versions.has(dependent.name)) continue;
    for (const needed of dependent.depends) {
      const version = versions.get(needed.name);
      if (version === undefined || fits(needed.version, version)) continue;
      return {
        code: "dependent-breaks",
        package: needed.name,
        version,
        dependent: dependent.name,
        needs: needed.version,
      };
    }
  }
  return undefined;
}

export function fits(pattern: string, version: string): boolean {
  const test = parseVersionPattern(pattern);
  const parsed = parsePackageVersion(version);
  return test.ok && parsed.ok && test.value(parsed.value);
}

/** Below 0 when `a` comes before `b`; both were checked when their packages were read. */
export function compareVersions(a: string, b: string): number {
  const [first, second] = [parsePackageVersion(a), parsePackageVersion(b)];
  return first.ok && second.ok ? comparePackageVersions(first.value, second.value) : 0;
}
