import assert from "node:assert/strict";
import { test } from "node:test";

import { isHashedName } from "./hashed-name.ts";

test("a name with a hash of the content is told from words, versions and dates", () => {
  const hashed = [
    "/assets/index-B7zqL2xk.js",
    "/assets/index-4fG-hJ2k.css",
    "/main.3f2a9c1b.css",
    "/main.3f2a9c1b.css.map",
    "/chunk-7XQ2ABCD.js",
    "/static/app.0123456789abcdef0123.js",
    "/0a1b2c3d4e5f.png",
  ];
  for (const path of hashed) assert.ok(isHashedName(path), path);
  const words = [
    "/index.html",
    "/swagger-ui-standalone-preset.js",
    "/my-MyWidget.js",
    "/app-Settings.js",
    "/photo-20240101.jpg",
    "/bootstrap-5.3.3.min.css",
    "/polyfill-es2015.js",
    "/deadbeef.js",
    "/3f2a9c1b",
    "/3f2a9c1b/index.html",
  ];
  for (const path of words) assert.ok(!isHashedName(path), path);
});
