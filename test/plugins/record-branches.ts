/**
 * `bun test/plugins/record-branches.ts`: runs what plugins ordinarily do, here and in a browser, on an engine that notes which of its branches are
 * entered, and writes those down. For when the engine, or what is ordinary, is another one.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { encodeBase64 } from "@kith/protocol/base64";

import { allEntered, recordingVariable } from "../branch-recorder.ts";

const ofSystem = ["accounts", "permissions", "board", "invites", "devices", "friends", "tools"];
/** In pages more is loaded and more is asked, and everything stays for longer. */
const inPages = ["first-visit", "home-and-board", "devices"];
const here = [
  "test/plugins/ordinary-plugin.test.ts",
  ...ofSystem.map((name) => `test/chain/plugins/${name}.test.ts`),
];
const inBrowser = inPages.map((name) => `test/end-to-end/browser/${name}.test.ts`);
const testMsMax = 600_000;
const repository = join(import.meta.dirname, "../..");
const list = join(repository, "server/sandbox/engine/first-branches.ts");

const folder = mkdtempSync(join(tmpdir(), "kith-recorded-"));
try {
  for (const path of here) record(path);
  // What service workers keep is made of the list, which may be of another engine until now.
  keep(allEntered(folder));
  for (const path of inBrowser) record(path);
  keep(allEntered(folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What one file of tests comes to; what is rare in it does not count. */
function record(path: string): void {
  const env = { ...process.env, [recordingVariable]: folder };
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

function keep(bits: Uint8Array): void {
  const [head = ""] = readFileSync(list, "utf8").split("export");
  writeFileSync(list, `${head}export const firstBranches =\n  "${encodeBase64(bits)}";\n`);
  const count = bits.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
  process.stdout.write(`${count} branches\n`);
}
