import { join } from "node:path";

import type { Page } from "playwright-core";

const folder = new URL("../screenshots/", import.meta.url).pathname;

/** Only when asked for, with KITH_SCREENSHOTS=1. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  if (process.env["KITH_SCREENSHOTS"] !== "1") return;
  const file = `${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 80)}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true });
}
