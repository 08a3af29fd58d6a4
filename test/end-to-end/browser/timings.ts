import type { Page } from "playwright-core";

const markMsMax = 30_000;

/** Milliseconds since the navigation began, by the page's own clock. */
export type Timings = {
  readonly responseEndMs: number;
  readonly contentLoadedMs: number;
  readonly loadedMs: number;
  /** Undefined until something was painted. */
  readonly firstPaintMs: number | undefined;
  /** What the page has marked with `performance.mark`: the first of each name. */
  readonly marksMs: Readonly<Record<string, number>>;
};

export function readTimings(page: Page): Promise<Timings> {
  return page.evaluate(() => {
    const [entry] = performance.getEntriesByType("navigation");
    const navigation = entry instanceof PerformanceNavigationTiming ? entry : undefined;
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const marks = performance.getEntriesByType("mark").toReversed();
    return {
      responseEndMs: navigation?.responseEnd ?? 0,
      contentLoadedMs: navigation?.domContentLoadedEventEnd ?? 0,
      loadedMs: navigation?.loadEventEnd ?? 0,
      firstPaintMs: paint?.startTime,
      marksMs: Object.fromEntries(marks.map(({ name, startTime }) => [name, startTime])),
    };
  });
}

/** When the page has marked this; waits until it has. */
export async function untilMark(page: Page, name: string): Promise<number> {
  try {
    const found = await page.waitForFunction(
      (wanted) => performance.getEntriesByName(wanted, "mark")[0]?.startTime ?? false,
      name,
      { timeout: markMsMax, polling: 20 },
    );
    return Number(await found.jsonValue());
  } catch (error) {
    throw new Error(`${page.url()} marks "${name}": not within ${markMsMax / 1000} s`, {
      cause: error,
    });
  }
}
