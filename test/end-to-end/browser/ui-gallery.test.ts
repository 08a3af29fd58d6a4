import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";

import type { Page } from "playwright-core";

import { checkAccessibility } from "./accessibility.ts";
import { browserTests } from "./browser-tests.ts";
import { serveGallery } from "./gallery-server.ts";
import type { PageServer } from "./page-server.ts";
import type { Device, Person } from "./person.ts";
import { takeScreenshot } from "./screenshots.ts";
import type { Visit } from "./visit.ts";

/** The components as the system's own apps show them, without an app and without a node. */
const gallery = join(import.meta.dirname, "../../../apps/ui/gallery");

const test = browserTests();
let server: PageServer;

before(async () => {
  server = await serveGallery(gallery);
});
after(() => server.close());

async function openGallery(visit: Visit, device: Device = {}): Promise<readonly [Page, Person]> {
  const person = await visit.person(device);
  const page = await person.open(server, "ui", "/");
  await page.getByRole("heading", { name: "Gallery" }).waitFor();
  return [page, person];
}

for (const width of [360, 1280]) {
  for (const colors of ["light", "dark"] as const) {
    test(`components at ${width} pixels, ${colors}: axe finds nothing, and nothing is cut off`, async (visit) => {
      const [page] = await openGallery(visit, { width, colors, touch: width < 600 });
      await page.getByText("Loading more").waitFor({ state: "attached" });
      await takeScreenshot(page, `gallery ${width} ${colors}`);
      await checkAccessibility(page);
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      assert.equal(scrollWidth, clientWidth, "the page is wider than the screen");
      await page.getByRole("button", { name: "Open a dialog" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      // While it arrives it is transparent in part.
      await dialog.evaluate(async (element) => {
        await Promise.all(element.getAnimations().map(({ finished }) => finished));
      });
      await checkAccessibility(page, "dialog");
    });
  }
}

test("the page may choose its colours against the system's", async (visit) => {
  const [page] = await openGallery(visit, { colors: "dark" });
  const paper = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await paper(), "rgb(21, 25, 23)");
  await page.evaluate(() => (document.documentElement.dataset["theme"] = "light"));
  assert.equal(await paper(), "rgb(251, 250, 247)");
});

test("a dialog takes the focus to the safe answer, keeps it, and gives it back", async (visit) => {
  const [page] = await openGallery(visit);
  const opener = page.getByRole("button", { name: "Open a dialog" });
  await opener.press("Enter");
  const keep = page.getByRole("button", { name: "Keep it" });
  await keep.waitFor();
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const { ariaLabel, textContent } = document.activeElement ?? document.body;
      return ariaLabel ?? textContent;
    });
  assert.equal(await focused(), "Keep it");
  const visited = new Set<string>();
  for (let presses = 0; presses < 8; presses++) {
    await page.keyboard.press("Tab");
    visited.add(await focused());
  }
  assert.ok(visited.has("Close") && visited.has("Remove"));
  assert.ok(!visited.has("Open a dialog") && !visited.has("Publish"), [...visited].join());
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.equal(await focused(), "Open a dialog");
  await opener.click();
  await keep.waitFor();
  await page.mouse.click(5, 5);
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await opener.click();
  await keep.waitFor();
});

/** Runs in the page: whether the menu that a button opens has the focus as soon as it is there. */
async function hasFocusAtOnce(button: HTMLElement | SVGElement): Promise<boolean> {
  button.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  await new Promise((done) => setTimeout(done));
  return document.querySelector("[role=menu]")?.contains(document.activeElement) === true;
}

test("a menu is used by keys alone, and goes when somebody looks elsewhere", async (visit) => {
  const [page] = await openGallery(visit);
  const button = page.getByRole("button", { name: "Actions for the post" });
  await button.press("Enter");
  const item = (name: string) => page.getByRole("menuitem", { name });
  await item("Copy").waitFor();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("e");
  await page.keyboard.press("Enter");
  await page.getByText("Chosen: edit").waitFor();
  assert.equal(await page.getByRole("menu").count(), 0);
  assert.equal(await button.evaluate((element) => element === document.activeElement), true);
  assert.equal(await button.evaluate(hasFocusAtOnce), true, "keys are the menu's at once");
  await checkAccessibility(page, "[role=menu]");
  await page.getByRole("heading", { name: "Gallery" }).click();
  await page.getByRole("menu").waitFor({ state: "hidden" });
  await button.click();
  await page.keyboard.press("Escape");
  await page.getByRole("menu").waitFor({ state: "hidden" });
});

test("tabs are one stop, and arrows lead between them", async (visit) => {
  const [page] = await openGallery(visit);
  await page.getByRole("tab", { name: "Apps" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tabpanel", { name: "Devices" }).waitFor();
  await page.keyboard.press("End");
  await page.getByText("The part about invites").waitFor();
  const tab = page.getByRole("tab", { name: "Invites" });
  assert.equal(await tab.evaluate((element) => element === document.activeElement), true);
});

test("a field says what is wrong where it is, and a busy button does nothing twice", async (visit) => {
  const [page] = await openGallery(visit);
  const name = page.getByRole("textbox", { name: "Name" });
  await name.fill("admin");
  await page.getByRole("alert").getByText("This name is taken.").waitFor();
  assert.equal(await name.getAttribute("aria-invalid"), "true");
  const note = await name.getAttribute("aria-describedby");
  assert.equal(await page.locator(`[id="${note}"]`).textContent(), "This name is taken.");

  await page.getByRole("textbox", { name: "Text" }).press("Control+Enter");
  await page.getByText("Sent 1 times").waitFor();
  const publish = page.getByRole("button", { name: "Publish" });
  await publish.click();
  assert.equal(await publish.getAttribute("aria-busy"), "true");
  assert.equal(await publish.getAttribute("aria-disabled"), "true");
});

test("messages come and go, and errors stay until they are read", async (visit) => {
  const [page] = await openGallery(visit);
  await page.clock.install();
  await page.getByRole("button", { name: "Show a message" }).click();
  await page.getByRole("button", { name: "Show an error" }).click();
  await page.getByText("Published.").waitFor();
  await page.mouse.move(0, 0);
  await page.clock.runFor(7000);
  await page.getByText("Published.").waitFor({ state: "hidden" });
  const error = page.getByRole("alert").getByText("The network did not answer.");
  assert.ok(await error.isVisible());
  await page.getByRole("button", { name: "Dismiss" }).click();
  await error.waitFor({ state: "hidden" });
});

test("a part that fails is replaced alone, and comes back", async (visit) => {
  const [page] = await openGallery(visit);
  await page.getByRole("button", { name: "Break something" }).click();
  await page.getByText("It broke, and the rest did not.").waitFor();
  await page.getByRole("button", { name: "Show it again" }).click();
  await page.getByText("It works").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Tried again 1 times").waitFor();
});
