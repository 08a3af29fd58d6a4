import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256Hex } from "@kith/protocol/hashes";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { packText } from "@kith/protocol/texts";
import { codeBytesMax, javaScript, webAssembly } from "@kith/sdk/system/setcode";

import { metaBytesMax, packageAccountsMax, packageDependsMax } from "./limits.ts";
import type { PackageError } from "./package-error.ts";
import type { Package } from "./package.ts";
import { readPackage } from "./read-package.ts";
import { writePackage } from "./write-package.ts";
import { writeZip } from "./write-zip.ts";

const shop = accountNameConstant("shop");
const stock = accountNameConstant("stock");
const schema = JSON.stringify({
  service: "shop",
  types: {},
  actions: { sell: { params: { Object: { amount: { Int: { bits: 32, isSigned: false } } } } } },
  history: {},
  merkle: {},
});

const whole: Package = {
  meta: {
    name: "Shop",
    version: "1.2.3-rc.1",
    description: "Sells things.",
    depends: [{ name: "Tokens", version: "^1.2 || =2.0.0" }],
    accounts: [shop, stock],
    services: [shop, stock],
  },
  services: [
    {
      account: shop,
      vm: javaScript,
      code: packText("1;"),
      info: { flags: [], server: shop, schema },
    },
    {
      account: stock,
      vm: webAssembly,
      code: Uint8Array.of(0, 97, 115, 109),
      info: { flags: ["isVerify"] },
    },
  ],
  files: [
    { account: shop, path: "/css/a b.css", content: packText("a {}") },
    { account: shop, path: "/index.html", content: new Uint8Array() },
  ],
  postinstall: [
    {
      sender: shop,
      service: shop,
      method: methodNameConstant("sell"),
      data: { amount: 3 },
    },
    {
      sender: stock,
      service: shop,
      method: methodNameConstant("sell"),
      rawData: Uint8Array.of(1, 255),
    },
  ],
};

test("a package that is written is read again, part for part", () => {
  const written = writePackage(whole);
  assert.ok(written.ok);
  assert.deepEqual(written.value.contents, whole);
  const read = readPackage(written.value.bytes);
  assert.deepEqual(read, {
    ok: true,
    value: { hash: sha256Hex(written.value.bytes), contents: whole },
  });
});

test("a package that says as little as psibase's is read", () => {
  const meta = { name: "AuthSig", version: "0.1.0", accounts: ["shop"], exports: [] };
  const read = readPackage(file({ "meta.json": meta, "service/shop.js": "1;" }));
  assert.ok(read.ok);
  assert.deepEqual(read.value.contents, {
    meta: {
      name: "AuthSig",
      version: "0.1.0",
      description: "",
      depends: [],
      accounts: ["shop"],
      services: ["shop"],
    },
    services: [{ account: "shop", vm: 0, code: packText("1;"), info: { flags: [] } }],
    files: [],
    postinstall: [],
  });
});

test("fields of meta.json that are missing or wrong are named", () => {
  const depends = Array.from({ length: packageDependsMax + 1 }, (_, at) => {
    return { name: `p${at}`, version: "1" };
  });
  const accounts = Array.from({ length: packageAccountsMax + 1 }, (_, at) => `a${at}`);
  const cases: readonly (readonly [object, string])[] = [
    [{ name: undefined }, "name"],
    [{ name: "no/name" }, "name"],
    [{ name: "x".repeat(65) }, "name"],
    [{ version: "1.0" }, "version"],
    [{ version: 1 }, "version"],
    [{ description: "x".repeat(1001) }, "description"],
    [{ depends: [{ name: "y", version: "one" }] }, "depends.0.version"],
    [{ depends: [{ name: "y" }] }, "depends.0.version"],
    [{ depends: Array.from({ length: 2 }, () => ({ name: "y", version: "1" })) }, "depends"],
    [{ depends }, "depends"],
    [{ accounts: ["Not-A-Name"] }, "accounts.0"],
    [{ accounts: ["shop", "shop"] }, "accounts"],
    [{ accounts }, "accounts"],
  ];
  for (const [wrong, field] of cases) {
    const error = refusal({ "meta.json": { ...minimal, ...wrong } });
    assert.ok(error?.code === "field-invalid", JSON.stringify([wrong, error]));
    assert.deepEqual([error.path, error.field], ["meta.json", field]);
  }
});

test("whatever does not belong into a package, or is missing from it, is refused", () => {
  const cases: readonly (readonly [Readonly<Record<string, unknown>>, PackageError])[] = [
    [{ "data/shop/x": "" }, { code: "entry-missing", path: "meta.json" }],
    [{ "meta.json": "{" }, { code: "json-malformed", path: "meta.json" }],
    [
      { "meta.json": { ...minimal, scope: "local" } },
      { code: "scope-unsupported", scope: "local" },
    ],
    [holding({ "readme.md": "" }), { code: "entry-unexpected", path: "readme.md" }],
    [holding({ "service/shop.ts": "" }), { code: "entry-unexpected", path: "service/shop.ts" }],
    [holding({ "service/a/b.js": "" }), { code: "entry-unexpected", path: "service/a/b.js" }],
    [holding({ "data/Not/x": "" }), { code: "entry-unexpected", path: "data/Not/x" }],
    [holding({ "data/file": "" }), { code: "entry-unexpected", path: "data/file" }],
    [
      holding({ "data/bob/x": "" }),
      { code: "account-undeclared", account: "bob", path: "data/bob/x" },
    ],
    [
      holding({ "service/bob.js": "1;" }),
      { code: "account-undeclared", account: "bob", path: "service/bob" },
    ],
    [
      holding({ "service/shop.js": "1;", "service/shop.wasm": "" }),
      { code: "code-repeated", account: "shop" },
    ],
    [holding({ "service/shop.json": "{}" }), { code: "service-without-code", account: "shop" }],
    [
      { "meta.json": { ...minimal, services: ["shop"] } },
      { code: "service-without-code", account: "shop" },
    ],
    [
      { "meta.json": { ...minimal, services: [] }, "service/shop.js": "1;" },
      { code: "service-undeclared", account: "shop" },
    ],
  ];
  for (const [entries, error] of cases) assert.deepEqual(refusal(entries), error);
});

test("a script that acts for an account of somebody else is refused: whoever installs it would sign for that", () => {
  const action = { sender: "alice", service: "tokens", method: "transfer", rawData: "00" };
  const error = refusal(holding({ "script/postinstall.json": [action] }));
  assert.deepEqual(error, {
    code: "account-undeclared",
    account: "alice",
    path: "script/postinstall.json",
  });
});

test("scripts and descriptions of services with wrong fields are refused by field", () => {
  const good = { sender: "shop", service: "tokens", method: "open", rawData: "00" };
  const scripts: readonly (readonly [object, string])[] = [
    [{ ...good, sender: "No" }, "0.sender"],
    [{ ...good, service: undefined }, "0.service"],
    [{ ...good, method: "" }, "0.method"],
    [{ ...good, rawData: "0" }, "0.rawData"],
  ];
  for (const [action, field] of scripts) {
    const error = refusal(holding({ "script/postinstall.json": [action] }));
    assert.ok(error?.code === "field-invalid");
    assert.deepEqual([error.path, error.field], ["script/postinstall.json", field]);
  }
  const infos: readonly (readonly [object, string])[] = [
    [{ flags: ["isRoot"] }, "flags.0"],
    [{ flags: ["isVerify", "isVerify"] }, "flags"],
    [{ server: "No" }, "server"],
    [{ schema: "text" }, "schema"],
  ];
  for (const [info, field] of infos) {
    const error = refusal(holding({ "service/shop.js": "1;", "service/shop.json": info }));
    assert.ok(error?.code === "field-invalid");
    assert.deepEqual([error.path, error.field], ["service/shop.json", field]);
  }
  const schemaError = refusal(
    holding({
      "service/shop.js": "1;",
      "service/shop.json": { schema: { service: "shop", types: { T: { Nothing: 1 } } } },
    }),
  );
  assert.equal(schemaError?.code, "schema-invalid");
});

test("entries above their sizes are refused", () => {
  const long = refusal(holding({ "service/shop.js": "x".repeat(codeBytesMax + 1) }));
  assert.equal(long?.code, "entry-too-large");
  const text = JSON.stringify(minimal) + " ".repeat(metaBytesMax);
  assert.equal(refusal({ "meta.json": text })?.code, "entry-too-large");
});

test("what could not be read again is not written", () => {
  const twice = [whole.files[0], whole.files[0]].filter((found) => found !== undefined);
  const repeated = writePackage({ ...whole, files: twice });
  assert.ok(!repeated.ok && repeated.error.code === "entry-repeated");
  const bad = writePackage({ ...whole, meta: { ...whole.meta, version: "one" } });
  assert.ok(!bad.ok && bad.error.code === "field-invalid");
});

const minimal = { name: "x", version: "1.0.0", accounts: ["shop"] };

function holding(entries: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { "meta.json": minimal, ...entries };
}

function file(entries: Readonly<Record<string, unknown>>): Uint8Array {
  const packed = Object.entries(entries).map(([path, content]) => {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    return [path, packText(text)] as const;
  });
  return writeZip(new Map(packed));
}

function refusal(entries: Readonly<Record<string, unknown>>): PackageError | undefined {
  const read = readPackage(file(entries));
  return read.ok ? undefined : read.error;
}
