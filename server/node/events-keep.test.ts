import assert from "node:assert/strict";
import { test } from "node:test";

import { parseEventsKeep } from "./events-keep.ts";

test("rules are read with their units, in any order", () => {
  assert.deepEqual(parseEventsKeep("30d"), {
    ok: true,
    value: { ageSeconds: 30 * 86_400, services: new Map() },
  });
  assert.deepEqual(parseEventsKeep(" Chat=12h , 2gb,votes=all, 7D,spam=none"), {
    ok: true,
    value: {
      ageSeconds: 7 * 86_400,
      sizeBytes: 2 * 1024 ** 3,
      services: new Map<string, number | "all">([
        ["chat", 12 * 3_600],
        ["votes", "all"],
        ["spam", 0],
      ]),
    },
  });
  const sized = parseEventsKeep("500mb");
  assert.equal(sized.ok && sized.value.sizeBytes, 500 * 1024 ** 2);
});

test("what is no rule is named", () => {
  const wrong = [
    ["", ""],
    ["30", "30"],
    ["0d", "0d"],
    ["-1d", "-1d"],
    ["1.5d", "1.5d"],
    ["30d,", ""],
    ["30d,20d", "20d"],
    ["1gb,2gb", "2gb"],
    ["30d,x", "x"],
    ["chat=", "chat="],
    ["chat=1gb", "chat=1gb"],
    ["no name=1d", "no name=1d"],
    ["chat=1d=2d", "chat=1d=2d"],
    ["chat=1d,chat=2d", "chat=2d"],
    ["1toString", "1tostring"],
  ];
  for (const [text = "", rule] of wrong) {
    assert.deepEqual(parseEventsKeep(text), { ok: false, error: rule }, text);
  }
});
