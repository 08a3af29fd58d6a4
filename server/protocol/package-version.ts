import { versionPatternCharsMax } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";

/**
 * Versions of packages and the patterns of their dependencies (psibase specification, data-formats/package.md).
 * Where psibase's two implementations differ from each other, this follows the specification.
 */
export type PackageVersion = {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** The identifiers after `-`; empty for a release. */
  readonly prerelease: readonly string[];
};

export type VersionError =
  | { readonly code: "version-malformed"; readonly text: string }
  | { readonly code: "version-pattern-malformed"; readonly text: string }
  | { readonly code: "version-pattern-too-long"; readonly chars: number }
  | { readonly code: "version-pattern-operator-missing"; readonly at: number }
  | { readonly code: "version-pattern-parenthesis-unmatched"; readonly at: number };

const number = "0|[1-9]\\d*";
const identifier = `(?:${number}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const suffixes = `(?:-(?<prerelease>${identifier}(?:\\.${identifier})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?`;
const versionShape = new RegExp(
  `^(?<major>${number})\\.(?<minor>${number})\\.(?<patch>${number})${suffixes}$`,
);
const termShape = new RegExp(
  `^(?:\\*|(?<major>${number})(?:\\.\\*|\\.(?<minor>${number})(?:\\.\\*|\\.(?<patch>${number})${suffixes})?)?)$`,
);

/** Parses a full semantic version; build metadata is allowed and ignored. */
export function parsePackageVersion(text: string): Result<PackageVersion, VersionError> {
  const groups = text.length > versionPatternCharsMax ? undefined : versionShape.exec(text)?.groups;
  const { major, minor, patch, prerelease } = groups ?? {};
  if (major === undefined || minor === undefined || patch === undefined) {
    return err({ code: "version-malformed", text: text.slice(0, versionPatternCharsMax) });
  }
  return ok({
    major: BigInt(major),
    minor: BigInt(minor),
    patch: BigInt(patch),
    prerelease: prerelease?.split(".") ?? [],
  });
}

/** Precedence of semver.org, clause 11: negative when `a` comes before `b`. */
export function comparePackageVersions(a: PackageVersion, b: PackageVersion): number {
  return (
    compareNumbers(a.major, b.major) ||
    compareNumbers(a.minor, b.minor) ||
    compareNumbers(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

/** Whether the version is one that the pattern allows. */
export function matchPackageVersion(
  pattern: string,
  versionText: string,
): Result<boolean, VersionError> {
  const test = parseVersionPattern(pattern);
  if (!test.ok) return test;
  const version = parsePackageVersion(versionText);
  if (!version.ok) return version;
  return ok(test.value(version.value));
}

export type VersionTest = (version: PackageVersion) => boolean;

type Parsed = Result<{ readonly test: VersionTest; readonly at: number }, VersionError>;

/** The operators that join tests, loosest first: `a, b || c && d` is `a, (b || (c && d))`. */
const joints = [
  { symbol: ",", join: and },
  { symbol: "||", join: or },
  { symbol: "&&", join: and },
] as const;

/** Parses a whole pattern into one test. */
export function parseVersionPattern(text: string): Result<VersionTest, VersionError> {
  if (text.length > versionPatternCharsMax) {
    return err({ code: "version-pattern-too-long", chars: text.length });
  }
  const parsed = parseJoined(text, 0, 0);
  if (!parsed.ok) return parsed;
  const { test, at } = parsed.value;
  if (at === text.length) return ok(test);
  if (text[at] === ")") return err({ code: "version-pattern-parenthesis-unmatched", at });
  return err({ code: "version-pattern-operator-missing", at });
}

function parseJoined(text: string, start: number, level: number): Parsed {
  const joint = joints[level];
  if (joint === undefined) return parseSingle(text, start);
  const first = parseJoined(text, start, level + 1);
  if (!first.ok) return first;
  let { test, at } = first.value;
  while (text.startsWith(joint.symbol, at)) {
    const next = parseJoined(text, at + joint.symbol.length, level + 1);
    if (!next.ok) return next;
    test = joint.join(test, next.value.test);
    at = next.value.at;
  }
  return ok({ test, at });
}

/** One test, or a group in parentheses, with the white space around it. */
function parseSingle(text: string, start: number): Parsed {
  const at = skipSpace(text, start);
  if (text[at] === "(") {
    const inner = parseJoined(text, at + 1, 0);
    if (!inner.ok) return inner;
    if (text[inner.value.at] !== ")") {
      return err({ code: "version-pattern-parenthesis-unmatched", at });
    }
    return ok({ test: inner.value.test, at: skipSpace(text, inner.value.at + 1) });
  }
  const [token = "", operator = "", term = ""] =
    /^(!=|<=|>=|[=<>^~])?[ \t]*([^()&|!=<>^~, \t]*)/.exec(text.slice(at)) ?? [];
  const test = parseTerm(operator, term);
  return test.ok ? ok({ test: test.value, at: skipSpace(text, at + token.length) }) : test;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

/** What a pattern says about a version: the leading numbers, and perhaps a prerelease. */
type Term = { readonly numbers: readonly bigint[]; readonly prerelease: readonly string[] };

function parseTerm(operator: string, text: string): Result<VersionTest, VersionError> {
  const groups = termShape.exec(text)?.groups;
  if (groups === undefined) return err({ code: "version-pattern-malformed", text });
  const numbers = [groups["major"], groups["minor"], groups["patch"]].flatMap((digits) =>
    digits === undefined ? [] : [BigInt(digits)],
  );
  return ok(testOf(operator, { numbers, prerelease: groups["prerelease"]?.split(".") ?? [] }));
}

function testOf(operator: string, term: Term): VersionTest {
  switch (operator) {
    case "=":
      return (version) => compareTerm(term, version) === 0;
    case "!=":
      return (version) => compareTerm(term, version) !== 0;
    case "<":
      return (version) => compareTerm(term, version) > 0;
    case "<=":
      return (version) => compareTerm(term, version) >= 0;
    case ">":
      return (version) => compareTerm(term, version) < 0;
    case ">=":
      return (version) => compareTerm(term, version) <= 0;
    case "~":
      return (version) => isUpdate(term, version, 2);
    default:
      return (version) => isUpdate(term, version, compatibleNumbers(term));
  }
}

/** A prefix equals every version that starts with it. */
function compareTerm(term: Term, version: PackageVersion): number {
  const numbers = numbersOf(version);
  for (const [index, wanted] of term.numbers.entries()) {
    const order = compareNumbers(wanted, numbers[index] ?? 0n);
    if (order !== 0) return order;
  }
  return term.numbers.length < 3 ? 0 : comparePrereleases(term.prerelease, version.prerelease);
}

/** How many leading numbers stay the same in a compatible version: `^1.2.3`, `^0.2.3` and `^0.0.3` keep 1, 2 and 3. */
function compatibleNumbers({ numbers }: Term): number {
  if (numbers[0] !== 0n) return 1;
  return numbers[1] === 0n ? 3 : 2;
}

/** Not older than the term, with the first `kept` numbers unchanged; a prerelease only when it is named exactly. */
function isUpdate(term: Term, version: PackageVersion, kept: number): boolean {
  const numbers = numbersOf(version);
  for (const [index, wanted] of term.numbers.entries()) {
    const order = compareNumbers(wanted, numbers[index] ?? 0n);
    if (order > 0 || (order < 0 && index < kept)) return false;
    if (order < 0) return version.prerelease.length === 0;
  }
  if (term.numbers.length < 3) return version.prerelease.length === 0;
  return comparePrereleases(term.prerelease, version.prerelease) === 0;
}

function numbersOf(version: PackageVersion): readonly bigint[] {
  return [version.major, version.minor, version.patch];
}

function compareNumbers(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A release comes after its prereleases; identifiers compare one by one, numbers before words. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length);
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.length < b.length ? -1 : 0;
}

function compareIdentifiers(a: string, b: string): number {
  const isNumberA = /^\d+$/.test(a);
  const isNumberB = /^\d+$/.test(b);
  if (isNumberA && isNumberB) return compareNumbers(BigInt(a), BigInt(b));
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function and(a: VersionTest, b: VersionTest): VersionTest {
  return (version) => a(version) && b(version);
}

function or(a: VersionTest, b: VersionTest): VersionTest {
  return (version) => a(version) || b(version);
}
