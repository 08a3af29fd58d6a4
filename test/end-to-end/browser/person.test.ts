import assert from "node:assert/strict";
import { after, before } from "node:test";

import type { Frame, Page } from "playwright-core";

import { until } from "../until.ts";
import { Authenticator } from "./authenticator.ts";
import { browserTests } from "./browser-tests.ts";
import { PageServer, type ServedPage } from "./page-server.ts";
import { frameOf } from "./person.ts";
import { pageWith } from "./publish-site.ts";
import { siteUrl } from "./site-url.ts";
import { readTimings, untilMark } from "./timings.ts";

const bodyBytes = 50_000;
const countedMsMax = 45_000;
const kept = { "cache-control": "max-age=600", "origin-agent-cluster": "?1" };
const script = (content: string): ServedPage => ({ type: "text/javascript", content });
const html = (content: string): ServedPage => ({
  type: "text/html",
  content,
  headers: { "origin-agent-cluster": "?1" },
});

const loads = `
const answers = await Promise.all(["/big?page"].map((path) => fetch(path)));
await Promise.all(answers.map((answer) => answer.text()));
const worker = new Worker("/worker.js");
await new Promise((resolve) => { worker.onmessage = resolve; });
performance.mark("usable");
`;

const framesLater = `
const frame = document.createElement("iframe");
frame.title = "another app";
frame.src = location.origin.replace("app.", "other.") + "/";
frame.allow = "publickey-credentials-get *; publickey-credentials-create *";
setTimeout(() => document.body.append(frame), 300);
`;

const pages = {
  "/": html(pageWith("")),
  "/loads": html(pageWith('<script type="module" src="/loads.js"></script>')),
  "/loads.js": script(loads),
  "/worker.js": script(
    `fetch("/big?worker").then((answer) => answer.text()).then(() => postMessage(1));${" ".repeat(5_000)}`,
  ),
  "/fetched": { type: "text/plain", content: "fetched" },
  "/probe.js": {
    ...script(
      `fetch("/fetched", { cache: "no-store" }).then(({ status }) => postMessage(status), (error) => postMessage(error.name));`,
    ),
    headers: kept,
  },
  "/big": { type: "text/plain", content: "x".repeat(bodyBytes), headers: kept },
  "/frames": html(pageWith(`<script type="module">${framesLater}</script>`)),
} satisfies Record<string, ServedPage>;

const test = browserTests();
let server: PageServer;
before(async () => {
  server = await PageServer.start(pages);
});
after(() => server.close());

const readKey = (): string | null => localStorage.getItem("key");

/** What a request says, made by the page and by a worker of it. */
async function fetchBoth(): Promise<string> {
  const own = await fetch("/fetched", { cache: "no-store" }).then(
    ({ status }) => `${status}`,
    (error: unknown) => String(error),
  );
  const worker = new Worker("/probe.js");
  const message = await new Promise<unknown>((resolve) => {
    worker.addEventListener("message", ({ data }) => resolve(data));
    // Its script has to be loaded, too.
    worker.addEventListener("error", () => resolve("no worker"));
  });
  worker.terminate();
  return `${own}, ${String(message)}`;
}

test("two people share nothing, and two pages of one do", async (visit) => {
  const [alice, bob] = [await visit.person({ name: "alice" }), await visit.person({ name: "bob" })];
  const first = await alice.open(server, "app");
  await first.evaluate(() => localStorage.setItem("key", "of alice"));
  assert.equal(await (await alice.open(server, "app")).evaluate(readKey), "of alice");
  assert.equal(await (await bob.open(server, "app")).evaluate(readKey), null);
});

test("bytes are those of the wire: of the page, its workers and their scripts, and none for what the cache has", async (visit) => {
  const person = await visit.person();
  const page = await person.open(server, "app", "/loads");
  await untilMark(page, "usable");
  const expected = [
    ["/big?page", bodyBytes],
    ["/big?worker", bodyBytes],
    ["/worker.js", pages["/worker.js"].content.length],
    ["/loads.js", loads.length],
  ] as const;
  // The driver hears of the end of a request later than the page does.
  const counts = await until("all are counted", countedMsMax, async () => {
    const list = await person.transfers.list(page);
    const found = expected.flatMap(([path, bytes]) => {
      const one = list.find(({ url }) => url === siteUrl(server, "app", path));
      return one === undefined ? [] : [{ path, bytes, counted: one.bytes }];
    });
    return found.length === expected.length ? found : undefined;
  });
  const heads = 1_000;
  for (const { path, bytes, counted } of counts) {
    assert.ok(counted > bytes && counted < bytes + heads, `${path} counts ${counted} of ${bytes}`);
  }
  const other = await person.open(server, "app");
  assert.ok((await person.transfers.bytes(other)) < 2_000, "each page has its own count");

  person.transfers.reset();
  await page.reload();
  await untilMark(page, "usable");
  assert.ok((await person.transfers.bytes(page)) < bodyBytes / 2);
});

test("what a page marks is timed by its own clock", async (visit) => {
  const page = await (await visit.person()).open(server, "app", "/loads");
  const usableMs = await untilMark(page, "usable");
  const timings = await readTimings(page);
  assert.equal(timings.marksMs["usable"], usableMs);
  assert.ok(timings.responseEndMs > 0 && timings.responseEndMs < usableMs);
  assert.ok(timings.contentLoadedMs <= timings.loadedMs);
});

test("without network nothing arrives, in pages and in workers; afterwards it does again", async (visit) => {
  visit.problems.expect("console", /ERR_INTERNET_DISCONNECTED/);
  const person = await visit.person();
  const page = await person.open(server, "app");
  assert.equal(await page.evaluate(fetchBoth), "200, 200");
  await person.offline(true);
  assert.match(await page.evaluate(fetchBoth), /Failed to fetch, (no worker|TypeError)$/);
  await person.offline(false);
  assert.equal(await page.evaluate(fetchBoth), "200, 200");
});

/** A passkey for `rpId`, or what refused it; with 32 bytes that only it can make. */
async function makePasskey(target: Page | Frame, rpId: string): Promise<string> {
  return target.evaluate(async (id) => {
    const user = { id: new Uint8Array([1]), name: "alice", displayName: "Alice" };
    const made = await navigator.credentials.create({
      publicKey: {
        rp: { id, name: "Kith" },
        user,
        challenge: new Uint8Array(32),
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "required", userVerification: "required" },
        extensions: { prf: { eval: { first: new Uint8Array(32) } } },
      },
    });
    if (!(made instanceof PublicKeyCredential)) return "nothing";
    const first = made.getClientExtensionResults().prf?.results?.first;
    return first === undefined ? "no secret" : `secret of ${first.byteLength} bytes`;
  }, rpId);
}

/** The user that a passkey of this device names. */
async function usePasskey(target: Page | Frame, rpId: string): Promise<string> {
  return target.evaluate(async (id) => {
    try {
      const used = await navigator.credentials.get({
        publicKey: { rpId: id, challenge: new Uint8Array(32), userVerification: "required" },
      });
      const isUsed =
        used instanceof PublicKeyCredential &&
        used.response instanceof AuthenticatorAssertionResponse;
      return isUsed
        ? `user ${new Uint8Array(used.response.userHandle ?? new ArrayBuffer())[0]}`
        : "";
    } catch (error) {
      return error instanceof Error ? error.name : "";
    }
  }, rpId);
}

test("a device makes passkeys, with secrets, and gives them to another device of the same person", async (visit) => {
  const rpId = "app.kith.localhost";
  const old = await (await visit.person({ name: "old device" })).open(server, "app");
  const authenticator = await Authenticator.add(old);
  assert.equal(await makePasskey(old, rpId), "secret of 32 bytes");
  assert.equal(await usePasskey(old, rpId), "user 1");

  const fresh = await (await visit.person({ name: "new device" })).open(server, "app");
  const other = await Authenticator.add(fresh);
  assert.equal(await usePasskey(fresh, rpId), "NotAllowedError");
  const [passkey] = await authenticator.passkeys();
  assert.ok(passkey !== undefined);
  await other.give(passkey);
  assert.equal(await usePasskey(fresh, rpId), "user 1");
  await other.recognise(false);
  assert.equal(await usePasskey(fresh, rpId), "NotAllowedError");
});

test("a frame of another app is waited for, and has the device's passkeys, too", async (visit) => {
  const page = await (await visit.person()).open(server, "app", "/frames");
  await Authenticator.add(page);
  const frame = await frameOf(page, "other");
  assert.equal(await frame.evaluate(() => location.hostname), "other.kith.localhost");
  assert.equal(await makePasskey(frame, "other.kith.localhost"), "secret of 32 bytes");
  assert.equal(await usePasskey(frame, "other.kith.localhost"), "user 1");
});
