import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { encodePem, pkcs8Of } from "@kith/protocol/keys";

import { dataFiles, openAdminSecret, openIdentity, openSecretKey } from "./data-folder.ts";
import { newFolder } from "./test-folder.ts";

const rightsOf = (path: string): number => statSync(path).mode & 0o777;

test("a node gets its key at the first start and keeps it", () => {
  const folder = newFolder();
  const first = openIdentity(folder);
  assert.ok(first.ok);
  assert.deepEqual(openIdentity(folder), first);
  const other = openIdentity(newFolder());
  assert.ok(other.ok);
  assert.notEqual(other.value.nodeId, first.value.nodeId);
});

test("keys and the admin secret are readable by nobody else", () => {
  const folder = newFolder();
  openIdentity(folder);
  openSecretKey(join(folder, dataFiles.ownerKey));
  const secret = openAdminSecret(folder);
  assert.match(secret, /^[0-9a-f]{64}$/);
  assert.equal(openAdminSecret(folder), secret);
  for (const name of [dataFiles.nodeKey, dataFiles.ownerKey, dataFiles.adminSecret]) {
    assert.equal(rightsOf(join(folder, name)), 0o600, name);
  }
});

test("a key file that holds something else is left alone and named, with what to do", () => {
  const p256 = encodePem(
    "PRIVATE KEY",
    pkcs8Of({ kind: "p256", secret: new Uint8Array(32).fill(1) }),
  );
  for (const text of ["", "not a key", p256]) {
    const folder = newFolder();
    const path = join(folder, dataFiles.nodeKey);
    writeFileSync(path, text);
    const opened = openIdentity(folder);
    assert.ok(!opened.ok);
    assert.ok(opened.error.startsWith(`${path} is not an Ed25519 key`));
    assert.match(opened.error, /move the whole data folder aside/);
    assert.equal(readFileSync(path, "utf8"), text);
  }
});
