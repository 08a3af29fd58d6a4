import assert from "node:assert/strict";
import { after, before } from "node:test";

import { Cluster, type ClusterNode } from "../cluster.ts";
import { checkAccessibility } from "./accessibility.ts";
import { browserTests } from "./browser-tests.ts";
import { takeScreenshot } from "./screenshots.ts";
import { siteUrl } from "./site-url.ts";
import { readTimings } from "./timings.ts";

const test = browserTests();
let cluster: Cluster;
let node: ClusterNode;

before(async () => {
  cluster = await Cluster.start(1);
  node = cluster.only;
});
after(() => cluster.close());

test("the network's own address leads to its home page, which says that the node is up to date", async (visit) => {
  const person = await visit.person();
  const page = await person.open(node, "");
  assert.equal(page.url(), siteUrl(node, "home"));
  await page.getByText("Up to date").waitFor();
  await page.getByRole("link", { name: "kith.localhost" }).waitFor();
  assert.equal(await page.evaluate(() => isSecureContext), true);
});

test("whoever makes apps finds the commands, with this network's address in them", async (visit) => {
  const person = await visit.person();
  const page = await person.open(node, "home", "/publish");
  const address = page.getByRole("textbox", { name: "Name" });
  await address.fill("bakery");
  const command = `kith publish dist --app bakery --node ${siteUrl(node, "", "")}`;
  await page.getByText(command).waitFor();
  await address.fill("no name");
  await page.getByText("1 to 10 letters a to z, digits and single dashes inside.").waitFor();
});

for (const width of [360, 1280]) {
  for (const colors of ["light", "dark"] as const) {
    test(`at ${width} pixels, ${colors}, everybody can use it and nothing is cut off`, async (visit) => {
      const person = await visit.person({ width, colors, touch: width < 600 });
      const page = await person.open(node, "home", "/publish");
      await page.getByText("Up to date").waitFor();
      await page.getByText("Details").click();
      await page.getByText("State root").waitFor();
      await takeScreenshot(page, `home publish ${width} ${colors}`);
      await checkAccessibility(page);
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      assert.equal(scrollWidth, clientWidth, "the page is wider than the screen");
    });
  }
}

test("the page itself takes few bytes, and a second visit no script or style again", async (visit) => {
  const person = await visit.person();
  const page = await person.open(node, "home");
  await page.getByText("There are no apps yet.").waitFor();
  const own = siteUrl(node, "home", "/assets/");
  const first = (await person.transfers.list(page)).filter(({ url }) => url.startsWith(own));
  const total = first.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(first.length >= 2 && total > 10_000 && total < 80_000, `${total} bytes`);
  const { loadedMs, firstPaintMs } = await readTimings(page);
  assert.ok(loadedMs > 0 && firstPaintMs !== undefined);

  person.transfers.reset();
  await page.reload();
  await page.getByText("There are no apps yet.").waitFor();
  const second = (await person.transfers.list(page)).filter(({ url }) => url.startsWith(own));
  const again = second.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.equal(again, 0, "what has a hash in its name is kept");
});

test("without network it says so, and goes on by itself", async (visit) => {
  visit.problems.expect("console", /ERR_INTERNET_DISCONNECTED/);
  visit.problems.allowSilence();
  visit.problems.allowBrokenInstallation();
  visit.problems.allow("error", /no node of the network can be reached/);
  const person = await visit.person();
  const page = await person.open(node, "home");
  await page.getByText("Up to date").waitFor();
  await person.offline(true);
  await page.getByText("You are offline").first().waitFor();
  await person.offline(false);
  await page.getByText("Up to date").waitFor();
});
