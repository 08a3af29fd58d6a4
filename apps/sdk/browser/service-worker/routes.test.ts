import assert from "node:assert/strict";
import { test } from "node:test";

import { keptRoutes, passedRoutes } from "./routes.ts";

test("what no file answers is the network's, without the worker", () => {
  const passed = passedRoutes();
  assert.ok(passed.every(({ source }) => source === "network"));
  const paths = passed.flatMap(({ condition }) => condition.urlPattern?.pathname ?? []);
  assert.deepEqual(paths, ["/common/*", "/query/*", "/graphql", "/changes", "/p2p"]);
});

test("only what has a hash in its name is what is kept, whatever the network has", () => {
  const script = "/assets/main-3f2a9c1b77aa.js";
  const or = [{ urlPattern: { pathname: script } }];
  assert.deepEqual(keptRoutes(["/", "/icon.svg", script]), [
    { condition: { or }, source: "cache" },
  ]);
  assert.deepEqual(keptRoutes(["/", "/icon.svg"]), []);
});
