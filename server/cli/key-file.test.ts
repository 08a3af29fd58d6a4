import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { createKey, findKey, keysFolder, readKey } from "./key-file.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-key-"));
after(() => rmSync(folder, { recursive: true }));

test("a new key is PKCS#8 in a file that only its owner can read", () => {
  const path = join(folder, "keys", "mine.pem");
  const made = createKey(path);
  assert.ok(made.ok);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.match(readFileSync(path, "utf8"), /^-----BEGIN PRIVATE KEY-----\n/);
  assert.deepEqual(readKey(path), made);
});

test("a key that exists is never overwritten", () => {
  const path = join(folder, "twice.pem");
  const first = createKey(path);
  const second = createKey(path);
  assert.deepEqual(second, { ok: false, error: { code: "key-exists", path } });
  assert.deepEqual(readKey(path), first);
});

test("a file that is missing, or no key, is said to be so", () => {
  const missing = join(folder, "missing.pem");
  assert.deepEqual(readKey(missing), { ok: false, error: { code: "key-missing", path: missing } });
  const text = join(folder, "text.pem");
  writeFileSync(text, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  assert.deepEqual(readKey(text), { ok: false, error: { code: "key-malformed", path: text } });
});

test("an account's own key goes before the default, and a named one before both", () => {
  const before = process.env["KITH_HOME"];
  process.env["KITH_HOME"] = join(folder, "home");
  after(() => {
    if (before === undefined) delete process.env["KITH_HOME"];
    else process.env["KITH_HOME"] = before;
  });
  const fallback = createKey(join(keysFolder(), "default.pem"));
  assert.deepEqual(findKey(undefined, "alice"), fallback);
  const own = createKey(join(keysFolder(), "alice.pem"));
  assert.deepEqual(findKey(undefined, "alice"), own);
  assert.deepEqual(findKey(undefined, "bob"), fallback);
  const named = createKey(join(folder, "named.pem"));
  assert.deepEqual(findKey(join(folder, "named.pem"), "alice"), named);
});
