import type { Page } from "playwright-core";

import type { MalloryTools } from "./apps/mallory/front-end/main.ts";
import type { PageTools } from "./apps/page-tools.ts";
import { frameOf } from "./person.ts";
import { pressConsent } from "./press.ts";
import { untilMark } from "./timings.ts";

/** Runs something in a page of the fixtures' apps, with what they put on `window`, and with a value of the test. */
export function inPage<Result, Given = undefined>(
  page: Page,
  run: (tools: PageTools, given: Given) => Promise<Result> | Result,
  given?: Given,
): Promise<Result> {
  const code = `(${run.toString()})(globalThis.tools, ${JSON.stringify(given)})`;
  return page.evaluate(code);
}

/** The same in a page of the app that tries what it must not. */
export function asMallory<Result>(
  page: Page,
  run: (tools: MalloryTools) => Promise<Result> | Result,
): Promise<Result> {
  const code = `(${run.toString()})(globalThis.tools)`;
  return page.evaluate(code);
}

/** Waits until the page is connected. */
export async function connected(page: Page): Promise<Page> {
  await untilMark(page, "ready");
  return page;
}

/** Presses what has this name in a question of the supervisor, once it can be pressed. */
export async function answer(page: Page, name: string | RegExp): Promise<void> {
  const frame = await frameOf(page, "supervisor");
  await pressConsent(frame.getByRole("button", { name }));
}

/** Makes an account by the sign-in question that is open. */
export async function beginAs(page: Page, account: string): Promise<void> {
  const frame = await frameOf(page, "supervisor");
  await frame.getByRole("textbox", { name: "Choose a name" }).fill(account);
  await answer(page, "Begin");
}
