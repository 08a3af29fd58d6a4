import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";

import type { Page } from "playwright-core";

import { checkAccessibility } from "./accessibility.ts";
import { browserTests } from "./browser-tests.ts";
import { serveGallery } from "./gallery-server.ts";
import type { PageServer } from "./page-server.ts";
import type { Device } from "./person.ts";
import { takeScreenshot } from "./screenshots.ts";
import type { Visit } from "./visit.ts";

/** The board's pages over a network in the page's own memory, which can be as bad as a test wants it. */
const folder = join(import.meta.dirname, "../../../apps/board/gallery");

const test = browserTests();
let server: PageServer;

before(async () => {
  server = await serveGallery(folder, ["/t/1", "/t/3", "/t/99"]);
});
after(() => server.close());

async function openBoard(visit: Visit, path = "/", device: Device = {}): Promise<Page> {
  const person = await visit.person(device);
  const page = await person.open(server, "board", path);
  await page.getByRole("link", { name: "Board", exact: true }).waitFor();
  return page;
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign in" }).first().click();
  await page.getByRole("button", { name: "Signed in as alice" }).waitFor();
}

/** `{ network, refuses }`, as the gallery's source has it. */
async function setWorld(page: Page, world: object): Promise<void> {
  await page.evaluate((next) => {
    const { gallery } = globalThis as unknown as {
      gallery: { source: { setWorld(w: object): void } };
    };
    gallery.source.setWorld(next);
  }, world);
}

async function writeAs(page: Page, name: string, write: object): Promise<void> {
  await page.evaluate(
    ([author, done]) => {
      const { gallery } = globalThis as unknown as {
        gallery: { source: { write(a: string, w: object): void } };
      };
      gallery.source.write(author, done);
    },
    [name, write] as const,
  );
}

async function assertFits(page: Page): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  assert.equal(scrollWidth, clientWidth, "the page is wider than the screen");
}

for (const width of [360, 1280]) {
  for (const colors of ["light", "dark"] as const) {
    test(`the board at ${width} pixels, ${colors}: axe finds nothing, and nothing is cut off`, async (visit) => {
      const page = await openBoard(visit, "/", { width, colors, touch: width < 600 });
      await page.getByText("The roof of the workshop leaks again").waitFor();
      await signIn(page);
      await takeScreenshot(page, `board list ${width} ${colors}`);
      await checkAccessibility(page);
      await assertFits(page);
      await page.getByText("The roof of the workshop leaks again").click();
      await page.getByText("Reply 59.").waitFor();
      await takeScreenshot(page, `board thread ${width} ${colors}`);
      await checkAccessibility(page);
      await assertFits(page);
      const list = page.getByRole("heading", { name: "Threads" });
      assert.equal(await list.isVisible(), width > 900);
    });
  }
}

test("an address leads to its thread, and back leads to where one was", async (visit) => {
  const page = await openBoard(visit, "/t/1", { width: 360 });
  await page.getByRole("heading", { name: "The roof of the workshop leaks again" }).waitFor();
  await page.waitForFunction(() => document.title === "The roof of the workshop leaks again");
  await page.getByRole("button", { name: "All threads" }).click();
  await page.getByText("Bread").click();
  await page.getByRole("heading", { name: "Bread" }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Threads" }).waitFor();
  await page.waitForFunction(() => document.title === "Board");
  const missing = await openBoard(visit, "/t/99");
  await missing.getByText("There is no such thread.").waitFor();
});

test("what somebody writes is there at once, says that it is being sent, and is final in its place", async (visit) => {
  const page = await openBoard(visit, "/t/1");
  await signIn(page);
  await setWorld(page, { network: "held" });
  await page.getByRole("textbox", { name: "Your reply" }).fill("I bring tar.");
  await page.getByRole("textbox", { name: "Your reply" }).press("Control+Enter");
  const mine = page.getByRole("listitem").filter({ hasText: "I bring tar." });
  await mine.getByText("Sending").waitFor();
  await mine.evaluate((element) => element.setAttribute("data-first", "yes"));
  await setWorld(page, { network: "fine" });
  await mine.getByText("Sending").waitFor({ state: "hidden" });
  assert.equal(await mine.getAttribute("data-first"), "yes", "nothing was replaced");
  assert.equal(await mine.count(), 1);
  assert.equal(await page.getByRole("textbox", { name: "Your reply" }).inputValue(), "");
});

test("what others write and react is there without asking", async (visit) => {
  const page = await openBoard(visit, "/t/1");
  await page.getByText("Reply 59.").waitFor();
  await writeAs(page, "bob", { kind: "reply", thread: 1, text: "Bob is coming." });
  await page.getByText("Bob is coming.").waitFor();
  // The list counts it, too.
  await page.getByText("61 posts").waitFor();
});

test("reactions are given and taken back by one press", async (visit) => {
  const page = await openBoard(visit, "/t/1");
  await signIn(page);
  const first = page.getByRole("article").first();
  await first.getByRole("button", { name: "👍, 3 people" }).click();
  const own = first.getByRole("button", { name: "👍, 4 people" });
  assert.equal(await own.getAttribute("aria-pressed"), "true");
  await own.click();
  await first.getByRole("button", { name: "👍, 3 people" }).waitFor();
  await first.getByRole("button", { name: "Add a reaction" }).click();
  await page.getByRole("menuitem", { name: "🎉" }).click();
  await first.getByRole("button", { name: "🎉, 1 person" }).waitFor();
});

test("authors edit their posts in place", async (visit) => {
  const page = await openBoard(visit, "/t/1");
  await signIn(page);
  const mine = page.getByRole("article").filter({ hasText: "alice" }).last();
  await mine.getByRole("button", { name: "Actions for the post by alice" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await mine.getByRole("textbox").fill("I cannot come after all.");
  await mine.getByRole("button", { name: "Save" }).click();
  await mine.getByText("I cannot come after all.").waitFor();
  await mine.getByText("edited").waitFor();
});

test("earlier posts come on request, up to the first", async (visit) => {
  const page = await openBoard(visit, "/t/1");
  await page.getByText("Reply 35.").waitFor();
  assert.equal(await page.getByText("Reply 34.").count(), 0);
  const more = page.getByRole("button", { name: "Earlier posts" });
  await more.click();
  await page.getByText("Reply 10.").waitFor();
  await more.click();
  await page.getByText("Reply 1.", { exact: false }).first().waitFor();
  await more.waitFor({ state: "hidden" });
  assert.equal(await page.getByRole("article").count(), 60);
  await page.getByText("A moderator has hidden this post.").waitFor();
});

test("without network everything stays, says so, and what is written waits", async (visit) => {
  const page = await openBoard(visit, "/t/1");
  await signIn(page);
  await page.getByText("Reply 59.").waitFor();
  await setWorld(page, { network: "offline" });
  await page.getByText("You are offline.").first().waitFor();
  await page.getByRole("textbox", { name: "Your reply" }).fill("Later then.");
  await page.getByRole("button", { name: "Send" }).click();
  const mine = page.getByRole("listitem").filter({ hasText: "Later then." });
  await mine.getByText("Waiting for the network").waitFor();
  await checkAccessibility(page);
  await setWorld(page, { network: "fine" });
  await mine.getByText("Waiting for the network").waitFor({ state: "hidden" });
  await page.getByText("You are offline.").first().waitFor({ state: "hidden" });
});

test("what was refused is kept with its reason, and sent again or discarded", async (visit) => {
  const page = await openBoard(visit, "/t/1");
  await signIn(page);
  await setWorld(page, { network: "fine", refuses: "posting-too-often" });
  await page.getByRole("textbox", { name: "Your reply" }).fill("Once more.");
  await page.getByRole("button", { name: "Send" }).click();
  const mine = page.getByRole("listitem").filter({ hasText: "Once more." });
  await mine.getByText("that was a lot in one hour").waitFor();
  await setWorld(page, { network: "fine" });
  await mine.getByRole("button", { name: "Try again" }).click();
  await mine.getByText("that was a lot in one hour").waitFor({ state: "hidden" });
  await mine.getByText("Sending").waitFor({ state: "hidden" });
  assert.equal(await mine.count(), 1);
});

test("a new thread opens when it is there", async (visit) => {
  const page = await openBoard(visit);
  await signIn(page);
  await page.getByRole("button", { name: "New thread" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill("Summer party");
  assert.equal(await page.getByRole("button", { name: "Start" }).isEnabled(), false);
  await page.getByRole("textbox", { name: "Text" }).fill("Who brings what?");
  await checkAccessibility(page);
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("heading", { name: "Summer party" }).waitFor();
  await page.getByText("Who brings what?").waitFor();
  assert.ok(page.url().endsWith("/t/6"));
});

test("a locked thread is read, and an empty board says how it begins", async (visit) => {
  const page = await openBoard(visit, "/t/3");
  await page.getByText("A moderator has locked this thread.").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Your reply" }).count(), 0);
  const empty = await openBoard(visit, "/?threads=0");
  await empty.getByText("Nobody has started a thread yet.").waitFor();
});

test("a network that does not answer is told, and nothing is lost when it is back", async (visit) => {
  const page = await openBoard(visit);
  await page.getByText("Bread").waitFor();
  await setWorld(page, { network: "failing" });
  await page.getByText("The network does not answer.").waitFor();
  await setWorld(page, { network: "fine" });
  await page.getByText("Bread").waitFor();
});
