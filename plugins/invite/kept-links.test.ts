import assert from "node:assert/strict";
import { test } from "node:test";

import type { PluginContext } from "@kith/sdk/plugin";
import { dataValueBytesMax } from "@kith/sdk/plugins/client-data";

import { keepLink, keptLinks } from "./kept-links.ts";
import { keptLinksMax } from "./limits.ts";

test("so many links are remembered as fit into one value, and the oldest are forgotten", () => {
  let kept: Uint8Array | undefined;
  const data = {
    get: () => kept,
    set: ({ value }: { readonly value: Uint8Array }) => (kept = value),
  };
  const context = { call: () => data } as unknown as PluginContext;
  const link = `//home.kith.localhost:8080/#invite=${"AB".repeat(32)}&path=${"x".repeat(200)}`;
  for (let made = 0; made <= keptLinksMax; made++) {
    keepLink(context, { key: new Uint8Array(44).fill(made), link });
  }
  const links = keptLinks(context);
  assert.equal(links.length, keptLinksMax);
  assert.equal(links[0]?.key[0], 1);
  assert.ok((kept?.length ?? Infinity) <= dataValueBytesMax, `${kept?.length} bytes`);
});
