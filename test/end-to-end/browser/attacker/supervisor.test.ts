import assert from "node:assert/strict";
import { after, before } from "node:test";

import type { Page } from "playwright-core";

import { Cluster, type ClusterNode } from "../../cluster.ts";
import { browserTests } from "../browser-tests.ts";
import { installApps } from "../install-apps.ts";
import { frameOf, type Person } from "../person.ts";
import { pageWith, publishSite } from "../publish-site.ts";
import { isForeign, siteUrl } from "../site-url.ts";
import { answer, asMallory, beginAs, connected, inPage } from "../supervisor-page.ts";

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

/** An app that lets others show it, and has a supervisor in its own page: it greets when it is told to. */
const lenient = `
const root = location.host.slice(location.host.indexOf(".") + 1);
const frame = document.createElement("iframe");
frame.src = "//supervisor." + root + "/";
frame.onload = () => { parent.postMessage("framed", "*"); };
addEventListener("message", ({ source }) => {
  if (source !== parent) return;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => parent.postMessage("greeted", "*");
  frame.contentWindow.postMessage("kith 1", "*", [port2]);
}, { once: true });
document.body.append(frame);
`;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await installApps(cluster, ["notebook", "visitor", "mallory"]);
  const script = '<script type="module" src="/lenient.js"></script>';
  const files = { "index.html": pageWith(script), "lenient.js": lenient };
  await publishSite(cluster, "lenient", files, ["--csp", "frame-ancestors *"]);
});
after(() => cluster.close());

/** Somebody with an account, on the notebook's page. */
async function signedIn(person: Person, account: string): Promise<Page> {
  const page = await connected(await person.open(node, "notebook"));
  const signing = inPage(page, (tools) => tools.accounts.signIn({}));
  await beginAs(page, account);
  assert.ok((await signing).ok);
  return page;
}

async function openMallory(person: Person): Promise<Page> {
  return connected(await person.open(node, "mallory"));
}

test("a supervisor's frame hears the page around it alone, once, and in the right words", async (visit) => {
  visit.problems.allow("policy", /frame-ancestors/);
  visit.problems.allow("console", /frame-ancestors|Permissions policy/i);
  const person = await visit.person();
  const page = await openMallory(person);
  const heard = await asMallory(page, async ({ frameOf: show, greet, RawPort, sibling }) => {
    const frame = await show(sibling("supervisor"));
    const wrong = ["kith 2", "", null, { greeting: "kith 1", app: "notebook" }, ["kith 1"]];
    const refused = wrong.map((words) => greet(frame, words));
    frame.postMessage("kith 1", "*");
    // Another frame of this page, which the supervisor's frame does not stand in.
    const other = await show("about:blank");
    const sideways = new RawPort();
    Object.assign(other, { frame, port: sideways.far });
    const script = other.document.createElement("script");
    script.text = 'frame.postMessage("kith 1", "*", [port])';
    other.document.body.append(script);
    const first = await greet(frame).greeted();
    const second = greet(frame);
    const again = greet(frame, { app: "notebook" });
    // By now everything before it has been heard.
    first.post("call");
    first.post({ call: { id: 1, plugin: "keys", method: "list", args: [] } });
    first.post(new Uint8Array([1, 2, 3]));
    first.say({ cancel: { id: 7 } });
    first.say({ act: { id: 8, actions: [] } });
    return {
      act: await first.ended(8),
      others: [...refused, sideways, second, again].map((port) => port.heard.length),
    };
  });
  assert.deepEqual(heard, { act: "signed-out", others: [0, 0, 0, 0, 0, 0, 0, 0] });
});

test("whose page it is the browser says: not a message, not a port that was passed on, and no page that has no app", async (visit) => {
  visit.problems.allow("policy", /frame-ancestors/);
  visit.problems.allow("console", /frame-ancestors|Permissions policy/i);
  const person = await visit.person();
  const victim = await signedIn(person, "victoria");
  const page = await openMallory(person);
  const outcome = await asMallory(page, async (tools) => {
    const { attempt, frameOf: show, greet, RawPort, sibling } = tools;
    // Who its own link says that it is.
    const caller = await tools.plugin.caller({});
    // A frame that has no origin, and in it the supervisor's.
    const inner = `<iframe src="${sibling("supervisor")}" onload="this.contentWindow.postMessage('kith 1','*',[port]);parent.postMessage('tried','*')"></iframe>`;
    const tried = new Promise((resolve) => addEventListener("message", resolve, { once: true }));
    const port = new RawPort();
    const holder = `<script>addEventListener("message", ({ ports }) => { globalThis.port = ports[0]; document.body.innerHTML = ${JSON.stringify(inner)}; })</script><body></body>`;
    const sandboxed = await show(`data:text/html,${encodeURIComponent(holder)}`);
    sandboxed.postMessage("", "*", [port.far]);
    await tried;
    // An app that lets itself be framed, and its own frame of the supervisor.
    const news: unknown[] = [];
    addEventListener("message", ({ data }) => news.push(data));
    const heard = async (wanted: string): Promise<void> => {
      while (!news.includes(wanted)) await new Promise((done) => setTimeout(done, 20));
    };
    const framed = await show(sibling("lenient"));
    await heard("framed");
    const inside = framed.frames[0];
    if (inside === undefined) throw new Error("it has a frame");
    const forged = greet(inside);
    framed.postMessage("go", "*");
    await heard("greeted");
    // A window that it opens, with a supervisor of its own.
    const opened = window.open(sibling("notebook"));
    const isParted = async (): Promise<boolean> => {
      for (let tries = 0; tries < 500; tries++) {
        if (opened === null || opened.closed) return true;
        await new Promise((done) => setTimeout(done, 20));
      }
      return false;
    };
    // A port is in one place.
    const used = new RawPort();
    const frame = await show(sibling("supervisor"));
    frame.postMessage("kith 1", "*", [used.far]);
    const twice = await attempt(() => frame.postMessage("kith 1", "*", [used.far]));
    return {
      caller: caller.ok ? caller.value.value : caller.error.code,
      sandboxed: port.heard.length,
      forged: forged.heard.length,
      window: await isParted(),
      twice,
    };
  });
  assert.deepEqual(outcome, {
    caller: "mallory",
    sandboxed: 0,
    forged: 0,
    window: true,
    twice: "DataCloneError",
  });
  const asked = await inPage(victim, (tools) => tools.notebook.queries.whoAsks({}));
  assert.deepEqual(asked, { ok: true, value: ["victoria"] });
});

test("an app does with others' plugins, services, data and keys nothing that their users did not allow", async (visit) => {
  visit.problems.allow("console", /status of 4[0-9][0-9]/);
  const person = await visit.person();
  const victim = await signedIn(person, "victor-v");
  const page = await openMallory(person);
  const outcome = await asMallory(page, async (tools) => {
    const signed = await tools.accounts.signIn({});
    const { kith, mallory, keys, clientData, permissions, prompt, notebook } = tools;
    const [user] = [kith.user];
    if (user === undefined) throw new Error("nobody is signed in");
    const own = { bucket: "notes", scope: "user", duration: "persistent" } as const;
    const wanted = { caller: kith.app, callee: kith.app, called: "add", level: "high" };
    const calls = {
      "keys.list": keys.list({}),
      "keys.create": keys.create({}),
      "accounts.known": tools.accounts.known({}),
      "accounts.forget": tools.accounts.forget({ account: user }),
      "accounts.makeRecoveryCode": tools.accounts.makeRecoveryCode({ label: "mine" }),
      "invite.list": tools.invite.list({}),
      "permissions.authorize": permissions.authorize(wanted),
      "permissions.grants": permissions.grants({}),
      "prompt.ask": prompt.ask({ kind: "confirm", details: "{}" }),
      "by plugin: keys": mallory.keys({}),
      "by plugin: data": mallory.data({}),
      "by plugin: trust": mallory.trust({}),
      "by plugin: write": mallory.write({}),
      "by plugin: write as": mallory.writeAs({}),
    };
    const codes: Record<string, string> = { signedIn: String(signed.ok) };
    for (const [name, call] of Object.entries(calls)) {
      const called = await call;
      codes[name] = called.ok ? "done" : called.error.code;
    }
    const kept = await clientData.keys(own);
    const asked = await notebook.queries.whoAsks({});
    return { codes, kept: kept.ok && kept.value.value, asked };
  });
  assert.deepEqual(outcome.codes, {
    signedIn: "true",
    "keys.list": "permission-denied",
    "keys.create": "permission-denied",
    "accounts.known": "permission-denied",
    "accounts.forget": "permission-denied",
    "accounts.makeRecoveryCode": "permission-denied",
    "invite.list": "permission-denied",
    "permissions.authorize": "permission-denied",
    "permissions.grants": "permission-denied",
    "prompt.ask": "permission-denied",
    "by plugin: keys": "permission-denied",
    "by plugin: data": "not-granted",
    "by plugin: trust": "permission-denied",
    "by plugin: write": "service-unknown",
    "by plugin: write as": "permission-denied",
  });
  assert.deepEqual(outcome.kept, []);
  assert.deepEqual(outcome.asked, { ok: true, value: [] }, "the notebook is not told who asks");
  const notes = await inPage(victim, (tools) => tools.notebook.queries.recent({ limit: 10 }));
  assert.deepEqual(notes, { ok: true, value: [] });
});

test("what the supervisor keeps is no app's: not its storage, its databases, its channels, nor its workers", async (visit) => {
  visit.problems.allow("console", /./);
  const person = await visit.person();
  const victim = await signedIn(person, "violetta");
  const page = await openMallory(person);
  const channels = await asMallory(page, () => {
    const heard: string[] = [];
    for (const name of ["kith-sessions", "kith-writes"]) {
      new BroadcastChannel(name).addEventListener("message", () => heard.push(name));
    }
    Object.assign(globalThis, { heard });
  });
  assert.equal(channels, undefined);
  const outcome = await asMallory(page, async ({ attempt, frameOf: show, sibling }) => {
    const frame = await show(sibling("supervisor"));
    const prompt = await show(sibling("supervisor", `/prompt.html#${"0".repeat(32)}`));
    const { serviceWorker } = navigator;
    return {
      storage: await attempt(() => frame.localStorage.getItem("kith")),
      databases: await attempt(() => frame.indexedDB.databases()),
      caches: await attempt(() => frame.caches.keys()),
      document: await attempt(() => frame.document.title),
      prompt: await attempt(() => prompt.document.title),
      address: await attempt(() => prompt.location.href),
      worker: await attempt(() => new Worker(sibling("supervisor", "/service-worker.js"))),
      shared: await attempt(() => new SharedWorker(sibling("supervisor", "/service-worker.js"))),
      service: await attempt(() =>
        serviceWorker.register(sibling("supervisor", "/service-worker.js")),
      ),
      scope: await attempt(() =>
        serviceWorker.register("/main.js", { scope: sibling("supervisor") }),
      ),
      common: await attempt(() => serviceWorker.register("/common/head", { scope: "/common/" })),
      changes: await attempt(() => serviceWorker.register("/changes", { scope: "/" })),
      names: (await indexedDB.databases()).map(({ name }) => name),
      kept: Object.keys(localStorage).filter((name) => !name.startsWith("kith checkpoint")),
    };
  });
  const refused = "SecurityError";
  assert.deepEqual(outcome, {
    storage: refused,
    databases: refused,
    caches: refused,
    document: refused,
    prompt: refused,
    address: refused,
    worker: refused,
    shared: refused,
    service: refused,
    scope: refused,
    common: refused,
    changes: "TypeError",
    names: [],
    kept: [],
  });
  const written = await inPage(victim, (tools) =>
    tools.notebook.actions.write({ text: "private" }),
  );
  assert.ok(written.ok, JSON.stringify(written));
  assert.deepEqual(await page.evaluate("heard"), []);
});

/** What may stand behind an invite's secret, whoever passes the link on. */
const elsewhere = [
  "//evil.example.test/",
  "/\\evil.example.test/",
  "https://evil.example.test/",
  "javascript:document.title='evil'",
  "@evil.example.test/",
];

test("an invite leads into the app that it is for, whatever stands behind it, and its maker may not say otherwise", async (visit) => {
  const person = await visit.person();
  await signedIn(person, "vanessa");
  const mallory = await openMallory(person);
  await asMallory(mallory, (tools) => tools.accounts.signIn({}));
  const making = asMallory(mallory, (tools) =>
    tools.invite.create({ uses: 1, days: 1, memo: "Come in" }),
  );
  await answer(mallory, "Allow");
  const made = await making;
  assert.ok(made.ok, JSON.stringify(made));
  const link = `http:${made.value.value}`;
  const guest = await visit.person();
  const page = await guest.context.newPage();
  await page.goto(link);
  await page.getByText("Come in", { exact: true }).waitFor();
  for (const path of elsewhere) {
    await page.goto(`${link}&path=${encodeURIComponent(path)}`);
    await page.getByText("This link is damaged.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Accept" }).count(), 0, path);
    assert.ok(!isForeign(page.url()) && page.url().startsWith(siteUrl(node, "home")), page.url());
  }
});

test("an app that floods its supervisor is told so, and nobody else notices", async (visit) => {
  const person = await visit.person();
  const victim = await signedIn(person, "valentin");
  const page = await openMallory(person);
  await asMallory(page, (tools) => tools.accounts.signIn({}));
  const flooding = asMallory(page, async ({ plugin, frameOf: show, greet, sibling }) => {
    const calls = await Promise.all(Array.from({ length: 300 }, () => plugin.caller({})));
    const codes = calls.map((called) => (called.ok ? called.value.value : called.error.code));
    const port = await greet(await show(sibling("supervisor"))).greeted();
    // Open for good, by a number that is always the same.
    for (let count = 0; count < 300; count++) {
      port.say({
        fetch: {
          id: 5,
          service: "notebook" as never,
          target: "/changes?rows=notes",
          accept: "text/event-stream",
          asUser: false,
        },
      });
    }
    const refusal = await port.ended(5);
    const answered = port.heard.filter((message) => "response" in message).length;
    return { codes: [...new Set(codes)].toSorted(), count: calls.length, refusal, answered };
  });
  const written = await inPage(victim, (tools) => tools.notebook.actions.write({ text: "calm" }));
  assert.ok(written.ok, JSON.stringify(written));
  const { answered, ...flood } = await flooding;
  assert.deepEqual(flood, {
    codes: ["mallory", "too-many-calls"],
    count: 300,
    refusal: "id-in-use",
  });
  assert.ok(answered <= 1, `${answered} streams were opened`);

  // Questions: turned away three times, it is not heard any more.
  const asking = asMallory(page, (tools) =>
    Promise.all(Array.from({ length: 20 }, () => tools.plugin.add({ text: "please" }))),
  );
  for (let count = 0; count < 3; count++) await answer(page, "Not now");
  const answers = await asking;
  const codes = answers.map((each) => (each.ok ? "done" : each.error.code));
  assert.deepEqual(new Set(codes), new Set(["prompt-dismissed"]));
  const frame = await frameOf(page, "supervisor");
  assert.equal(await frame.getByRole("dialog").count(), 0);
  const visitor = await connected(await person.open(node, "visitor"));
  await inPage(visitor, (tools) => tools.accounts.signIn({}));
  const allowed = inPage(visitor, (tools) => tools.plugin.add({ text: "from a visitor" }));
  await answer(visitor, "Allow");
  assert.ok((await allowed).ok, "others may ask");
});

test("a plugin that answers nonsense or never ends harms the call alone", async (visit) => {
  const person = await visit.person();
  const page = await connected(await person.open(node, "visitor"));
  const codes = await inPage(page, async ({ mallory, plugin }) => {
    const friends = await mallory.friends({});
    const found: Record<string, string> = { friends: friends.ok ? "done" : friends.error.code };
    const [endless, meanwhile] = await Promise.all([mallory.endless({}), plugin.caller({})]);
    found["endless"] = endless.ok ? "done" : endless.error.code;
    found["meanwhile"] = meanwhile.ok ? meanwhile.value.value : meanwhile.error.code;
    const afterwards = await plugin.caller({});
    found["afterwards"] = afterwards.ok ? afterwards.value.value : afterwards.error.code;
    return found;
  });
  // Where fuel burns slower than the clock runs, the thread is ended with all that is under way in it.
  const late = { endless: "plugin-stopped", meanwhile: "plugin-stopped" };
  const inTime = { endless: "out-of-fuel", meanwhile: "visitor" };
  const wasLate = codes["endless"] === "plugin-stopped" && codes["meanwhile"] !== "visitor";
  const { endless, meanwhile, ...others } = codes;
  assert.deepEqual({ endless, meanwhile }, wasLate ? late : inTime);
  assert.deepEqual(others, { friends: "result-malformed", afterwards: "visitor" });
});
