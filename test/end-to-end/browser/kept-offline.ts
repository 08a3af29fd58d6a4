import type { Frame, Page } from "playwright-core";

import { until } from "../until.ts";
import { frameOf } from "./person.ts";

const keptMsMax = 60_000;

/** Waits until the page and the supervisor in it can do without network: each has a service worker that has kept its files. */
export async function keptOffline(page: Page): Promise<void> {
  const frame = await frameOf(page, "supervisor");
  for (const place of [page.mainFrame(), frame]) {
    await until(`${place.url()} is kept`, keptMsMax, () => isControlled(place));
  }
}

function isControlled(place: Frame): Promise<boolean> {
  return place.evaluate(() => navigator.serviceWorker.controller !== null);
}

/** What an app keeps in this browser, version by version: the addresses of each. */
export function keptBy(page: Page): Promise<readonly (readonly string[])[]> {
  return page.evaluate(async () => {
    const kept: string[][] = [];
    for (const name of await caches.keys()) {
      const requests = await (await caches.open(name)).keys();
      kept.push(requests.map(({ url }) => url.slice(location.origin.length)));
    }
    return kept;
  });
}

/** Whether no newer service worker is on its way. */
export function isTakenOver(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const { installing, waiting, active } = await navigator.serviceWorker.ready;
    return installing === null && waiting === null && active?.state === "activated";
  });
}

/** Waits until the supervisor in this page knows without network how this account signs. */
export async function knowsHowToSign(page: Page, account: string): Promise<void> {
  const frame = await frameOf(page, "supervisor");
  await until(`it is known how ${account} signs`, keptMsMax, () =>
    frame.evaluate(hasFact, `auth service of ${account}`),
  );
}

/** Runs in the frame. */
function hasFact(name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("kith");
    opening.addEventListener("error", () => reject(new Error("there is no database")));
    opening.addEventListener("success", () => {
      const found = opening.result.transaction("facts").objectStore("facts").getKey(name);
      found.addEventListener("success", () => {
        opening.result.close();
        resolve(found.result !== undefined);
      });
    });
  });
}
