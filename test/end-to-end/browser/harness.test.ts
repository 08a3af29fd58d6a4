import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { until } from "../until.ts";
import { checkAccessibility } from "./accessibility.ts";
import { Chromium } from "./chromium.ts";
import { PageServer, type ServedPage } from "./page-server.ts";
import type { ProblemKind } from "./problems.ts";
import { pageWith } from "./publish-site.ts";
import { runVisit, type Visit } from "./visit.ts";

const script = (content: string): ServedPage => ({ type: "text/javascript", content });
const html = (content: string): ServedPage => ({ type: "text/html", content });

const policy = { "content-security-policy": "script-src 'self'; connect-src *" };
const scriptAlone = '<script type="module" src="/bad.js"></script>';

const pages = {
  "/": html(pageWith("", "<p>Nothing is wrong here.</p>")),
  "/throws": html(pageWith("<script>setTimeout(() => { throw new Error('uncaught'); })</script>")),
  "/rejects": html(pageWith("<script>Promise.reject(new Error('unhandled'))</script>")),
  "/complains": html(pageWith("<script>console.error('oh no')</script>")),
  "/warns": html(pageWith("<script>console.warn('well')</script>")),
  "/lacks": html(pageWith('<link rel="stylesheet" href="/missing.css" />')),
  "/asks": html(pageWith("<script>fetch('http://foreign.example.test/').catch(() => {})</script>")),
  "/socket": html(pageWith("<script>new WebSocket('ws://foreign.example.test/')</script>")),
  "/worker": html(pageWith("<script>new Worker('/asks.js')</script>")),
  "/service": html(pageWith("<script>navigator.serviceWorker.register('/asks.js')</script>")),
  "/asks.js": script("fetch('http://foreign.example.test/').catch(() => {})"),
  "/refuses": html(pageWith("<script>new Worker('/bad-later.js')</script>")),
  "/bad-later.js": {
    ...script("setInterval(() => { try { eval('1') } catch {} }, 500)"),
    headers: policy,
  },
  "/service-throws": html(
    pageWith("<script>navigator.serviceWorker.register('/throws.js')</script>"),
  ),
  "/throws.js": script("setInterval(() => { throw new Error('oh no') }, 500)"),
  "/refused": { ...html(pageWith(scriptAlone)), headers: policy },
  "/bad.js": script("try { eval('1') } catch { document.body.append('refused') }"),
  "/frame": html(pageWith("", '<iframe title="bad" src="/refused"></iframe>')),
  "/unclear": html(
    pageWith("", '<img src="data:," /><p style="color: #ddd">Can you read this?</p>'),
  ),
  "/slow": html(pageWith("", "<p id='never' hidden>Never shown</p>")),
} satisfies Record<string, ServedPage>;

const browser = new Chromium();
let server: PageServer;
before(async () => {
  server = await PageServer.start(pages);
});
after(async () => {
  await browser.close();
  await server.close();
});

/** What a test with this body fails with; nothing when it does not. */
async function failureOf(
  body: (visit: Visit) => Promise<void>,
  deadlineMs = 60_000,
): Promise<string> {
  try {
    await runVisit(browser, { name: "the visit", body, deadlineMs });
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const opens = (path: string) => async (visit: Visit) => {
  await (await visit.person()).open(server, "app", path);
};

test("a page with which nothing is wrong fails no test; nor does a warning", async () => {
  assert.equal(await failureOf(opens("/")), "");
  assert.equal(await failureOf(opens("/warns")), "");
});

const faults: readonly (readonly [path: string, kind: ProblemKind, pattern: RegExp])[] = [
  ["/throws", "error", /uncaught/],
  ["/rejects", "error", /unhandled/],
  ["/complains", "console", /oh no/],
  ["/lacks", "console", /404/],
  ["/asks", "foreign", /foreign\.example\.test/],
  ["/socket", "foreign", /foreign\.example\.test/],
  ["/worker", "foreign", /foreign\.example\.test/],
  ["/service", "foreign", /foreign\.example\.test/],
  ["/refuses", "policy", /script-src refused eval/],
  ["/service-throws", "console", /uncaught:.*oh no/],
  ["/refused", "policy", /script-src refused eval/],
  ["/frame", "policy", /script-src refused eval/],
];

for (const [path, kind, pattern] of faults) {
  test(`${path} fails a test, unless that is what it expects`, async () => {
    const failure = await failureOf(async (visit) => {
      await opens(path)(visit);
      await until(path, 15_000, () => visit.problems.all.some((each) => each.kind === kind));
    });
    assert.match(failure, new RegExp(`^in the browser: ${kind}: .*${pattern.source}`, "m"));
    assert.match(failure, /somebody was at http:\/\/app\.kith\.localhost/);
    const expected = await failureOf(async (visit) => {
      visit.problems.allow("console", /ERR_NAME_NOT_RESOLVED/);
      await opens(path)(visit);
      await visit.problems.happened(kind, pattern);
    });
    assert.equal(expected, "");
  });
}

test("what is expected and does not happen fails a test", async () => {
  const failure = await failureOf(async (visit) => {
    visit.problems.expect("policy", /script-src/);
    visit.problems.allow("console", /anything/);
    await opens("/")(visit);
  });
  assert.equal(
    failure.split("\n")[0],
    "in the browser: expected, but did not happen: policy /script-src/",
  );
});

test("a page that crashes fails a test", async () => {
  const failure = await failureOf(async (visit) => {
    const page = await (await visit.person()).open(server, "app");
    const crashed = page.waitForEvent("crash");
    await page.goto("chrome://crash").catch(() => {});
    await crashed;
  });
  assert.match(failure, /crash: the page crashed/);
});

test("a test that fails says its own reason first, then where everybody was and what the pages said", async () => {
  const failure = await failureOf(async (visit) => {
    await opens("/complains")(visit);
    assert.equal(1, 2, "numbers differ");
  });
  assert.match(
    failure,
    /^numbers differ\n(.*\n)*in the browser: console: oh no\n(.*\n)*somebody was at/,
  );
});

test("a test that waits for what never comes ends by itself, with its pages closed", async () => {
  let late: Visit | undefined;
  const failure = await failureOf(async (visit) => {
    late = visit;
    const page = await (await visit.person({ name: "alice" })).open(server, "app", "/slow");
    await page.locator("#never").waitFor({ timeout: 60_000 });
  }, 15_000);
  assert.match(failure, /^the visit: not within 15 s\nalice was at .*\/slow$/);
  assert.deepEqual(late?.whereabouts(), []);
  await assert.rejects(late?.person() ?? Promise.resolve(), /the test is over/);
});

test("a browser that was killed is launched again for the next test", async () => {
  assert.equal(await failureOf(opens("/")), "");
  const launches = browser.launches;
  const failure = await failureOf(async (visit) => {
    await opens("/")(visit);
    const system = await (await browser.browser()).newBrowserCDPSession();
    const { processInfo } = await system.send("SystemInfo.getProcessInfo");
    process.kill(
      processInfo.find(({ type }) => type === "browser")?.id ?? assert.fail(),
      "SIGKILL",
    );
    await until("the browser is gone", 15_000, () => visit.whereabouts().length === 0);
  });
  assert.match(failure, /^in the browser: crash: the browser is gone/);
  assert.equal(await failureOf(opens("/")), "");
  assert.equal(browser.launches, launches + 1);
});

test("axe finds an image without a name and text that nobody can read", async () => {
  const failure = await failureOf(async (visit) => {
    const page = await (await visit.person()).open(server, "app", "/unclear");
    await checkAccessibility(page);
  });
  assert.match(failure, /critical: image-alt/);
  assert.match(failure, /serious: color-contrast/);
  const fine = await failureOf(async (visit) => {
    await checkAccessibility(await (await visit.person()).open(server, "app", "/unclear"), "h1");
  });
  assert.equal(fine, "", "only what was asked for is looked at");
});
