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

/** The home's pages over a network in the page's own memory. */
const folder = join(import.meta.dirname, "../../../apps/home/gallery");
/** Each, and what it shows when all of it has arrived. */
const pages = {
  account: ["as alice"],
  devices: ["Security key"],
  friends: ["How many have to agree"],
  invites: ["You have not invited anybody yet."],
  permissions: ["board uses tokens", "Puts what other apps share on the board."],
  waiting: ["Everything has been sent."],
  publish: ["kith account create"],
};
const pagesWithFirst = Object.entries({ "": ["What this community talks about"], ...pages });

const test = browserTests();
let server: PageServer;

before(async () => {
  server = await serveGallery(
    folder,
    [...Object.keys(pages), "invite"].map((name) => `/${name}`),
  );
});
after(() => server.close());

async function openHome(visit: Visit, path: string, device: Device = {}): Promise<Page> {
  const person = await visit.person(device);
  const page = await person.open(server, "home", path);
  await page.getByRole("banner").waitFor();
  return page;
}

type Gallery = {
  readonly source: {
    fails: string | undefined;
    recoverAs(name: string): void;
    readonly network: { value: object; set(value: object): void };
    readonly unsent: { set(value: readonly object[]): void };
  };
};

async function change(page: Page, to: (gallery: Gallery) => void): Promise<void> {
  await page.evaluate(`(${to.toString()})(globalThis.gallery)`);
}

for (const width of [360, 1280]) {
  for (const colors of ["light", "dark"] as const) {
    test(`the home at ${width} pixels, ${colors}: axe finds nothing, and nothing is cut off`, async (visit) => {
      const device = { width, colors, touch: width < 600 };
      for (const [name, signs] of pagesWithFirst) {
        const page = await openHome(visit, `/${name}?in`, device);
        await page.getByRole("heading", { level: 1 }).waitFor();
        for (const sign of signs) await page.getByText(sign).first().waitFor();
        await takeScreenshot(page, `home ${name} ${width} ${colors}`);
        await checkAccessibility(page);
        const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
        assert.equal(scrollWidth, clientWidth, `/${name} is wider than the screen`);
        await page.close();
      }
    });
  }
}

test("somebody new chooses a name that is free, and is in", async (visit) => {
  const page = await openHome(visit, "/");
  const name = page.getByRole("textbox", { name: "Name" });
  const create = page.getByRole("button", { name: "Create account" });
  for (const [typed, message] of [
    ["bob", "Somebody has this name already."],
    ["al", "Shorter names are given by the owner of the network."],
    ["a--b", "1 to 10 letters a to z, digits and single dashes inside."],
  ] as const) {
    await name.fill(typed);
    await page.getByText(message).waitFor();
    assert.equal(await create.isEnabled(), false, typed);
  }
  await checkAccessibility(page);
  await name.fill("Carolina");
  await create.click();
  await create.waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByText("carolina").waitFor();
});

test("on a phone the other pages are in a menu, and addresses lead to them", async (visit) => {
  const page = await openHome(visit, "/?in", { width: 360, touch: true });
  await page.getByRole("button", { name: "Pages" }).click();
  await page.getByRole("menuitem", { name: "Devices" }).click();
  await page.getByRole("heading", { name: "Devices" }).waitFor();
  assert.ok(page.url().includes("/devices"));
  await page.goBack();
  await page.getByRole("heading", { name: "Apps" }).waitFor();
});

test("pages about the user ask who that is", async (visit) => {
  const page = await openHome(visit, "/devices");
  await page.getByText("Sign in to see this.").waitFor();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Firefox on Linux").waitFor();
});

test("accounts are switched and removed, and apps forget the user", async (visit) => {
  const page = await openHome(visit, "/account?in");
  await page.getByRole("button", { name: "Use another account" }).click();
  await page.getByRole("button", { name: "Use alice" }).click();
  await page.getByRole("button", { name: "Use bob" }).waitFor();
  await page.getByRole("button", { name: "Actions for bob" }).click();
  await page.getByRole("menuitem", { name: "Remove from this browser" }).click();
  await page.getByRole("button", { name: "Use bob" }).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("No app has asked who you are.").waitFor();
  const everywhere = page.getByRole("switch", { name: "Sign me in to every app that I open" });
  await everywhere.uncheck();
  assert.equal(await everywhere.isChecked(), false);
});

test("devices are renamed, added by their link, and removed", async (visit) => {
  const page = await openHome(visit, "/?in#add=00ff&account=alice");
  await page.getByRole("heading", { name: "Devices" }).waitFor();
  const link = page.getByRole("textbox", { name: "Link from the new device" });
  assert.match(await link.inputValue(), /#add=00ff/, "the link that led here is filled in");
  await link.fill("http://home.kith.localhost/#other=1");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("This is not a link from a new device.").waitFor();
  await link.fill("//home.kith.localhost/#add=00ff&account=alice&device=iPhone");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("Safari on iPhone").waitFor();
  assert.equal(await page.getByText("This device", { exact: true }).count(), 1);

  await page.getByRole("button", { name: "Actions for Firefox on Linux" }).click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Name of the device" }).fill("Kitchen");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Actions for Kitchen" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.getByText("Kitchen").waitFor({ state: "hidden" });
});

test("friends are chosen by name, and a recovery that is none is stopped", async (visit) => {
  const page = await openHome(visit, "/friends?in");
  const names = page.getByRole("textbox", { name: "Names of your friends" });
  await names.fill("bob, Carol dave@home");
  await page.getByText("dave@home is not a name.").waitFor();
  await names.fill("bob, Carol");
  await page.getByRole("combobox", { name: "How many have to agree" }).selectOption("2");
  await page.getByRole("button", { name: "Save friends" }).click();
  await page.getByRole("button", { name: "Have no friends for recovery" }).waitFor();
  await page.getByText("Saved.").waitFor();
  assert.equal(await names.inputValue(), "bob carol");

  await change(page, ({ source }) => source.recoverAs("bob"));
  await page.getByRole("link", { name: "Devices" }).click();
  await page.getByRole("link", { name: "Recovery by friends" }).click();
  const alarm = page.getByRole("alert");
  await alarm.getByText("bob wants to let a new device into your account").waitFor();
  await checkAccessibility(page);
  await alarm.getByRole("button", { name: "Stop it" }).click();
  await alarm.waitFor({ state: "hidden" });
});

test("an invitation is a link to be copied or scanned, and is taken back", async (visit) => {
  const page = await openHome(visit, "/invites?in");
  await page.getByRole("textbox", { name: "A word to whoever opens it" }).fill("Join us");
  await page.getByRole("combobox", { name: "Leads to" }).selectOption("board");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByRole("img", { name: "The link of the invitation as a QR code" }).waitFor();
  // In the answer at once, and in the list when that has heard of it.
  await page
    .getByText(/home\.kith\.localhost:8080\/invite#key-0/)
    .nth(1)
    .waitFor();
  await checkAccessibility(page);
  await page.getByRole("button", { name: "Take back" }).click();
  await page.getByText("Taken back").waitFor();
});

test("whoever is invited sees by whom, and comes in", async (visit) => {
  const page = await openHome(visit, "/invite#open", { width: 360 });
  await page.getByRole("heading", { name: "bob invites you" }).waitFor();
  await page.getByText("Come and see what we are up to.").waitFor();
  await checkAccessibility(page);
  await page.getByRole("button", { name: "Join" }).click();
  await page.waitForURL(/\?accepted$/);
  for (const [fragment, message] of [
    ["expired", "too old"],
    ["used-up", "has been used"],
    ["revoked", "was taken back"],
    ["nothing", "There is no such invitation."],
  ] as const) {
    const over = await openHome(visit, `/invite#${fragment}`);
    await over.getByText(message).waitFor();
    assert.equal(await over.getByRole("button", { name: "Join" }).count(), 0);
  }
});

test("what was allowed is listed, and asked again once it is taken back", async (visit) => {
  const page = await openHome(visit, "/permissions?in");
  const plugin = page.getByRole("group").filter({ hasText: "board" });
  await plugin.locator("summary").click();
  await plugin.getByText("share(title: text, text: text)").waitFor();
  await plugin.getByText("You are asked: for things that matter.").waitFor();
  await plugin.getByText("Uses clientdata, transact.").waitFor();
  await checkAccessibility(page);
  await page.getByText("board uses tokens").waitFor();
  await page.getByText("Always allowed").waitFor();
  await page.getByRole("button", { name: "Ask me again" }).click();
  await page.getByText("You have not been asked for anything yet.").waitFor();
});

test("what the network does not have yet is counted, and listed with how it stands", async (visit) => {
  const page = await openHome(visit, "/?in");
  await change(page, ({ source }) => {
    const write = { app: "home", title: "set friends", at: Date.now() };
    source.unsent.set([
      { ...write, id: "1", state: "queued" },
      { ...write, id: "2", state: "failed", code: "key-too-young" },
    ]);
    source.network.set({ ...source.network.value, status: "offline" });
  });
  await page.getByText("2 things are not sent yet").waitFor();
  await page.getByRole("link", { name: "Not sent yet" }).click();
  await page.getByText("Waiting for the network").waitFor();
  await page.getByText("This device is too new for that.").waitFor();
});

test("what fails is told where it was tried, and nothing on the page is lost", async (visit) => {
  const page = await openHome(visit, "/devices?in");
  const known = page.getByText("Security key", { exact: true });
  await known.waitFor();
  await change(page, ({ source }) => (source.fails = "unreachable"));
  await page.getByRole("button", { name: "Print a recovery code" }).click();
  await page.getByText("The network does not answer. Nothing is lost; try again later.").waitFor();
  assert.ok(await known.isVisible());
});
