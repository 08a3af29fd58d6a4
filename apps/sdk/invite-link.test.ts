import assert from "node:assert/strict";
import { test } from "node:test";

import { inviteLink, parseInviteFragment } from "./invite-link.ts";

const seed = new Uint8Array(32).map((_, i) => 7 * i);

test("a link leads to the home app of its network, with the secret where no server sees it", () => {
  const link = inviteLink("http://kith.localhost:8080", { seed });
  assert.match(link, /^http:\/\/home\.kith\.localhost:8080\/invite#[\w-]{43}$/);
  const url = new URL(link);
  assert.deepEqual(parseInviteFragment(url.hash), { seed });
  assert.equal(url.search, "");
  assert.match(
    inviteLink("https://kith.example/", { seed }),
    /^https:\/\/home\.kith\.example\/invite#/,
  );
});

test("a page that knows its scheme makes links without one", () => {
  const link = inviteLink("kith.localhost:8080", { seed });
  assert.match(link, /^\/\/home\.kith\.localhost:8080\/invite#/);
  assert.equal(
    new URL(link, "http://x.example").href,
    inviteLink("http://kith.localhost:8080", { seed }),
  );
});

test("a link can lead to any page of an app", () => {
  const path = "/welcome?from=märz&x=#1";
  const { hash } = new URL(inviteLink("http://kith.localhost", { seed, path }));
  assert.deepEqual(parseInviteFragment(hash), { seed, path });
  assert.deepEqual(parseInviteFragment(hash.slice(1)), { seed, path });
  const plain = new URL(inviteLink("http://kith.localhost", { seed, path: "/" }));
  assert.deepEqual(parseInviteFragment(plain.hash), { seed });
});

test("what no link carries is told apart", () => {
  const good = "A".repeat(43);
  const wrong = ["", "#", "#AAAA", `#${good}A`, `#${"*".repeat(43)}`, `##${good}`, `#${good}&x=1`];
  for (const text of [
    ...wrong,
    `#${good}&path=%`,
    `#${good}&path=a&path=b`,
    `#${"A".repeat(42)}B`,
  ]) {
    assert.equal(parseInviteFragment(text), undefined, text);
  }
});
