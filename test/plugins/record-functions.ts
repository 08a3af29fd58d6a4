/**
 * `bun test/plugins/record-functions.ts`: runs what plugins ordinarily do on an engine without functions, gives it each that is missing,
 * and writes down which those were. For when the engine, or what is ordinary, is another one.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeBase64 } from "@kith/protocol/base64";
import { z } from "zod";

import { recordingVariable } from "./function-recorder.ts";

const ofSystem = ["accounts", "permissions", "board", "invites", "devices", "friends", "tools"];
const ordinary = [
  "test/plugins/ordinary-plugin.test.ts",
  ...ofSystem.map((name) => `test/chain/plugins/${name}.test.ts`),
];
/** Called in pages when somebody is asked for a permission, and by none of these tests. */
const inPages = [986, 988];
const testMsMax = 3_600_000;
const repository = join(import.meta.dirname, "../..");
const list = join(repository, "server/sandbox/engine/first-functions.ts");

const folder = mkdtempSync(join(tmpdir(), "kith-recorded-"));
try {
  const found = join(folder, "places.json");
  for (const path of ordinary) record(path, found);
  keep([...z.array(z.number()).parse(JSON.parse(readFileSync(found, "utf8"))), ...inPages]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Adds what one file of tests calls; what is rare in it does not count. */
function record(path: string, found: string): void {
  const env = { ...process.env, [recordingVariable]: found };
  const words = [
    "test",
    `./${path}`,
    "--timeout",
    String(testMsMax),
    "--test-name-pattern",
    "^(?!rarely)",
  ];
  const { status } = spawnSync("bun", words, { cwd: repository, env, stdio: "inherit" });
  if (status !== 0) throw new Error(`${path} has failed`);
}

function keep(places: readonly number[]): void {
  const bits = new Uint8Array(Math.ceil((Math.max(...places) + 1) / 8));
  for (const place of places) bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7));
  const [head = ""] = readFileSync(list, "utf8").split("export");
  writeFileSync(list, `${head}export const firstFunctions =\n  "${encodeBase64(bits)}";\n`);
  process.stdout.write(`${places.length} functions\n`);
}
