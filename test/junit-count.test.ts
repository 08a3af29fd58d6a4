import assert from "node:assert/strict";
import { test } from "node:test";

import { addCounts, countReport, filesWithoutResult, formatCount, noTests } from "./junit-count.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="6" assertions="9" failures="2" skipped="1" time="0.04">
  <testsuite name="a.test.ts" file="a.test.ts" tests="6" failures="2" skipped="1">
    <testcase name="file=&quot;b.test.ts&quot;" classname="" time="0.1" file="a.test.ts" line="1" />
  </testsuite>
</testsuites>
`;

test("a report is counted by its totals", () => {
  assert.deepEqual(countReport(report), { passed: 3, failed: 2, skipped: 1 });
});

test("a report that was cut off counts as none", () => {
  assert.equal(countReport(report.slice(0, -20)), undefined);
  assert.equal(countReport(""), undefined);
});

test("a file that left no result is named", () => {
  assert.deepEqual(filesWithoutResult(report, ["a.test.ts", "b.test.ts"]), ["b.test.ts"]);
});

test("the last line has the shape that the outside world reads", () => {
  const count = addCounts(noTests, { passed: 3, failed: 2, skipped: 1 });
  assert.equal(formatCount(count), "3 passed, 2 failed, 1 skipped");
});
