import type { Page } from "playwright-core";

import type { PageTools } from "../../test/end-to-end/browser/apps/page-tools.ts";
import type { Chromium } from "../../test/end-to-end/browser/chromium.ts";
import { Person } from "../../test/end-to-end/browser/person.ts";
import { Problems } from "../../test/end-to-end/browser/problems.ts";
import { beginAs, connected, inPage } from "../../test/end-to-end/browser/supervisor-page.ts";
import type { NodeAddress } from "../../test/end-to-end/http-client.ts";

declare const tools: PageTools;

export type PluginCalls = {
  /** Of each: a plugin adds an action, and its final receipt comes back. */
  readonly submitMs: readonly number[];
  /** A call that does nothing, page to plugin and back. */
  readonly emptyMs: readonly number[];
  /** Of each: one call of another plugin by a plugin, of a thousand. */
  readonly hopUs: readonly number[];
  readonly busy: readonly Stall[];
  /** The same page for as long, with nothing to do: what the machine itself does to it. */
  readonly idle: readonly Stall[];
};

/** While something else went on for `lastedMs`, the page was not heard of for so long at worst. */
export type Stall = {
  readonly lastedMs: number;
  /** Between two tasks of its event loop. */
  readonly taskGapMs: number;
  /** Between two frames that it could draw. */
  readonly frameGapMs: number;
};

const warmUpCalls = 10;
const submits = 40;
const hops = 1000;
const hopRounds = 7;
const busyRounds = 5;
const busyMs = 500;

/** Calls of plugins by a page of the notebook, by the page's own clock. */
export async function measurePluginCalls(
  browser: Chromium,
  node: NodeAddress,
  account: string,
): Promise<PluginCalls> {
  const person = await Person.arrive(browser, new Problems(), { name: account });
  try {
    const page = await connected(await person.open(node, "notebook"));
    const signing = inPage(page, (given) => given.accounts.signIn({}));
    await beginAs(page, account);
    const signed = await signing;
    if (!signed.ok) throw new Error(`${account} has no account: ${signed.error.code}`);
    await timesOf(page, "submit", warmUpCalls);
    await timesOf(page, "empty", warmUpCalls);
    const submitMs = await timesOf(page, "submit", submits);
    const emptyMs = await timesOf(page, "empty", submits);
    const hopUs: number[] = [];
    for (let round = 0; round < hopRounds; round++) hopUs.push(await hopOf(page));
    const rounds = await roundsOf(page);
    const busy: Stall[] = [];
    const idle: Stall[] = [];
    for (let round = 0; round < busyRounds; round++) {
      busy.push(await stallOf(page, rounds));
      idle.push(await stallOf(page, 0));
    }
    return { submitMs, emptyMs, hopUs, busy, idle };
  } finally {
    await person.leave();
  }
}

/** One call after the other. */
function timesOf(page: Page, kind: "submit" | "empty", count: number): Promise<number[]> {
  return page.evaluate(
    async ([wanted, times]) => {
      const measured: number[] = [];
      for (let call = 0; call < times; call++) {
        const begin = performance.now();
        const called =
          wanted === "submit"
            ? await tools.plugin.add({ text: `note ${call}` })
            : await tools.plugin.caller({});
        measured.push(performance.now() - begin);
        if (!called.ok) throw new Error(`${called.error.code}: ${called.error.message}`);
        if (wanted === "submit" && called.value.blockNum === undefined)
          throw new Error("not final");
      }
      return measured;
    },
    [kind, count] as const,
  );
}

/** Microseconds for one: what many calls in one take longer than none. */
async function hopOf(page: Page): Promise<number> {
  const noneMs = await hoppingMs(page, 0);
  return (((await hoppingMs(page, hops)) - noneMs) * 1000) / hops;
}

function hoppingMs(page: Page, times: number): Promise<number> {
  return page.evaluate(async (wanted) => {
    const begin = performance.now();
    const called = await tools.plugin.hop({ times: wanted });
    if (!called.ok) throw new Error(called.error.code);
    return performance.now() - begin;
  }, times);
}

/** How much a plugin has to do to be busy for as long as is wanted. */
async function roundsOf(page: Page): Promise<number> {
  const tried = 2_000_000;
  const [fast = Number.NaN] = (
    await page.evaluate(async (rounds) => {
      const all: number[] = [];
      for (let time = 0; time < 3; time++) {
        const begin = performance.now();
        const called = await tools.plugin.spin({ rounds });
        if (!called.ok) throw new Error(called.error.code);
        all.push(performance.now() - begin);
      }
      return all;
    }, tried)
  ).toSorted((a, b) => a - b);
  return Math.round((tried * busyMs) / fast);
}

/** Watches the page while a plugin does so much; none: for as long as it would. */
function stallOf(page: Page, rounds: number): Promise<Stall> {
  return page.evaluate(
    async ([work, ms]) => {
      let isOver = false;
      let taskGapMs = 0;
      let frameGapMs = 0;
      const { port1, port2 } = new MessageChannel();
      let lastTask = performance.now();
      let lastFrame = lastTask;
      port1.addEventListener("message", () => {
        const now = performance.now();
        taskGapMs = Math.max(taskGapMs, now - lastTask);
        lastTask = now;
        if (!isOver) setTimeout(() => port2.postMessage(0), 0);
      });
      port1.start();
      port2.postMessage(0);
      const draw = (): void => {
        const now = performance.now();
        frameGapMs = Math.max(frameGapMs, now - lastFrame);
        lastFrame = now;
        if (!isOver) requestAnimationFrame(draw);
      };
      requestAnimationFrame(draw);
      const begin = performance.now();
      if (work === 0) await new Promise((resolve) => setTimeout(resolve, ms));
      else {
        const called = await tools.plugin.spin({ rounds: work });
        if (!called.ok) throw new Error(called.error.code);
      }
      const lastedMs = performance.now() - begin;
      isOver = true;
      return { lastedMs, taskGapMs, frameGapMs };
    },
    [rounds, busyMs] as const,
  );
}
