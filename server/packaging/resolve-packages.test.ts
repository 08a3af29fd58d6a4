import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256Hex } from "@kith/protocol/hashes";
import { accountNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";

import type { InstalledPackage } from "./network-view.ts";
import type { PackageFile } from "./read-package.ts";
import type { ResolveError } from "./resolve-error.ts";
import { resolvePackages, type Resolution } from "./resolve-packages.ts";
import { testPackage } from "./test-packages.ts";

test("what a package needs is installed before it, the newest that fits", () => {
  const available = [
    pack("shop 1.0.0", "tokens ^1", "names 2"),
    pack("tokens 1.0.0", "names *"),
    pack("tokens 1.4.0", "names *"),
    pack("tokens 1.5.0-rc.1"),
    pack("tokens 2.0.0"),
    pack("names 2.0.1"),
    pack("unrelated 1.0.0"),
  ];
  assert.deepEqual(resolve({ wanted: ["shop"], available }), [
    "names 2.0.1",
    "tokens 1.4.0",
    "shop 1.0.0",
  ]);
});

test("an installed version that fits is kept; one that does not is upgraded", () => {
  const available = [pack("shop 1.0.0", "tokens >=1.2"), pack("tokens 1.9.0")];
  const wanted = ["shop"];
  assert.deepEqual(resolve({ wanted, available, installed: [has("tokens 1.3.0")] }), [
    "shop 1.0.0",
  ]);
  assert.deepEqual(resolve({ wanted, available, installed: [has("tokens 1.1.0")] }), [
    "tokens 1.9.0",
    "shop 1.0.0",
  ]);
});

test("a file that is named is the one that is installed, also where a newer one lies around", () => {
  const file = pack("tokens 1.0.0");
  const available = [file, pack("tokens 1.9.0"), pack("shop 1.0.0", "tokens 1")];
  const found = resolvePackages({
    wanted: [file, ref("shop")],
    available,
    installed: [],
    force: false,
  });
  assert.deepEqual(shown(found), ["tokens 1.0.0", "shop 1.0.0"]);
});

test("where the newest versions do not fit together, older ones are tried", () => {
  const available = [
    pack("app 1.0.0", "left *", "right *"),
    pack("left 2.0.0", "base 2"),
    pack("left 1.0.0", "base 1"),
    pack("right 1.0.0", "base 1"),
    pack("base 1.0.0"),
    pack("base 2.0.0"),
  ];
  assert.deepEqual(resolve({ wanted: ["app"], available }), [
    "base 1.0.0",
    "left 1.0.0",
    "right 1.0.0",
    "app 1.0.0",
  ]);
});

test("what is missing, or does not fit, is named with who needs it", () => {
  const app = pack("app 1.0.0", "base ^1.2");
  assert.deepEqual(refusal({ wanted: ["app"], available: [app] }), {
    code: "package-not-found",
    package: "base",
    neededBy: "app",
  });
  const old = [app, pack("base 1.0.0")];
  assert.deepEqual(refusal({ wanted: ["app"], available: old, installed: [has("base 1.1.0")] }), {
    code: "package-version-not-found",
    package: "base",
    version: "^1.2",
    neededBy: "app",
    found: ["1.1.0", "1.0.0"],
  });
  assert.deepEqual(refusal({ wanted: ["nothing"] }), {
    code: "package-not-found",
    package: "nothing",
    neededBy: "",
  });
});

test("two packages that need different versions of a third are told apart", () => {
  const available = [
    pack("app 1.0.0", "left *", "right *"),
    pack("left 1.0.0", "base 2"),
    pack("right 1.0.0", "base 1"),
    pack("base 1.0.0"),
    pack("base 2.0.0"),
  ];
  assert.deepEqual(refusal({ wanted: ["app"], available }), {
    code: "dependencies-conflict",
    package: "base",
    version: "1",
    neededBy: "right",
    chosen: "2.0.0",
  });
});

test("packages that need each other in a circle cannot be installed", () => {
  const available = [pack("a 1.0.0", "b *"), pack("b 1.0.0", "c *"), pack("c 1.0.0", "b *")];
  assert.deepEqual(refusal({ wanted: ["a"], available }), {
    code: "dependency-cycle",
    packages: ["b", "c", "b"],
  });
});

test("an upgrade that would leave an installed package without what it needs takes force, or its upgrade as well", () => {
  const available = [pack("tokens 2.0.0"), pack("shop 2.0.0", "tokens 2")];
  const installed = [has("tokens 1.0.0"), has("shop 1.0.0", "tokens 1")];
  assert.deepEqual(refusal({ wanted: ["tokens"], available, installed }), {
    code: "dependent-breaks",
    package: "tokens",
    version: "2.0.0",
    dependent: "shop",
    needs: "1",
  });
  const force = true;
  assert.deepEqual(resolve({ wanted: ["tokens"], available, installed, force }), ["tokens 2.0.0"]);
  assert.deepEqual(resolve({ wanted: ["shop", "tokens"], available, installed }), [
    "tokens 2.0.0",
    "shop 2.0.0",
  ]);
});

test("a package is wanted once", () => {
  const available = [pack("tokens 2.0.0")];
  assert.deepEqual(refusal({ wanted: ["tokens", "tokens"], available }), {
    code: "package-wanted-twice",
    package: "tokens",
  });
});

test("dependencies that no patience unravels end with a word", () => {
  const layers = Array.from({ length: 30 }, (_, layer) =>
    [1, 2, 3].map((version) =>
      pack(`p${layer} ${version}.0.0`, layer === 29 ? "never 1" : `p${layer + 1} *`),
    ),
  ).flat();
  const available = [pack("top 1.0.0", "p0 *", "p9 1"), ...layers, pack("never 2.0.0")];
  assert.equal(refusal({ wanted: ["top"], available })?.code, "dependencies-too-many");
});

type Given = Partial<Omit<Resolution<PackageFile>, "wanted">> & {
  readonly wanted: readonly string[];
};

function find({ wanted, ...given }: Given) {
  const resolution = { available: [], installed: [], force: false, ...given };
  return resolvePackages({ ...resolution, wanted: wanted.map(ref) });
}

function resolve(given: Given): readonly string[] {
  return shown(find(given));
}

function refusal(given: Given): ResolveError | undefined {
  const found = find(given);
  return found.ok ? undefined : found.error;
}

function shown(found: ReturnType<typeof find>): readonly string[] {
  assert.ok(found.ok, JSON.stringify(found));
  return found.value.map(({ contents }) => `${contents.meta.name} ${contents.meta.version}`);
}

function ref(name: string) {
  return { name, version: "*" };
}

function referencesOf(depends: readonly string[]) {
  return depends.map((text) => {
    const [name = "", version = ""] = text.split(" ");
    return { name, version };
  });
}

function pack(text: string, ...depends: readonly string[]): PackageFile {
  const [name = "", version = ""] = text.split(" ");
  return testPackage({ name, version, depends: referencesOf(depends) });
}

function has(text: string, ...depends: readonly string[]): InstalledPackage {
  const { contents } = pack(text, ...depends);
  const hash = sha256Hex(packText(text));
  return { ...contents.meta, hash, owner: accountNameConstant("alice") };
}
