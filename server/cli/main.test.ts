import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const home = mkdtempSync(join(tmpdir(), "kith-cli-"));
after(() => rmSync(home, { recursive: true }));

type Ended = { readonly status: number; readonly out: string; readonly problem: string };

function kith(...words: string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = { ...process.env, KITH_HOME: home, KITH_NODE: "http://kith.localhost:9" };
  const main = join(import.meta.dirname, "main.ts");
  execFile(process.execPath, [main, ...words], { env }, (error, out, problem) => {
    resolve({ status: error === null ? 0 : Number(error.code), out, problem });
  });
  return promise;
}

test("help is help, at every depth", async () => {
  assert.match((await kith()).out, /publish\s+put a built front-end/);
  assert.match((await kith("publish", "--help")).out, /--single-page/);
  assert.match((await kith("key", "new", "-h")).out, /--out/);
});

test("usage says every word that has to be typed", async () => {
  const usages = [
    [["producers", "set"], "kith producers set"],
    [["account", "create"], "kith account create"],
    [["publish"], "kith publish"],
  ] as const;
  for (const [words, usage] of usages) {
    const { out } = await kith(...words, "--help");
    assert.match(out, new RegExp(`^USAGE ${usage} \\[`, "m"));
  }
  assert.match((await kith("--help")).out, /^USAGE kith key\|/m);
});

test("wrong words end with status 2 and say what is wrong", async () => {
  const unknown = await kith("frobnicate");
  assert.equal(unknown.status, 2);
  assert.match(unknown.problem, /^kith: Unknown command frobnicate\n/);
  const option = await kith("key", "new", "--ouput", "x");
  assert.equal(option.status, 2);
  assert.match(option.problem, /--ouput/);
  const nothing = await kith("producers", "set");
  assert.equal(nothing.status, 2);
  assert.match(
    nothing.problem,
    /Name the producers as ACCOUNT=NODE,\.\.\., an --algorithm, or both/,
  );
  const algorithm = await kith("producers", "set", "--algorithm", "pow");
  assert.equal(algorithm.status, 2);
  assert.match(algorithm.problem, /--algorithm takes cft or bft, not "pow"/);
  const name = await kith("account", "create", "Not-A-Name");
  assert.equal(name.status, 2);
  const missing = await kith("publish");
  assert.equal(missing.status, 2);
});

test("a key is made once; a second try leaves it alone and says what to do", async () => {
  const made = await kith("key", "new", "--json");
  assert.equal(made.status, 0);
  const report: unknown = JSON.parse(made.out);
  assert.ok(typeof report === "object" && report !== null && "path" in report);
  assert.equal(report.path, join(home, "keys", "default.pem"));
  const again = await kith("key", "new");
  assert.equal(again.status, 1);
  assert.match(again.problem, /--out FILE/);
});

test("a node that is not there ends with status 3, as JSON for programs", async () => {
  const status = await kith("status");
  assert.equal(status.status, 3);
  assert.match(status.problem, /bun run node/);
  const forPrograms = await kith("status", "--json");
  assert.match(forPrograms.out, /^\{"error":\{"code":"node-unreachable"/);
});

test("a snapshot is made by a node that runs: without one it is said what to start, and no file is left", async () => {
  const path = join(home, "state.snapshot");
  const nobody = await kith("snapshot", "create", path);
  assert.equal(nobody.status, 3);
  assert.match(nobody.problem, /No node answers .*\nStart one with "bun run node"/);
  const forPrograms = await kith("snapshot", "create", path, "--json");
  assert.match(forPrograms.out, /^\{"error":\{"code":"node-unreachable"/);
  assert.ok(!existsSync(path));
});

test("nothing is verified before it is said what is believed", async () => {
  const nothing = await kith("verify", "header");
  assert.equal(nothing.status, 2);
  assert.match(nothing.problem, /--chain ID, or --checkpoint FILE/);
  const path = join(home, "checkpoint");
  const notYet = await kith("verify", "header", "--checkpoint", path);
  assert.equal(notYet.status, 2);
  assert.match(notYet.problem, /say --chain ID as well/);
  assert.equal((await kith("verify", "header", "--chain", "12")).status, 2);
  writeFileSync(path, "what somebody wrote");
  const broken = await kith("verify", "header", "--checkpoint", path, "--json");
  assert.equal(broken.status, 1);
  assert.match(broken.out, /^\{"error":\{"code":"checkpoint-malformed"/);
});
