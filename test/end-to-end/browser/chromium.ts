import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
} from "playwright-core";

import { chromiumAdvice, findChromium } from "./chromium-path.ts";
import { within } from "./within.ts";

const launchMsMax = 30_000;
const contextMsMax = 15_000;
const closeMsMax = 10_000;
const launchesMax = 3;

const flags = [
  // Names of the network are this machine; no other name leads anywhere, also for what no page has asked for. Pages that link
  // to each other name their addresses with `.local`.
  `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE *.local, EXCLUDE 127.0.0.1`,
  // A page that is not in front keeps its timers: the people of a test act at the same time.
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
];

/**
 * One Chromium for all tests of a file. A test that takes too long makes the runner end every process that it started,
 * and a browser may die by itself: whoever asks next gets a new one.
 */
export class Chromium {
  #browser: Browser | undefined;
  #launches = 0;

  /** How often one was launched. */
  get launches(): number {
    return this.#launches;
  }

  /** A profile of its own: storage, cookies and permissions that nobody else has. */
  async newContext(options: BrowserContextOptions): Promise<BrowserContext> {
    try {
      return await this.#contextOf(await this.browser(), options);
    } catch {
      // Connected, but answering nobody: the second attempt has a browser that is new.
      await this.close();
      return await this.#contextOf(await this.browser(), options);
    }
  }

  #contextOf(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
    return within("a browser context", contextMsMax, browser.newContext(options));
  }

  async browser(): Promise<Browser> {
    if (this.#browser?.isConnected() === true) return this.#browser;
    this.#browser = await this.#launch();
    return this.#browser;
  }

  async #launch(): Promise<Browser> {
    const executablePath = findChromium();
    if (executablePath === undefined) throw new Error(chromiumAdvice);
    for (let attempt = 1; ; attempt++) {
      try {
        this.#launches++;
        return await chromium.launch({ executablePath, timeout: launchMsMax, args: flags });
      } catch (error) {
        if (attempt < launchesMax) continue;
        const what = `${executablePath} did not start in ${launchesMax} attempts`;
        throw new Error(what, { cause: error });
      }
    }
  }

  /** Never throws: a failed test still has its own error to tell. */
  async close(): Promise<void> {
    const browser = this.#browser;
    this.#browser = undefined;
    if (browser === undefined) return;
    await within("the browser closes", closeMsMax, browser.close()).catch(() => {});
  }
}
