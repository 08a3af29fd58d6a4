import type { Page } from "playwright-core";

import type { Chromium } from "../../test/end-to-end/browser/chromium.ts";
import { keptOffline } from "../../test/end-to-end/browser/kept-offline.ts";
import { Person, frameOf } from "../../test/end-to-end/browser/person.ts";
import { pressConsent } from "../../test/end-to-end/browser/press.ts";
import { Problems } from "../../test/end-to-end/browser/problems.ts";
import type { Transfer } from "../../test/end-to-end/browser/transfers.ts";
import type { NodeAddress } from "../../test/end-to-end/http-client.ts";
import { until } from "../../test/end-to-end/until.ts";
import { momentsOf, noteMoments } from "./moments.ts";

/** What somebody met who came for the first time, with an empty profile, and made an account. */
export type FirstVisit = {
  /** Of everything that came until the page showed the name: pages, frames, threads, plugins, with heads. */
  readonly transfers: readonly Transfer[];
  /** Came after it, until all was kept for offline. */
  readonly laterBytes: number;
  /** From the address to an app that can be looked at, and asked to sign in. */
  readonly openMs: number;
  /** From there to a field for the name. */
  readonly askMs: number;
  /** From the press on the button to the page with the name. */
  readonly makeMs: number;
  /** All of it, with somebody who types at once and presses as soon as the prompt lets him. */
  readonly wholeMs: number;
};

/** Of the same person, who comes back. */
type SecondVisit = {
  readonly bytes: number;
  /** From the address to the page with the name. */
  readonly userMs: number;
};

export type Visits = { readonly first: FirstVisit; readonly second: SecondVisit };

/** An app as somebody uses it who has no account yet. */
export type VisitedApp = {
  readonly app: string;
  /** The button that everything begins with. */
  readonly signIn: string;
};

const shownMsMax = 30_000;
/** What comes so long after all is kept for offline still counts as later. */
const laterMs = 1000;

/** One person's first visit and the second, in a profile of its own. */
export async function visitTwice(
  browser: Chromium,
  node: NodeAddress,
  { app, signIn, name }: VisitedApp & { readonly name: string },
): Promise<Visits> {
  const person = await Person.arrive(browser, new Problems(), { name });
  try {
    await noteMoments(person.context, [signIn, name]);
    const first = await firstVisit(person, { node, app, signIn, name });
    person.transfers.reset();
    const page = await person.open(node, app);
    const { opened, shown } = await shownIn(page, name);
    const bytes = await person.transfers.bytes();
    return { first, second: { bytes, userMs: shown - opened } };
  } finally {
    await person.leave();
  }
}

type FirstSteps = VisitedApp & { readonly node: NodeAddress; readonly name: string };

async function firstVisit(
  person: Person,
  { node, app, signIn, name }: FirstSteps,
): Promise<FirstVisit> {
  const page = await person.open(node, app);
  await page.getByRole("button", { name: signIn, exact: true }).first().click();
  const frame = await frameOf(page, "supervisor");
  await frame.getByRole("textbox", { name: "Choose a name" }).fill(name);
  await pressConsent(frame.getByRole("button", { name: "Begin" }));
  const { opened, shown, moments } = await shownIn(page, name);
  const transfers = await person.transfers.list();
  const { field = Number.NaN, pressed = Number.NaN } = await momentsOf(frame);
  const { [signIn]: ready = Number.NaN, pressed: wanted = Number.NaN } = moments;
  await keptOffline(page);
  await new Promise((resolve) => setTimeout(resolve, laterMs));
  const laterBytes = (await person.transfers.bytes()) - bytesOf(transfers);
  await page.close();
  return {
    transfers,
    laterBytes,
    openMs: ready - opened,
    askMs: field - wanted,
    makeMs: shown - pressed,
    wholeMs: shown - opened,
  };
}

/** Waits until the page shows the name, and says when it did. */
async function shownIn(page: Page, name: string) {
  return until(`${page.url()} shows ${name}`, shownMsMax, async () => {
    const moments = await momentsOf(page);
    const { opened = Number.NaN, [name]: shown } = moments;
    return shown === undefined ? undefined : { opened, shown, moments };
  });
}

export function bytesOf(transfers: readonly Transfer[]): number {
  return transfers.reduce((sum, { bytes }) => sum + bytes, 0);
}
