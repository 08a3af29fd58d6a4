import { Chromium } from "../../test/end-to-end/browser/chromium.ts";
import { installApps, installBoard } from "../../test/end-to-end/browser/install-apps.ts";
import { Cluster } from "../../test/end-to-end/cluster.ts";
import { measurePluginCalls, type PluginCalls } from "./plugin-calls.ts";
import { visitTwice, type Visits } from "./visits.ts";

export type BrowserResults = {
  readonly visits: readonly Visits[];
  /** With the page's own node leading, and with another one. */
  readonly atLeader: PluginCalls;
  readonly atFollower: PluginCalls;
};

/** The board is visited, as a real app; the fixture of the browser tests calls. All in one Chromium, on three nodes. */
export async function benchBrowser({
  rounds,
}: {
  readonly rounds: number;
}): Promise<BrowserResults> {
  const browser = new Chromium();
  const cluster = await Cluster.start(3);
  try {
    await installApps(cluster, ["notebook"]);
    await installBoard(cluster);
    const leader = await cluster.leader();
    const visits: Visits[] = [];
    for (let round = 0; round < rounds; round++) {
      const visited = { app: "board", signIn: "Sign in", name: `visitor-${round}` };
      visits.push(await visitTwice(browser, leader, visited));
    }
    const atLeader = await measurePluginCalls(browser, leader, "near");
    const atFollower = await measurePluginCalls(browser, await cluster.follower(), "far");
    return { visits, atLeader, atFollower };
  } finally {
    await browser.close();
    await cluster.close();
  }
}
