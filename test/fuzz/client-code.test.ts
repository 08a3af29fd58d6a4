import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { generateClient } from "@kith/cli/generate-client";
import { accountNameConstant } from "@kith/protocol/names";
import type { AnyType } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import * as fc from "fast-check";

import { anyType } from "./schema-values.ts";
import { seed } from "./seed.ts";

const root = join(import.meta.dirname, "../..");
/** Clients to look at, and services to make them of: some types have no codec, and few services have none of them. */
const clients = 12;
const servicesMax = 800;

/** Names that authors give, and some that they should not. */
const name = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,15}$/) },
  fc.constantFrom("class", "default", "constructor", "toString", "await", "Codec", "Uint8Array"),
  fc.constantFrom("a-b", "a b", "ä", "2nd", "$", "__", "x\ny", '"', "*/", "\u2028", "👍"),
);

function named<T>(values: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc.dictionary(name, values, { maxKeys: 4, noNullPrototype: true });
}

const members = named(anyType(2)).map((fields): AnyType => ({ Object: fields }));
const text = fc.string({ unit: "grapheme", maxLength: 60 });

const definition: fc.Arbitrary<ServiceDefinition> = fc
  .record({
    service: fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/),
    rows: named(members),
    actions: named(
      fc.record({
        params: fc.oneof(members, anyType(2)),
        result: fc.oneof(fc.constant(null), anyType(3)),
      }),
    ),
    queries: named(fc.record({ params: fc.oneof(members, anyType(2)), result: anyType(3) })),
    history: named(members),
    words: named(text),
  })
  .map(({ service, rows, actions, queries, history, words }) => ({
    name: accountNameConstant(service),
    tables: Object.keys(rows).map((table) => ({ name: table, rowType: table, indexes: [["id"]] })),
    schema: JSON.stringify({
      service,
      types: rows,
      actions,
      queries,
      history,
      docs: { actions: words, queries: words, tables: words, events: words },
    }),
  }));

test(`generated clients of any service are what the formatter writes but for where it breaks lines, and compile (seed ${seed})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "kith-clients-"));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const written = new Map<string, string>();
    for (const [at, each] of fc.sample(definition, { seed, numRuns: servicesMax }).entries()) {
      if (written.size === clients) break;
      const client = generateClient(each);
      // Single bits that are no bool, and nothing else, have no codec.
      if (!client.ok) assert.equal(client.error.code, "type-unsupported", each.schema);
      else written.set(join(folder, `client${at}.ts`), client.value);
    }
    assert.equal(written.size, clients);
    for (const [path, code] of written) writeFileSync(path, code);
    run("oxfmt", ["-c", join(root, ".oxfmtrc.jsonc"), ...written.keys()]);
    for (const [path, code] of written) {
      assert.equal(unbroken(readFileSync(path, "utf8")), unbroken(code));
    }
    const compilerOptions = { types: [] };
    const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["*.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    run("tsc", ["-p", folder, "--noEmit"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Deep types are broken in more ways than the generator knows; a break brings commas, and bars before a union. */
function unbroken(code: string): string {
  return code.replaceAll(/[\s,|]/g, "");
}

function run(tool: string, words: readonly string[]): void {
  const done = spawnSync(join(root, "node_modules/.bin", tool), words, { encoding: "utf8" });
  assert.equal(done.status, 0, done.stdout.slice(0, 4000) + done.stderr.slice(0, 4000));
}
