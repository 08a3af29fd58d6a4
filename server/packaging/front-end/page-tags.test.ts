import assert from "node:assert/strict";
import { test } from "node:test";

import { pageTags } from "./page-tags.ts";

test("tags are found with their lines, and nothing is one in comments, scripts and titles", () => {
  const html = [
    "<!doctype html>",
    '<!-- <script src="/no.ts"></script> -->',
    "<title><b></title>",
    "<script>",
    'const text = "<script src=/no.ts>";',
    "</script>",
    "<SCRIPT type='module'",
    "  SRC = /yes.ts async></SCRIPT><p>",
  ].join("\n");
  assert.deepEqual(
    pageTags(html).map(({ name, line }) => [name, line]),
    [
      ["title", 3],
      ["script", 4],
      ["script", 7],
      ["p", 8],
    ],
  );
  const script = pageTags(html)[2];
  const src = script?.attributes.get("src");
  assert.equal(src?.value, "/yes.ts");
  assert.equal(html.slice(src.from, src.to), "/yes.ts");
  assert.equal(script?.attributes.get("async")?.value, "");
});

test("the place of a value is that of all that stands behind the equals sign", () => {
  const html = `<link data-x="a > b" rel='stylesheet' href = "/a.css?x=1&amp;y=2" href="/b.css" />`;
  const [link] = pageTags(html);
  const href = link?.attributes.get("href");
  assert.equal(href?.value, "/a.css?x=1&y=2");
  assert.equal(html.slice(href.from, href.to), '"/a.css?x=1&amp;y=2"');
  assert.equal(link?.attributes.get("rel")?.value, "stylesheet");
});

test("a page that ends in the middle of something has the tags before", () => {
  assert.deepEqual(
    pageTags("<p><script>let x").map(({ name, text }) => [name, text]),
    [
      ["p", ""],
      ["script", "let x"],
    ],
  );
  assert.deepEqual(pageTags('<p class="a'), []);
});
