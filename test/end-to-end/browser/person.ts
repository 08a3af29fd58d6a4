import type { BrowserContext, Frame, Page } from "playwright-core";

import type { NodeAddress } from "../http-client.ts";
import { recordInBrowser } from "./branch-marks.ts";
import type { Chromium } from "./chromium.ts";
import type { Problems } from "./problems.ts";
import { siteUrl } from "./site-url.ts";
import { Transfers } from "./transfers.ts";

/** Waiting for an element or an answer, and for a page: long for a person, and enough for a busy machine. */
const waitMsMax = 45_000;
const navigationMsMax = 45_000;

export type Device = {
  /** What failures call it. */
  readonly name?: string;
  readonly width?: number;
  readonly height?: number;
  readonly colors?: "light" | "dark";
  /** With fingers instead of a pointer. */
  readonly touch?: boolean;
  /** As the browser names them, such as "clipboard-read". */
  readonly permissions?: readonly string[];
};

/** One person at one device: a browser profile that shares nothing with anybody else's. */
export class Person {
  readonly name: string;
  readonly context: BrowserContext;
  readonly transfers: Transfers;
  #hasLeft = false;

  private constructor(name: string, context: BrowserContext, problems: Problems) {
    this.name = name;
    this.context = context;
    context.on("close", () => {
      if (!this.#hasLeft) problems.add("crash", "the browser is gone", name);
    });
    this.transfers = new Transfers(context);
  }

  static async arrive(browser: Chromium, problems: Problems, device: Device): Promise<Person> {
    const { name = "somebody", width = 1280, height = 800, touch = false } = device;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: device.colors ?? "light",
      hasTouch: touch,
      isMobile: touch,
      permissions: [...(device.permissions ?? [])],
    });
    context.setDefaultTimeout(waitMsMax);
    context.setDefaultNavigationTimeout(navigationMsMax);
    await problems.watch(context);
    await recordInBrowser(context);
    return new Person(name, context, problems);
  }

  /** A new page with an app as this node serves it, loaded; no name is the network's own page. */
  async open(node: NodeAddress, app: string, path = "/"): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(siteUrl(node, app, path));
    return page;
  }

  /** Closes all pages, and forgets what was stored. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    await this.context.close();
  }

  /** Without network, or with one again: pages, workers and service workers. */
  async offline(isOffline: boolean): Promise<void> {
    await this.context.setOffline(isOffline);
  }
}

/** The frame of a page that shows an app, such as the supervisor; waits until there is one. */
export async function frameOf(page: Page, app: string): Promise<Frame> {
  const isWanted = (frame: Frame): boolean =>
    frame !== page.mainFrame() && frame.url().startsWith(`http://${app}.`);
  const found = page.frames().find(isWanted);
  if (found !== undefined) return found;
  return await new Promise((resolve, reject) => {
    const hear = (frame: Frame): void => {
      if (isWanted(frame)) settle(() => resolve(frame));
    };
    const late = (): void =>
      settle(() =>
        reject(new Error(`${page.url()} has no frame of ${app} within ${waitMsMax} ms`)),
      );
    const timer = setTimeout(late, waitMsMax);
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      page.off("framenavigated", hear);
      then();
    };
    page.on("framenavigated", hear);
  });
}
