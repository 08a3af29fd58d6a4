import assert from "node:assert/strict";
import { test } from "node:test";

import { packText, unpackText } from "@kith/protocol/texts";
import { isHashedName } from "@kith/sdk/hashed-name";

import { nameOutputs, type Output } from "./name-outputs.ts";

/** Two chunks that name each other, as pages do that open each other, and one that the second needs. */
function outputs(names: readonly [string, string, string], leaf: string): readonly Output[] {
  const [main, page, chunk] = names;
  return [
    text(main, `import("/assets/${page}")`),
    text(page, `import"/assets/${chunk}";import("/assets/${main}")`),
    text(chunk, leaf),
  ];
}

function text(path: string, content: string): Output {
  return { path: `/assets/${path}`, content: packText(content) };
}

const names = ["main-AAAAAAAA.js", "page-BBBBBBBB.js", "chunk-CCCCCCCC.js"] as const;

function named(list: readonly Output[]): readonly (readonly [string, string | undefined])[] {
  return [...nameOutputs(list).values()].map(({ path, content }) => [path, unpackText(content)]);
}

test("names depend on the content alone, whatever the bundler called it", () => {
  const others = ["main-DDDDDDDD.js", "page-AAAAAAAA.js", "chunk-ZZZZZZZZ.js"] as const;
  const first = named(outputs(names, "1"));
  assert.deepEqual(named(outputs(others, "1")), first);
  for (const [path] of first) assert.ok(isHashedName(path), path);
});

test("what changes far away changes the name of everything that leads there, and nothing else", () => {
  const before = named(outputs(names, "1"));
  const after = named(outputs(names, "2"));
  for (const [at, [path]] of before.entries()) assert.notEqual(after[at]?.[0], path);
  const alone = { path: "/assets/alone-EEEEEEEE.js", content: packText("x") };
  assert.equal(named([...outputs(names, "1"), alone]).at(-1)?.[0], named([alone])[0]?.[0]);
});

test("outputs name each other by their new names", () => {
  const [main, page, chunk] = named(outputs(names, "1"));
  assert.equal(main?.[1], `import("${page?.[0]}")`);
  assert.equal(page?.[1], `import"${chunk?.[0]}";import("${main?.[0]}")`);
});

test("bytes that are no text are named and left alone", () => {
  const content = Uint8Array.of(0xff, 0xfe, 0);
  const [output] = [...nameOutputs([{ path: "/assets/engine-AAAAAAAA.wasm", content }]).values()];
  assert.match(output?.path ?? "", /^\/assets\/engine-[0-9a-f]{12,}\.wasm$/);
  assert.deepEqual(output?.content, content);
});
