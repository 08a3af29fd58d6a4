import type { Locator } from "playwright-core";

import { until } from "../until.ts";

const armedMsMax = 45_000;
/** Longer than a pointer has to have been above the prompt. */
const aimMs = 400;
/** Longer than a question has to have been there: what consents works only from then on, what turns away looks so at once. */
const readMs = 600;

/**
 * Presses a button of a prompt as somebody does who reads it: comes with the pointer once the button works, and takes a moment.
 * What is pressed faster is no answer.
 */
export async function pressConsent(button: Locator): Promise<void> {
  await until("the prompt's button works", armedMsMax, async () =>
    (await button.isEnabled()) ? true : undefined,
  );
  await button.hover();
  const isConsent = (await button.getAttribute("data-consent")) !== null;
  await new Promise((done) => setTimeout(done, isConsent ? aimMs : readMs));
  await button.click();
}

/** As `pressConsent`, where pressing closes the window: it may be gone before the driver has heard that it pressed. */
export async function pressAndClose(button: Locator): Promise<void> {
  const page = button.page();
  const closed = page.waitForEvent("close");
  closed.catch(() => undefined);
  await pressConsent(button).catch((error: unknown) => {
    if (!page.isClosed()) throw error;
  });
  await closed;
}
