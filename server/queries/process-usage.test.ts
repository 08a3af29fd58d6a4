import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";

import { usageOf } from "./process-usage.ts";

const hasProc = existsSync(`/proc/${process.pid}/stat`);

test("what this process takes is about what it knows of itself, and what does not run has no usage", () => {
  const usage = usageOf(process.pid);
  assert.equal(usageOf(2 ** 22 + 1), undefined);
  if (!hasProc) return assert.equal(usage, undefined);
  const { user, system } = process.cpuUsage();
  const ownMs = (user + system) / 1000;
  assert.ok(Math.abs((usage?.cpuMs ?? 0) - ownMs) < 100, `${usage?.cpuMs} and ${ownMs} ms`);
  const share = (usage?.residentBytes ?? 0) / process.memoryUsage.rss();
  assert.ok(share > 0.5 && share < 2, `${share}`);
});
