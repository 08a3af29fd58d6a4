import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { guideFiles, repository, writeGuideApp } from "./guide-app.ts";

/** Does what the SDK's README tells new authors, in an empty folder outside of this repository. */

const folder = mkdtempSync(join(tmpdir(), "kith-author-"));
after(() => rmSync(folder, { recursive: true }));
const long = { timeout: 300_000 };

writeGuideApp(folder);

type Ended = { readonly status: number; readonly out: string; readonly problem: string };

function run(program: string, ...words: readonly string[]): Promise<Ended> {
  const { promise, resolve: settle } = Promise.withResolvers<Ended>();
  execFile(program, [...words], { cwd: folder }, (error, out, problem) => {
    settle({ status: error === null ? 0 : Number(error.code), out, problem });
  });
  return promise;
}

function kith(...words: readonly string[]): Promise<Ended> {
  return run(process.execPath, join(repository, "server/cli/main.ts"), ...words);
}

test(
  "the example's tests pass, and every block comes out the same on another runtime",
  long,
  async () => {
    const client = await kith("client", "service/index.ts", "--out", "client.ts");
    assert.equal(client.status, 0, client.problem);
    const { status, out, problem } = await kith("test");
    assert.equal(status, 0, problem);
    assert.match(problem, /1 pass/);
    assert.match(out, /blocks of 1 networks came out the same on deno 2/);
  },
);

test("the example is packaged, and all of it compiles", long, async () => {
  const packaged = await kith("package", "--json");
  assert.equal(packaged.status, 0, packaged.out);
  assert.match(packaged.out, /"name":"pledgebook","version":"1\.0\.0"/);
  writeFileSync(join(folder, "program.ts"), guideFiles.get("client") ?? "");
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  const jsx = { jsx: "react-jsx", jsxImportSource: "preact" };
  const compilerOptions = { lib: ["ES2024", "DOM"], types: ["bun-types"], ...jsx };
  const include = ["**/*.ts", "**/*.tsx"];
  const config = { extends: join(repository, "tsconfig.json"), compilerOptions, include };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiled = await run(join(repository, "node_modules/.bin/tsc"), "-p", ".", "--noEmit");
  rmSync(join(folder, "node_modules"));
  assert.equal(compiled.out, "");
});

test("a block that comes out otherwise on the second engine fails the run", long, async () => {
  // What an engine that is wrong would have written down.
  const wrong = [
    `import { readdirSync, readFileSync, writeFileSync } from "node:fs";`,
    `const path = process.env.KITH_TEST_RECORDINGS + "/" +`,
    `  readdirSync(process.env.KITH_TEST_RECORDINGS).find((each) => each.endsWith(".jsonl"));`,
    `test("an engine is wrong", () => {`,
    `  const lines = readFileSync(path, "utf8").trim().split("\\n");`,
    `  const last = JSON.parse(lines.pop());`,
    `  last.facts.stateRoot = "0".repeat(64);`,
    `  writeFileSync(path, [...lines, JSON.stringify(last)].join("\\n"));`,
    `});`,
  ];
  const path = join(folder, "service/index.test.ts");
  const before = readFileSync(path, "utf8");
  appendFileSync(path, wrong.join("\n"));
  const { status, problem } = await kith("test");
  writeFileSync(path, before);
  assert.equal(status, 1);
  assert.match(problem, /Two engines disagree about block \d+ of pledgebook network 1/);
  assert.match(problem, /action bob: pledgebook\.give\n\s+state root/);
});

test(
  "tests that fail, and an app without tests, fail the run with their own codes",
  long,
  async () => {
    const path = join(folder, "service/index.test.ts");
    const before = readFileSync(path, "utf8");
    writeFileSync(
      path,
      `import { test } from "node:test"; test("x", () => { throw new Error("x"); });`,
    );
    const failed = await kith("test", "--json");
    assert.equal(failed.status, 1);
    assert.match(failed.out, /"code":"tests-failed"/);
    writeFileSync(path, before);
    const missing = await kith("test", "--json", "service");
    assert.equal(missing.status, 0, missing.out);
    const empty = mkdtempSync(join(folder, "empty-"));
    assert.match((await kith("test", "--json", empty)).out, /"code":"tests-missing"/);
  },
);
