import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { fileKindOf } from "./content-type.ts";
import { scanFolder } from "./scan-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-scan-"));
after(() => rmSync(folder, { recursive: true }));

test("a folder is listed as paths of a site, in order, without what is not part of it", () => {
  const site = join(folder, "site");
  mkdirSync(join(site, "css"), { recursive: true });
  mkdirSync(join(site, ".git"));
  writeFileSync(join(site, ".git", "config"), "secret");
  writeFileSync(join(site, "index.html"), "12345");
  writeFileSync(join(site, "css", "main.css"), "");
  writeFileSync(join(site, "ä b.txt"), "x");
  symlinkSync(join(site, "css"), join(site, "linked"));
  const found = scanFolder(site);
  assert.ok(found.ok);
  assert.deepEqual(
    found.value.map(({ path, sizeBytes }) => [path, sizeBytes]),
    [
      ["/css/main.css", 0],
      ["/index.html", 5],
      ["/linked/main.css", 0],
      ["/ä b.txt", 1],
    ],
  );
});

test("a folder that is missing, empty, or has what no site can have is refused by name", () => {
  const missing = join(folder, "missing");
  assert.deepEqual(scanFolder(missing), {
    ok: false,
    error: { code: "folder-missing", path: missing },
  });
  const file = join(folder, "file");
  writeFileSync(file, "");
  assert.deepEqual(scanFolder(file), { ok: false, error: { code: "not-a-folder", path: file } });
  const empty = join(folder, "empty");
  mkdirSync(empty);
  assert.deepEqual(scanFolder(empty), { ok: false, error: { code: "folder-empty", path: empty } });
  const odd = join(folder, "odd");
  mkdirSync(odd);
  writeFileSync(join(odd, "a\\b"), "");
  const refused = scanFolder(odd);
  assert.ok(!refused.ok && refused.error.code === "path-not-publishable");
});

test("a link to a folder above ends with a word, not with a scan without end", () => {
  const round = join(folder, "round");
  mkdirSync(round);
  writeFileSync(join(round, "a.txt"), "");
  symlinkSync(round, join(round, "again"));
  const refused = scanFolder(round);
  assert.ok(!refused.ok);
});

test("a type follows the extension, and what has none is text", () => {
  assert.equal(fileKindOf("/a/index.HTML").contentType, "text/html; charset=utf-8");
  assert.equal(fileKindOf("/a.min.js").contentType, "text/javascript; charset=utf-8");
  assert.equal(fileKindOf("/LICENSE").contentType, "text/plain; charset=utf-8");
  assert.equal(fileKindOf("/.well-known/x").contentType, "text/plain; charset=utf-8");
  assert.equal(fileKindOf("/a.unknown").contentType, "application/octet-stream");
  assert.equal(fileKindOf("/a.woff2").compressible, false);
});
