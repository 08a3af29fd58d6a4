import assert from "node:assert/strict";
import { test } from "node:test";

import { connectHostCharsMax } from "./limits.ts";
import { fillPolicy, isConnectOrigin, sitePolicy } from "./site-policy.ts";

test("a site asks its own origin and what it has declared, and no other app", () => {
  const policy = fillPolicy(
    sitePolicy(["https://api.example.org", "wss://api.example.org:8443"]),
    "kith.localhost:8080",
  );
  const directives = new Map(policy.split("; ").map((text) => [text.split(" ", 1)[0], text]));
  assert.equal(
    directives.get("connect-src"),
    "connect-src 'self' https://api.example.org wss://api.example.org:8443",
  );
  assert.equal(directives.get("frame-src"), "frame-src 'self' supervisor.kith.localhost:8080");
  assert.equal(directives.get("frame-ancestors"), "frame-ancestors 'self'");
  for (const [name, text] of directives) {
    assert.ok(!text.includes("*"), `${name} lets anybody in`);
    if (name !== "frame-src")
      assert.ok(!text.includes("kith.localhost"), `${name} lets other apps in`);
    assert.ok(!/script-src.*(blob:|data:|unsafe-inline|'unsafe-eval')/.test(text));
  }
  assert.equal(sitePolicy([]).includes("connect-src 'self';"), true);
});

test("a policy can name the root host with its port and without", () => {
  const policy = "connect-src http://*.{{roothost}}:* {{root}}";
  assert.equal(
    fillPolicy(policy, "kith.localhost:8080"),
    "connect-src http://*.kith.localhost:* kith.localhost:8080",
  );
  assert.equal(
    fillPolicy(policy, "kith.example"),
    "connect-src http://*.kith.example:* kith.example",
  );
});

test("an app can declare encrypted origins by name, and nothing that means more than it says", () => {
  const longest = `${"a".repeat(60)}.`.repeat(4) + "b".repeat(connectHostCharsMax - 244);
  for (const text of [
    "https://api.example.org",
    "wss://a-1.example.org",
    "https://x.org:65535",
    `https://${longest}`,
  ]) {
    assert.equal(isConnectOrigin(text), true, text);
  }
  const refused = [
    "http://api.example.org",
    "ws://api.example.org",
    "api.example.org",
    "https://api.example.org/",
    "https://api.example.org/v1",
    "https://*.example.org",
    "https://user@example.org",
    "https://API.example.org",
    "https://x.org:0",
    "https://x.org:65536",
    "https://x.org:",
    "https://-x.org",
    "https://x..org",
    "https://localhost",
    "https://x.org; script-src *",
    "https://x.org https://y.org",
    "https://x.org\n",
    "https:",
    "",
    `https://b${longest}`,
    `https://${"a".repeat(64)}.org`,
  ];
  for (const text of refused) assert.equal(isConnectOrigin(text), false, JSON.stringify(text));
});
