import assert from "node:assert/strict";
import { test } from "node:test";

import { parseBlockId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { TestStore } from "../live/test-store.ts";
import { keepSurroundings, lastSurroundings } from "./last-surroundings.ts";

const root = "kith.localhost:8080";
const parsed = parseBlockId(`00000001${"ab".repeat(28)}`);
assert.ok(parsed.ok);
const network = parsed.value;
const user = accountNameConstant("alice");

test("the next page knows where it is and who was here, also that it was nobody", () => {
  const store = new TestStore();
  assert.equal(lastSurroundings(store, root), undefined);
  keepSurroundings(store, { network, root, user });
  assert.deepEqual(lastSurroundings(store, root), { network, root, user });
  keepSurroundings(store, { network, root });
  assert.deepEqual(lastSurroundings(store, root), { network, root });
});

test("what was kept at another root, or is damaged, is not believed", () => {
  const store = new TestStore();
  keepSurroundings(store, { network, root, user });
  assert.equal(lastSurroundings(store, "other.localhost:8080"), undefined);
  const wrong = [
    "",
    "{",
    "null",
    "[]",
    JSON.stringify({ network: "12", root, user }),
    JSON.stringify({ network, root, user: "Not a name!" }),
    JSON.stringify({ network, user }),
  ];
  for (const text of wrong) {
    store.setItem("kith surroundings", text);
    assert.equal(lastSurroundings(store, root), undefined, text);
  }
});

test("where there is no room, nothing old stays", () => {
  const store = new TestStore();
  keepSurroundings(store, { network, root, user });
  store.charsMax = 10;
  keepSurroundings(store, { network, root });
  assert.equal(lastSurroundings(store, root), undefined);
});
