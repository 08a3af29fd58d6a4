import assert from "node:assert/strict";
import { after, before } from "node:test";

import type { Page } from "playwright-core";
import { z } from "zod";

import { Cluster, settleMs, type ClusterNode } from "../cluster.ts";
import { request } from "../http-client.ts";
import { makeKey } from "../kith.ts";
import { until } from "../until.ts";
import { checkAccessibility } from "./accessibility.ts";
import { browserTests } from "./browser-tests.ts";
import { installBoard } from "./install-apps.ts";
import { keptOffline } from "./kept-offline.ts";
import { frameOf, type Device, type Person } from "./person.ts";
import { takeScreenshot } from "./screenshots.ts";
import { siteUrl } from "./site-url.ts";
import { answer } from "./supervisor-page.ts";
import type { Visit } from "./visit.ts";

/** What people do on the pages of `home` and of the board, on a real node. */

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
  await makeKey(cluster);
  await installBoard(cluster);
});
after(() => cluster.close());

/** Axe has nothing to say, and nothing is cut off. */
async function looksWell(page: Page, name: string): Promise<void> {
  await takeScreenshot(page, name);
  await checkAccessibility(page);
  const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
  assert.equal(scrollWidth, clientWidth, `${name} is wider than the screen`);
}

/** Somebody new, who makes an account at `home`. */
async function newcomer(person: Person, account: string): Promise<Page> {
  const page = await person.open(node, "home");
  await page.getByRole("textbox", { name: "Name" }).fill(account);
  await page.getByRole("button", { name: "Create account" }).click();
  const welcome = page.getByRole("heading", { name: "Choose a name, and you are in" });
  await welcome.waitFor({ state: "detached" });
  return page;
}

/** From the home to the board, where nobody is asked again who he is. */
async function openBoard(home: Page, account: string): Promise<Page> {
  await home.getByRole("link", { name: /^board/ }).click();
  await home.getByRole("button", { name: "Sign in" }).first().click();
  await home.getByRole("button", { name: `Signed in as ${account}` }).waitFor();
  return home;
}

type Reading = {
  readonly colors: "light" | "dark";
  readonly writer: Device;
  readonly reader: Device;
};

const desktop = { width: 1280 };
const phone = { width: 360, height: 740, touch: true };
const readings: readonly Reading[] = [
  { colors: "light", writer: desktop, reader: phone },
  { colors: "dark", writer: phone, reader: desktop },
];

/** What was read and what is typed stays there without a network, and for the next page. */
async function readsOffline({ problems }: Visit, person: Person, page: Page): Promise<void> {
  problems.allowSilence();
  // Whoever left the home left it keeping itself, which may go on without a page and end here.
  problems.allowBrokenInstallation();
  await keptOffline(page);
  await page.getByRole("textbox", { name: "Your reply" }).fill("And I bring");
  const frame = await frameOf(page, "supervisor");
  await until("the draft is kept", settleMs, () => frame.evaluate(hasDraft));
  await person.offline(true);
  await page.reload();
  await page.getByText("You are offline. This is what was known").first().waitFor();
  await page.getByText("Cake.").waitFor();
  await page.getByRole("link", { name: /Party light/ }).waitFor();
  const reply = page.getByRole("textbox", { name: "Your reply" });
  await until("the draft is back", settleMs, async () =>
    (await reply.inputValue()) === "And I bring" ? true : undefined,
  );
  await person.offline(false);
}

/** Runs in the supervisor's frame. */
function hasDraft(): Promise<true | undefined> {
  return new Promise((resolve) => {
    const opening = indexedDB.open("kith");
    opening.addEventListener("success", () => {
      const found = opening.result.transaction("data").objectStore("data").getAllKeys();
      found.addEventListener("success", () => {
        opening.result.close();
        const isThere = found.result.some((key) => JSON.stringify(key).includes("drafts"));
        resolve(isThere ? true : undefined);
      });
    });
  });
}

for (const { colors, writer, reader } of readings) {
  const size = writer === phone ? "phone" : "desktop";
  test(`somebody new starts a thread on a ${size}, ${colors}, and others see it and react at once`, async (visit) => {
    const [anna, ben] = colors === "light" ? ["anna", "ben"] : ["carla", "david"];
    const first = await visit.person({ name: anna, colors, ...writer });
    const second = await visit.person({ name: ben, colors, ...reader });
    const [page, other] = [await newcomer(first, anna), await newcomer(second, ben)];
    await looksWell(page, `real home ${colors} ${size}`);
    await openBoard(page, anna);
    await openBoard(other, ben);

    await page.getByRole("button", { name: "New thread" }).click();
    await page.getByRole("textbox", { name: "Title" }).fill(`Party ${colors}`);
    await page.getByRole("textbox", { name: "Text" }).fill("Who brings what?");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("heading", { name: `Party ${colors}` }).waitFor();

    // Without a reload.
    await other.getByRole("link", { name: new RegExp(`Party ${colors}`) }).click();
    await other.getByText("Who brings what?").waitFor();
    await other.getByRole("button", { name: "Add a reaction" }).click();
    await other.getByRole("menuitem", { name: "🎉" }).click();
    await page.getByRole("button", { name: "🎉, 1 person" }).waitFor();
    await other.getByRole("textbox", { name: "Your reply" }).fill("Cake.");
    await other.getByRole("button", { name: "Send" }).click();
    await page.getByText("Cake.").waitFor();
    await other.getByText("Sending").waitFor({ state: "detached" });
    await looksWell(page, `real board ${colors} ${size}`);
    await looksWell(other, `real board of the other ${colors} ${size}`);

    await page.reload();
    await page.getByText("Cake.").waitFor();
    assert.equal(await page.getByText("Who brings what?").count(), 1, "nothing was sent twice");
    if (colors === "light") await readsOffline(visit, first, page);
  });
}

const quota = z.object({ sponsor: z.string().optional() });

test("whoever is invited chooses a name and is in the app; the link is used up, and who invited pays", async (visit) => {
  const inviter = await newcomer(await visit.person({ name: "inviter" }), "emil");
  await inviter.goto(siteUrl(node, "home", "/invites"));
  await inviter.getByRole("combobox", { name: "Leads to" }).selectOption("board");
  await inviter.getByRole("textbox", { name: "A word to whoever opens it" }).fill("Come along");
  await inviter.getByRole("button", { name: "Invite", exact: true }).click();
  const shown = inviter.getByRole("status").filter({ hasText: "This is the link." });
  const link = await shown.locator("code").innerText();
  await inviter.getByText("0 of 1 used").waitFor();

  const guest = await visit.person({ name: "guest", ...phone });
  const page = await guest.context.newPage();
  await page.goto(link);
  await page.getByRole("heading", { name: "emil invites you" }).waitFor();
  await page.getByText("Come along").waitFor();
  await looksWell(page, "real invitation");
  await page.getByRole("button", { name: "Join" }).click();
  const frame = await frameOf(page, "supervisor");
  await frame.getByText("emil invites you to board.").waitFor();
  await frame.getByRole("textbox", { name: "Choose a name" }).fill("frida");
  await answer(page, "Begin");
  await page.waitForURL(siteUrl(node, "board", "/"));
  await page.getByRole("button", { name: "Sign in" }).first().click();
  await page.getByRole("button", { name: "Signed in as frida" }).waitFor();

  const told = await request(node, "", "/common/quota?account=frida");
  assert.equal(quota.parse(await told.json()).sponsor, "emil");

  await inviter.reload();
  await inviter.getByText("1 of 1 used").waitFor();
  await inviter.getByText("Used up").waitFor();
  const late = await visit.person({ name: "late" });
  const closed = await late.context.newPage();
  await closed.goto(link);
  await closed.getByText("This invitation has been used. Ask for a new link.").waitFor();
  assert.equal(await closed.getByRole("button", { name: "Join" }).count(), 0);
});

test("a page shows at once who was here last and what was read, and changes when the supervisor says otherwise", async (visit) => {
  const person = await visit.person({ name: "greta" });
  const board = await openBoard(await newcomer(person, "greta"), "greta");
  await board.getByRole("button", { name: "New thread" }).click();
  await board.getByRole("textbox", { name: "Title" }).fill("Bicycles");
  await board.getByRole("textbox", { name: "Text" }).fill("Who has a pump?");
  await board.getByRole("button", { name: "Start" }).click();
  await board.getByRole("heading", { name: "Bicycles" }).waitFor();
  await board.getByText("Sending").waitFor({ state: "detached" });
  await board.goto(siteUrl(node, "board"));
  await board.getByRole("link", { name: /Bicycles/ }).waitFor();
  await until("what was read is kept", settleMs, () => board.evaluate(hasKept, "Bicycles"));

  // Nothing of the supervisor arrives until it is let in.
  const letIn = Promise.withResolvers<void>();
  const ofSupervisor = /^http:\/\/supervisor\./;
  await person.context.route(ofSupervisor, async (route) => {
    await letIn.promise;
    await route.continue();
  });
  await person.context.addInitScript(noteFirstDrawing);
  const page = await person.open(node, "board");
  await page.getByRole("button", { name: "Signed in as greta" }).waitFor();
  const drawn: unknown = await page.evaluate("globalThis.firstDrawing");
  assert.match(
    String(drawn),
    /greta[^]*Bicycles/,
    `nothing is drawn without what is known: ${String(drawn)}`,
  );
  await page.getByRole("link", { name: /Bicycles/ }).click();
  await page.getByRole("textbox", { name: "Your reply" }).fill("I have one.");
  await page.getByRole("button", { name: "Send" }).click();
  letIn.resolve();
  await page.getByText("Sending").waitFor({ state: "detached" });
  await person.context.unroute(ofSupervisor);
  await board.getByRole("link", { name: /Bicycles/ }).click();
  await board.getByText("I have one.").waitFor();
  await page.close();

  // Elsewhere she signs out; what the next page has begun with ends as soon as it hears of that.
  await board.goto(siteUrl(node, "home", "/account"));
  const ofBoard = board.getByRole("listitem").filter({ hasText: "board as greta" });
  await ofBoard.getByRole("button", { name: "Sign out" }).click();
  await ofBoard.waitFor({ state: "detached" });
  const later = await person.open(node, "board");
  await later.getByRole("button", { name: "Sign in" }).first().waitFor();
  assert.equal(await later.getByRole("button", { name: "Signed in as greta" }).count(), 0);

  // At this host there was another network before: the page begins again with this one.
  const network = await later.evaluate(networkKept);
  await later.evaluate(keepNetwork, `${network.slice(0, -8)}ffffffff`);
  await later.reload();
  await until("the page is of this network again", settleMs, async () => {
    const kept = await later.evaluate(networkKept).catch(() => undefined);
    return kept === network ? true : undefined;
  });
  await later.getByRole("link", { name: /Bicycles/ }).waitFor();
});

/** Runs in each frame before anything of the page does. */
function noteFirstDrawing(): void {
  const look = (): void => {
    const isEmpty = document.querySelector("main") === null;
    if (isEmpty) requestAnimationFrame(look);
    else Reflect.set(globalThis, "firstDrawing", document.body.textContent);
  };
  requestAnimationFrame(look);
}

/** In the page of an app that keeps answers. */
function hasKept(text: string): boolean {
  return Object.values(localStorage).some((kept) => String(kept).includes(text));
}

function networkKept(): string {
  return JSON.parse(localStorage.getItem("kith surroundings") ?? "{}").network;
}

function keepNetwork(network: string): void {
  const kept = JSON.parse(localStorage.getItem("kith surroundings") ?? "{}");
  localStorage.setItem("kith surroundings", JSON.stringify({ ...kept, network }));
}
