import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { readPackage } from "@kith/packaging/read-package";

const root = mkdtempSync(join(tmpdir(), "kith-package-"));
after(() => rmSync(root, { recursive: true }));

type Ended = { readonly status: number; readonly out: string; readonly problem: string };

function kith(folder: string, ...words: readonly string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = { ...process.env, KITH_HOME: root, KITH_NODE: "http://kith.localhost:9" };
  const main = join(import.meta.dirname, "main.ts");
  execFile(process.execPath, [main, ...words], { env, cwd: folder }, (error, out, problem) => {
    resolve({ status: error === null ? 0 : Number(error.code ?? -1), out, problem });
  });
  return promise;
}

let apps = 0;

function app(service: string): string {
  const folder = join(root, `app-${apps++}`);
  mkdirSync(join(folder, "service"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"name":"@people/poll","version":"1.0.0"}');
  writeFileSync(join(folder, "service", "index.ts"), service);
  return folder;
}

const poll = `
import { service } from "@kith/sdk/service";
export const poll = service("poll", { tables: [], actions: {} });
`;

test("an app's folder becomes a package that can be read, beside where the author stands", async () => {
  const folder = app(poll);
  const made = await kith(folder, "package");
  assert.equal(made.status, 0, made.problem);
  const path = join(folder, "poll-1.0.0.psi");
  assert.match(
    made.out,
    /poll-1\.0\.0\.psi: service poll \(\d+\.\d kB\); \d+\.\d kB\nInstall it with/,
  );
  const read = readPackage(new Uint8Array(readFileSync(path)));
  assert.ok(read.ok);
  const again = await kith(root, "package", folder, "--out", join(root, "out"), "--json");
  const report = JSON.parse(again.out) as { readonly path: string; readonly hash: string };
  assert.deepEqual(
    [report.path, report.hash],
    [join(root, "out", "poll-1.0.0.psi"), read.value.hash],
  );
});

test("a mistake in the code is told as esbuild tells it, and programs get its code", async () => {
  const folder = app("export const poll = ;");
  const told = await kith(folder, "package");
  assert.equal(told.status, 1);
  assert.match(told.problem, /index\.ts cannot be bundled\.\n\n.*Unexpected ";"/);
  assert.match(told.problem, /index\.ts:1:20/);
  const asJson = await kith(folder, "package", "--json");
  const { error } = JSON.parse(asJson.out) as { readonly error: Readonly<Record<string, unknown>> };
  assert.equal(error["code"], "bundle-failed");
  assert.equal(error["fault"], undefined);
});

test("a folder that is no app, and a place that cannot be written to, are named", async () => {
  const nothing = join(root, "nothing");
  mkdirSync(nothing);
  const undescribed = await kith(root, "package", nothing);
  assert.match(
    undescribed.problem,
    /nothing has no name\.\nPut it into package\.json or kith\.json/,
  );
  const file = join(root, "file");
  writeFileSync(file, "");
  const blocked = await kith(root, "package", app(poll), "--out", join(file, "below"));
  assert.equal(blocked.status, 1);
  assert.match(blocked.problem, /cannot be written/);
});

test("words that are no packages end with status 2, files that are none with 1, no node with 3", async () => {
  const folder = app(poll);
  await kith(folder, "package");
  const words = await kith(folder, "install", "@1.0.0");
  assert.equal(words.status, 2);
  assert.match(words.problem, /neither a file \(NAME\.psi\), nor an address/);
  writeFileSync(join(folder, "broken.psi"), "PK");
  const broken = await kith(folder, "install", "poll-1.0.0.psi", "broken.psi");
  assert.equal(broken.status, 1);
  assert.match(broken.problem, /broken\.psi is not a package: it is no zip file/);
  const unreached = await kith(folder, "install", "poll-1.0.0.psi");
  assert.equal(unreached.status, 3);
  const badFolder = await kith(folder, "install", "poll", "--from", join(root, "none"));
  assert.equal(badFolder.status, 1);
  const account = await kith(folder, "install", "poll-1.0.0.psi", "--use", "Not-A-Name");
  assert.equal(account.status, 2);
});
