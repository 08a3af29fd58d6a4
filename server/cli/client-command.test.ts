import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { oddService } from "./client-code/odd-service.ts";

const folder = mkdtempSync(join(tmpdir(), "kith-client-"));
after(() => rmSync(folder, { recursive: true }));

type Ended = { readonly status: number; readonly out: string; readonly problem: string };

function kith(...words: string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = { ...process.env, KITH_NODE: "http://kith.localhost:9" };
  const main = join(import.meta.dirname, "main.ts");
  execFile(process.execPath, [main, ...words], { env, cwd: folder }, (error, out, problem) => {
    resolve({ status: error === null ? 0 : Number(error.code), out, problem });
  });
  return promise;
}

test("a client is written for a service's own source", async () => {
  const source = join(import.meta.dirname, "../../apps/accounts/service.ts");
  const done = await kith("client", source, "--json");
  assert.equal(done.status, 0, done.out + done.problem);
  const code = readFileSync(join(folder, "accounts-client.ts"), "utf8");
  assert.match(code, /export class AccountsClient extends ServiceClient<AccountsParts> \{/);
  const report: unknown = JSON.parse(done.out);
  assert.equal(Reflect.get(Object(report), "service"), "accounts");
});

test("a client is written for a definition, to where it is wanted", async () => {
  writeFileSync(join(folder, "odd.json"), JSON.stringify(oddService));
  const out = join(folder, "elsewhere.ts");
  const done = await kith("client", "./odd.json", "--out", out);
  assert.equal(done.status, 0, done.problem);
  assert.match(readFileSync(out, "utf8"), /export class Type2048OddClient/);
});

test("callers of a plugin get its functions, by its source or by what it says of itself", async () => {
  const source = join(import.meta.dirname, "../../plugins/invite/plugin.ts");
  const done = await kith("client", source, "--plugin", "--json");
  assert.equal(done.status, 0, done.out + done.problem);
  const code = readFileSync(join(folder, "invite-plugin.ts"), "utf8");
  assert.match(code, /export const invitePlugin: PluginInterface<InviteFunctions>/);
  const report: unknown = JSON.parse(done.out);
  assert.equal(Reflect.get(Object(report), "functions"), 7);
  writeFileSync(join(folder, "wrong.json"), '{"name":"wrong"}');
  const wrong = await kith("client", "./wrong.json", "--plugin");
  assert.equal(wrong.status, 1);
  assert.match(wrong.problem, /There is no client for .*wrong\.json/);
  const nobody = await kith("client", "tokens", "--plugin");
  assert.equal(nobody.status, 3);
});

test("what is no service gives no client, and says why", async () => {
  writeFileSync(join(folder, "empty.json"), "{}");
  const empty = await kith("client", "./empty.json");
  assert.equal(empty.status, 1);
  assert.match(empty.problem, /There is no client for .*empty\.json/);
  const missing = await kith("client", "./missing.json", "--json");
  assert.match(missing.out, /"code":"file-unreadable"/);
  writeFileSync(join(folder, "nothing.ts"), "export const nothing = 1;\n");
  const nothing = await kith("client", "./nothing.ts", "--json");
  assert.match(nothing.out, /"code":"service-export-missing"/);
  const nobody = await kith("client", "tokens");
  assert.equal(nobody.status, 3);
  const place = await kith("client", "./odd.json", "--out", join(folder, "no/such/folder.ts"));
  assert.equal(place.status, 1);
  assert.match(place.problem, /cannot be written.*\n.*--out/s);
  assert.equal(existsSync(join(folder, "empty-client.ts")), false);
});
