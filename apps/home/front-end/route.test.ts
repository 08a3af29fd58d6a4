import assert from "node:assert/strict";
import { test } from "node:test";

import { fragmentOf, pageNames, pathOf, routeOf } from "./route.ts";

test("each page has an address, and what is none leads to the apps", () => {
  for (const page of pageNames) assert.deepEqual(routeOf(pathOf(page), ""), { page });
  assert.deepEqual(routeOf("/other", ""), { page: "apps" });
});

test("links of invitations, new devices and friends lead to what is done with them", () => {
  assert.deepEqual(routeOf("/invite", "#00ff&path=%2Fx"), {
    page: "invitation",
    fragment: "00ff&path=%2Fx",
  });
  assert.deepEqual(routeOf("/", "#add=00ff"), { page: "devices" });
  assert.deepEqual(routeOf("/", "#help=00ff"), { page: "friends" });
  assert.deepEqual(routeOf("/account", "#other"), { page: "account" });
});

test("of a link what stands behind the # counts, whatever is before", () => {
  assert.equal(fragmentOf("//home.kith.localhost/#add=1&device=a#b "), "add=1&device=a#b");
  assert.equal(fragmentOf("http://home.kith.localhost/"), undefined);
  assert.equal(fragmentOf("#"), undefined);
});
