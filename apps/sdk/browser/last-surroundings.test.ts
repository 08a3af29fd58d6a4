import assert from "node:assert/strict";
import { test } from "node:test";

import { parseBlockId } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { keepSurroundings, lastSurroundings } from "./last-surroundings.ts";

const root = "kith.localhost:8080";
const parsed = parseBlockId(`00000001${"ab".repeat(28)}`);
assert.ok(parsed.ok);
const network = parsed.value;
const user = accountNameConstant("alice");

function storeOf(kept = new Map<string, string>(), hasRoom = true) {
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => {
      if (!hasRoom) throw new DOMException("full", "QuotaExceededError");
      kept.set(name, text);
    },
    removeItem: (name: string) => void kept.delete(name),
  };
}

test("the next page knows where it is and who was here, also that it was nobody", () => {
  const store = storeOf();
  assert.equal(lastSurroundings(store, root), undefined);
  keepSurroundings(store, { network, root, user });
  assert.deepEqual(lastSurroundings(store, root), { network, root, user });
  keepSurroundings(store, { network, root });
  assert.deepEqual(lastSurroundings(store, root), { network, root });
});

test("what was kept at another root, or is damaged, is not believed", () => {
  const kept = new Map<string, string>();
  keepSurroundings(storeOf(kept), { network, root, user });
  assert.equal(lastSurroundings(storeOf(kept), "other.localhost:8080"), undefined);
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
    kept.set("kith surroundings", text);
    assert.equal(lastSurroundings(storeOf(kept), root), undefined, text);
  }
});

test("where there is no room, nothing old stays", () => {
  const kept = new Map<string, string>();
  keepSurroundings(storeOf(kept), { network, root, user });
  keepSurroundings(storeOf(kept, false), { network, root });
  assert.equal(lastSurroundings(storeOf(kept), root), undefined);
});
