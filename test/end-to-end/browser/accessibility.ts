import assert from "node:assert/strict";

import { source, type AxeResults, type Result } from "axe-core";
import type { Frame, Page } from "playwright-core";

/** As its source leaves it in the page. */
declare const axe: { run(selector: string): Promise<AxeResults> };

const serious: readonly string[] = ["serious", "critical"];

/** Fails with each element in which axe finds something serious or critical. Of a page only its main frame is looked at. */
export async function checkAccessibility(target: Page | Frame, include = "html"): Promise<void> {
  await target.evaluate(untilStill);
  await target.evaluate(source);
  const { violations, passes } = await target.evaluate((selector) => axe.run(selector), include);
  assert.ok(passes.length > 0, `axe found nothing to check at ${target.url()}`);
  const found = violations.filter(({ impact }) => serious.includes(impact ?? ""));
  assert.equal(found.map(describe).join("\n"), "", `accessibility of ${target.url()}`);
}

/** Runs in the page. Colours on their way to what they are going to be are nobody's. */
async function untilStill(): Promise<void> {
  // What was just drawn begins to move with the next frame.
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const moving = document.getAnimations().filter((animation) => {
    const { endTime } = animation.effect?.getComputedTiming() ?? {};
    return animation.playState === "running" && Number.isFinite(Number(endTime));
  });
  await Promise.allSettled(moving.map(({ finished }) => finished));
}

function describe({ id, impact, help, nodes }: Result): string {
  const elements = nodes.map(({ html, failureSummary }) => `    ${html}\n      ${failureSummary}`);
  return `${impact}: ${id}, ${help}\n${elements.join("\n")}`;
}
