import assert from "node:assert/strict";
import { test } from "node:test";

import type { HttpReply } from "@kith/protocol/http-message";
import { fillPolicy, sitePolicy } from "@kith/protocol/site-policy";

import { replyHeaders } from "./reply-headers.ts";

const authority = "kith.localhost:8080";

function headersOf(contentType: string, headers: Record<string, string> = {}): Headers {
  const reply: HttpReply = {
    status: 200,
    contentType,
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body: new Uint8Array(),
  };
  return replyHeaders(reply, authority);
}

test("a page that says nothing gets the policy of sites, and keeps its paths, windows and features to itself", () => {
  for (const type of ["text/html; charset=utf-8", "application/xhtml+xml", "image/svg+xml"]) {
    const headers = headersOf(type);
    assert.equal(headers.get("content-security-policy"), fillPolicy(sitePolicy([]), authority));
    assert.equal(headers.get("referrer-policy"), "same-origin");
    assert.equal(headers.get("cross-origin-opener-policy"), "same-origin-allow-popups");
    assert.equal(headers.get("origin-agent-cluster"), "?1");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    const permissions = headers.get("permissions-policy") ?? "";
    for (const feature of ["camera", "microphone", "geolocation", "usb"]) {
      assert.ok(permissions.split(", ").includes(`${feature}=()`), feature);
    }
    for (const use of ["create", "get"]) {
      const passkeys = `publickey-credentials-${use}=("http://supervisor.${authority}" "https://supervisor.${authority}")`;
      assert.ok(permissions.split(", ").includes(passkeys), permissions);
    }
  }
});

test("a script has a policy, because a worker is under that of its script; data has none", () => {
  assert.ok(headersOf("text/javascript").has("content-security-policy"));
  assert.ok(headersOf("multipart/x-mixed-replace; boundary=x").has("content-security-policy"));
  for (const type of ["application/json", "text/plain", "image/png", "font/woff2", ""]) {
    const headers = headersOf(type);
    assert.deepEqual(
      [...headers.keys()].filter((name) => name !== "content-type"),
      ["access-control-allow-origin", "x-content-type-options"],
      type,
    );
  }
});

test("of a policy a script has what is about workers, and what is neither shown nor run has nothing", () => {
  const policy =
    "default-src 'none'; SCRIPT-SRC 'self'; style-src 'self';img-src data:; connect-src 'self' {{root}};; frame-ancestors 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types kith";
  const of = (type: string): string | null =>
    headersOf(type, { "content-security-policy": policy }).get("content-security-policy");
  const ofWorkers =
    "default-src 'none'; SCRIPT-SRC 'self'; connect-src 'self' kith.localhost:8080; require-trusted-types-for 'script'; trusted-types kith";
  for (const type of [
    "text/javascript; charset=utf-8",
    "application/javascript",
    "text/ecmascript",
  ]) {
    assert.equal(of(type), ofWorkers, type);
  }
  const whole = policy.replace("{{root}}", authority);
  // Whatever may be a page keeps all of it, and so does what nobody knows.
  const shown = [
    "text/html",
    "image/svg+xml",
    "application/xml",
    "multipart/mixed",
    "",
    "x/y",
    "application/pdf",
  ];
  for (const type of shown) assert.equal(of(type), whole, type);
  const inert = [
    "text/css",
    "application/wasm",
    "application/json; charset=utf-8",
    "image/png",
    "font/woff2",
    "text/plain",
  ];
  for (const type of inert) assert.equal(of(type), null, type);
});

test("a script's policy that is about windows alone is left out", () => {
  const headers = headersOf("text/javascript", { "content-security-policy": "img-src 'self'" });
  assert.equal(headers.get("content-security-policy"), null);
});

test("an app may have another policy for its own pages, with the root host filled in", () => {
  const headers = headersOf("text/html", {
    "content-security-policy": "connect-src http://*.{{roothost}}:* {{root}}",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "unsafe-none",
  });
  assert.equal(
    headers.get("content-security-policy"),
    "connect-src http://*.kith.localhost:* kith.localhost:8080",
  );
  assert.equal(headers.get("referrer-policy"), "no-referrer");
  assert.equal(headers.get("cross-origin-opener-policy"), "unsafe-none");
});

test("no service speaks for its host beyond its own answer", () => {
  const before = headersOf("text/html");
  const headers = headersOf("text/html", {
    "Set-Cookie": "__Host-kith-session=stolen; Domain=kith.localhost",
    "Clear-Site-Data": '"*"',
    "Service-Worker-Allowed": "/",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "*",
    "Permissions-Policy": "publickey-credentials-get=*, camera=*",
    "Origin-Agent-Cluster": "?0",
    "X-Content-Type-Options": "none",
    "Content-Security-Policy-Report-Only": "report-uri https://evil.example",
    "Report-To": "{}",
    "Reporting-Endpoints": 'a="https://evil.example"',
    NEL: "{}",
    Refresh: "0; url=https://evil.example",
    SourceMap: "https://evil.example",
    "Strict-Transport-Security": "max-age=1; includeSubDomains",
    "Alt-Svc": 'h3="evil.example:443"',
    "Accept-CH": "sec-ch-ua-model",
    "WWW-Authenticate": "Basic",
    "Document-Isolation-Policy": "isolate-and-require-corp",
    Connection: "close",
  });
  assert.deepEqual([...headers], [...before]);
});
