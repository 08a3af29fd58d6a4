import assert from "node:assert/strict";
import { test } from "node:test";

import { pathOf, routeOf, type Route } from "./route.ts";
import { reasonOf } from "./texts.ts";

test("a thread has an address, and what is none leads to the list", () => {
  const routes: readonly Route[] = [{ page: "threads" }, { page: "thread", id: 12 }];
  for (const route of routes) assert.deepEqual(routeOf(pathOf(route)), route);
  for (const path of ["/t/", "/t/0", "/t/x", "/t/1/2", "/t/12345678901", "/other"]) {
    assert.deepEqual(routeOf(path), { page: "threads" }, path);
  }
});

test("a refusal without words of its own is told, too", () => {
  assert.equal(reasonOf("thread-locked"), "the thread is locked.");
  assert.equal(reasonOf("something-new"), reasonOf(undefined));
});
