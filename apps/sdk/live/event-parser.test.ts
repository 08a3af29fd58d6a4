import assert from "node:assert/strict";
import { test } from "node:test";

import { packText } from "@kith/protocol/texts";

import { eventBytesMax, EventParser, type ServerSentEvent } from "./event-parser.ts";

const stream = [
  "\uFEFFretry: 1500\n\n",
  "event: rows\r\nid: 5\r\ndata: {\r\ndata: }\r\n\r\n",
  ": a comment\nid: 6\n\n",
  "data\ndata:  ü\rdata:x\r\r",
  "unknown: field\nretry: soon\nid: a\0b\n\n",
  "event: half\ndata: of an event",
].join("");

const wanted: readonly ServerSentEvent[] = [
  { name: "message", data: undefined, id: undefined, retryMs: 1500 },
  { name: "rows", data: "{\n}", id: "5", retryMs: undefined },
  { name: "message", data: undefined, id: "6", retryMs: undefined },
  { name: "message", data: "\n ü\nx", id: undefined, retryMs: undefined },
];

test("events are read the same however the stream is cut", () => {
  const bytes = packText(stream);
  for (const size of [1, 2, 3, 5, 7, 64, bytes.length]) {
    const parser = new EventParser();
    const events: ServerSentEvent[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const read = parser.push(bytes.subarray(at, at + size));
      assert.ok(read !== undefined);
      events.push(...read);
    }
    assert.deepEqual(events, wanted, `in pieces of ${size}`);
  }
});

test("bytes that are no text, and events without an end, are no event stream", () => {
  assert.equal(new EventParser().push(Uint8Array.of(0x64, 0xff, 10)), undefined);
  const endless = new EventParser();
  const line = new Uint8Array(1024 * 1024).fill(97);
  let pushed = 0;
  while (endless.push(line) !== undefined) assert.ok((pushed += line.length) <= eventBytesMax);
  const many = new EventParser();
  const data = packText(`data: ${"x".repeat(1024 * 1024)}\n`);
  pushed = 0;
  while (many.push(data) !== undefined) assert.ok((pushed += data.length) <= 2 * eventBytesMax);
});
