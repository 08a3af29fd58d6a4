import assert from "node:assert/strict";
import { test } from "node:test";

import { formatted } from "./formatted.ts";
import { generatePluginInterface } from "./generate-plugin-interface.ts";

const text = { Custom: { type: { List: "u8" }, id: "string" } };

function manifest(name: string, exports: object): string {
  const types = { u8: { Int: { bits: 8, isSigned: false } } };
  return JSON.stringify({ sdk: 1, name, doc: "Plays.", imports: [], types, exports });
}

test("functions have their types and words, and whether the user is asked; the formatter changes nothing", () => {
  const params = { Object: { title: text, note: { Option: text } } };
  for (const name of ["p", "player", "longplayer"]) {
    const made = generatePluginInterface(
      manifest(name, {
        play: { params, result: null, trust: "medium", doc: "Plays it." },
        "what is on": { params: { Object: {} }, result: text, trust: "none" },
      }),
    );
    assert.ok(made.ok, JSON.stringify(made));
    const { code } = made.value;
    assert.equal(formatted(code), code);
    assert.match(code, /\/\*\* Plays it\. Trust: medium\. \*\/\n {2}readonly play: Signature</);
    assert.match(code, /readonly "what is on": Signature<WhatIsOnArguments, string>;/);
    assert.match(code, /readonly note\?: string;/);
  }
});

function codeOf(given: string): string {
  const made = generatePluginInterface(given);
  return made.ok ? "done" : made.error.code;
}

test("what is no manifest, or has a type that nobody can write, is told", () => {
  assert.equal(codeOf("{}"), "manifest-malformed");
  assert.equal(codeOf("no json"), "manifest-malformed");
  assert.equal(codeOf(manifest("No Name", {})), "manifest-malformed");
  const odd = { params: { Object: { x: { Int: { bits: 7, isSigned: false } } } }, result: null };
  assert.equal(codeOf(manifest("player", { play: { ...odd, trust: "none" } })), "type-unsupported");
  const unknown = { params: { Object: { x: "Nowhere" } }, result: null, trust: "none" };
  assert.equal(codeOf(manifest("player", { play: unknown })), "type-unknown");
  const trusting = { params: { Object: {} }, result: null, trust: "blind" };
  assert.equal(codeOf(manifest("player", { play: trusting })), "manifest-malformed");
});
