import assert from "node:assert/strict";
import { test } from "node:test";

import { formatTime, parseTime } from "./time-text.ts";

test("times read and write as psibase's", () => {
  assert.equal(parseTime("2024-11-18T12:34:56.789012345Z", 6), 1731933296789012n);
  assert.equal(parseTime("2024-11-18T12:34:56Z", 0), 1731933296n);
  assert.equal(parseTime("2024-11-18T12:34:56.7Z", 3), 1731933296700n);
  assert.equal(formatTime(1731933296789012n, 6), "2024-11-18T12:34:56.789012Z");
  assert.equal(formatTime(1731933296n, 0), "2024-11-18T12:34:56Z");
});

test("offsets lead back to UTC", () => {
  for (const text of [
    "2024-11-18T12:34:56+00",
    "2024-11-18T12:34:56+0000",
    "2024-11-18T12:34:56Z",
  ]) {
    assert.equal(parseTime(text, 0), 1731933296n, text);
  }
  assert.equal(parseTime("2024-11-18T12:34:56-01:23", 0), 1731938276n);
  assert.equal(parseTime("2024-11-18T12:34:56+0123", 0), 1731928316n);
  assert.equal(parseTime("2024-11-18T12:34:56\u22120123", 0), 1731938276n);
});

test("leap days, the end of a day and leap seconds are understood", () => {
  assert.equal(parseTime("2000-02-29T12:34:56Z", 0), 951827696n);
  assert.equal(parseTime("2024-11-18T24:00:00.000Z", 0), 1731974400n);
  assert.equal(parseTime("2016-12-31T23:59:60Z", 0), 1483228799n);
});

test("what is no time is refused", () => {
  const bad = [
    "2024-13-18T12:34:56Z",
    "2024-00-18T12:34:56Z",
    "2023-04-31T12:34:56Z",
    "2023-02-29T12:34:56Z",
    "1900-02-29T12:34:56Z",
    "2024-11-18T24:01:00Z",
    "2024-11-18T24:00:00.1Z",
    "2024-11-18T00:00:00+010",
    "2024-11-18T00:00:00+01:",
    "2024-11-18T00:00:00-00:00",
    "2024-11-18T00:00:00+15",
    "2024-11-18T00:00:00",
    "2024-11-18",
    `2024-11-18T00:00:00.${"0".repeat(100)}Z`,
    "",
  ];
  for (const text of bad) assert.equal(parseTime(text, 6), undefined, text);
});

test("every day from 1890 to 2110 comes back as it went", () => {
  const day = 86_400n;
  const [from, to] = [parseTime("1890-01-01T00:00:00Z", 0), parseTime("2110-01-01T00:00:00Z", 0)];
  assert.ok(from !== undefined && to !== undefined);
  let last = "";
  for (let time = from; time < to; time += day) {
    const text = formatTime(time, 0);
    assert.ok(text !== undefined && text > last, text ?? `no text for ${time}`);
    assert.equal(parseTime(text, 0), time);
    last = text;
  }
});

test("times that four digits of year cannot write have no text", () => {
  assert.equal(formatTime(253_402_300_799n, 0), "9999-12-31T23:59:59Z");
  assert.equal(formatTime(253_402_300_800n, 0), undefined);
  assert.equal(formatTime(-62_167_219_200n, 0), "0000-01-01T00:00:00Z");
  assert.equal(formatTime(-62_167_219_201n, 0), undefined);
  assert.equal(formatTime(-1n, 6), "1969-12-31T23:59:59.999999Z");
});
