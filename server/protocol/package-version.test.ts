import assert from "node:assert/strict";
import { test } from "node:test";

import { versionPatternCharsMax } from "./limits.ts";
import {
  comparePackageVersions,
  matchPackageVersion,
  parsePackageVersion,
  parseVersionPattern,
} from "./package-version.ts";

function matches(pattern: string, version: string): boolean {
  const result = matchPackageVersion(pattern, version);
  assert.ok(result.ok, `${pattern} or ${version} is malformed`);
  return result.value;
}

const allowed: Readonly<Record<string, readonly string[]>> = {
  "1": ["1.0.0", "1.3.1", "1.3.1+build.5"],
  "0": ["0.0.1", "0.9.9"],
  "0.1": ["0.1.0", "0.1.9"],
  "1.2": ["1.2.0", "1.3.0"],
  "1.2.*": ["1.2.0", "1.9.0"],
  "~1": ["1.0.0", "1.9.9"],
  "~1.2": ["1.2.0", "1.2.9"],
  "~0.0.1": ["0.0.1", "0.0.2"],
  "=1.2": ["1.2.0", "1.2.7"],
  "!=1.2": ["1.3.0", "2.0.0"],
  "^1.2.3-rc.1": ["1.2.3-rc.1", "1.2.4", "1.3.0"],
  ">=1.1.2, <2.0.0": ["1.1.3", "2.0.0-beta"],
  ">1, <3": ["2.0.0", "2.5.1-alpha"],
  " ( 1 || 2 ) && != 1.5.0 ": ["1.4.0", "2.0.0"],
  "1 || 2 && 3": ["1.0.0"],
  "1.0.0-1.2 || >1.0.0-a": ["1.0.0-1.2", "1.0.0-b", "1.0.0"],
};

const refused: Readonly<Record<string, readonly string[]>> = {
  "1": ["2.0.0", "0.9.0", "1.2.0-rc1"],
  "*": ["1.0.0-rc1"],
  "0.1": ["0.2.0", "0.0.9"],
  "^0.0.1": ["0.0.2"],
  "~1.2": ["1.3.0", "1.2.0-rc1"],
  "=1.2": ["1.3.0"],
  "!=1.2": ["1.2.0"],
  "^1.2.3-rc.1": ["1.2.3-rc.2", "1.2.2"],
  "1, 2 || 3": ["2.0.0", "1.0.0"],
  "(1 || 2) && 3": ["1.0.0"],
};

for (const [pattern, versions] of Object.entries(allowed)) {
  test(`${pattern} allows ${versions.join(" and ")}`, () => {
    for (const version of versions) assert.equal(matches(pattern, version), true, version);
  });
}

for (const [pattern, versions] of Object.entries(refused)) {
  test(`${pattern} refuses ${versions.join(" and ")}`, () => {
    for (const version of versions) assert.equal(matches(pattern, version), false, version);
  });
}

test("versions are ordered as semver.org orders them", () => {
  const ordered = [
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.9",
    "1.0.10",
    "2.0.0",
    "18446744073709551616.0.0",
  ].map((text) => {
    const version = parsePackageVersion(text);
    assert.ok(version.ok, text);
    return version.value;
  });
  for (const [i, a] of ordered.entries()) {
    for (const [j, b] of ordered.entries()) {
      assert.equal(comparePackageVersions(a, b), Math.sign(i - j));
    }
  }
});

test("a malformed version is refused", () => {
  for (const text of [
    "",
    "1",
    "1.2",
    "01.2.3",
    "1.2.3-",
    "1.2.3-01",
    "1.2.3+",
    "v1.2.3",
    "1.2.3 ",
  ]) {
    assert.equal(parsePackageVersion(text).ok, false, text);
  }
});

test("a malformed pattern is refused with the reason", () => {
  const codes: Readonly<Record<string, string>> = {
    "": "version-pattern-malformed",
    "1 ||": "version-pattern-malformed",
    "1 2": "version-pattern-operator-missing",
    "1 & 2": "version-pattern-operator-missing",
    "(1": "version-pattern-parenthesis-unmatched",
    "1)": "version-pattern-parenthesis-unmatched",
    "==1": "version-pattern-malformed",
    "1.02": "version-pattern-malformed",
    "1.2.3.4": "version-pattern-malformed",
  };
  for (const [pattern, code] of Object.entries(codes)) {
    const result = parseVersionPattern(pattern);
    assert.ok(!result.ok, pattern);
    assert.equal(result.error.code, code, pattern);
  }
});

test("a pattern longer than the limit is refused before it is parsed", () => {
  const result = parseVersionPattern("(".repeat(versionPatternCharsMax + 1));
  assert.ok(!result.ok);
  assert.equal(result.error.code, "version-pattern-too-long");
});

test("a pattern that nests as deep as it may does not overflow the stack", () => {
  const depth = Math.floor((versionPatternCharsMax - 1) / 2);
  assert.equal(matches(`${"(".repeat(depth)}1${")".repeat(depth)}`, "1.0.0"), true);
});
