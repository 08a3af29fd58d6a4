import assert from "node:assert/strict";
import { test } from "node:test";

import { accountNameConstant } from "@kith/protocol/names";

import { FakeNode } from "./fake-node.ts";
import { ask, codeOf, testApp } from "./test-app.ts";

const schema = { service: "app", types: {}, actions: {} };
const tables = [{ name: "rows", rowType: "rows", indexes: [["id"]] }];

test("a service's schema is told on its own domain, and by its name on all others", async () => {
  const node = new FakeNode();
  const name = accountNameConstant("app");
  node.definitions.set("app", { name, tables, schema: JSON.stringify(schema) });
  const app = testApp(node);
  for (const url of [
    "http://app.kith.localhost/common/schema",
    "http://kith.localhost/common/schema?service=app",
    "http://transact.kith.localhost/common/schema?service=app",
  ]) {
    const answer = await ask(app, url);
    assert.equal(answer.status, 200, url);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
    assert.deepEqual(await answer.json(), { name: "app", tables, events: [], schema });
  }
});

test("an account without a service, a name that is none and other methods get a code", async () => {
  const app = testApp(new FakeNode());
  assert.equal(
    await codeOf(await ask(app, "http://app.kith.localhost/common/schema")),
    "service-unknown",
  );
  const wrong = await ask(app, "http://kith.localhost/common/schema?service=!");
  assert.deepEqual([wrong.status, await codeOf(wrong)], [400, "parameter-invalid"]);
  const more = await ask(app, "http://kith.localhost/common/schema?table=rows");
  assert.equal(await codeOf(more), "parameter-invalid");
  const post = await ask(app, "http://app.kith.localhost/common/schema", { method: "POST" });
  assert.equal(post.status, 405);
});
