import { after, test } from "node:test";

import { Chromium } from "./chromium.ts";
import { runVisit, type Visit } from "./visit.ts";

/** Less than the runner's own limit: at that it ends every process of the file, the nodes among them. */
const testMsMax = 240_000;

export type BrowserTest = (name: string, body: (visit: Visit) => Promise<void>) => void;

/** One browser for the tests of a file, which each have their own people in it. */
export function browserTests(): BrowserTest {
  const browser = new Chromium();
  after(() => browser.close());
  return (name, body) => {
    test(name, () => runVisit(browser, { name, body, deadlineMs: testMsMax }));
  };
}
