import assert from "node:assert/strict";
import { test } from "node:test";

import type { PluginContext } from "@kith/sdk/plugin";
import { dataValueBytesMax } from "@kith/sdk/plugins/client-data";
import { accountNameConstant } from "@kith/sdk/types";

import { grantsOf, lasting, remember } from "./grants.ts";
import { grantsMax } from "./limits.ts";

test("so many grants are kept as fit into one value, and the oldest are forgotten", () => {
  let kept: Uint8Array | undefined;
  const data = {
    get: () => kept,
    set: ({ value }: { readonly value: Uint8Array }) => (kept = value),
  };
  const context = { call: () => data, about: {} } as unknown as PluginContext;
  const callee = accountNameConstant("abcdefghij");
  for (let made = 0; made <= grantsMax; made++) {
    const caller = accountNameConstant(`app-${100_000 + made}`);
    remember(context, lasting, { caller, callee, level: "medium", answer: "session", since: made });
  }
  const grants = grantsOf(context, lasting);
  assert.equal(grants.length, grantsMax);
  assert.equal(grants[0]?.caller, "app-100001");
  assert.ok((kept?.length ?? Infinity) <= dataValueBytesMax, `${kept?.length} bytes`);
});
