import assert from "node:assert/strict";
import { test } from "node:test";

import { frameOf, FrameReader, FrameTooLong } from "./frames.ts";
import { frameBytesMax } from "./limits.ts";

test("frames come out as they went in, however the pipe cuts them", () => {
  const messages = [0, 1, 3, 4, 5, 70_000, 2].map((size) => new Uint8Array(size).fill(size % 251));
  const all = Buffer.concat(messages.map(frameOf));
  for (const step of [1, 2, 3, 4, 5, 7, 4096, all.length]) {
    const reader = new FrameReader();
    const read: Uint8Array[] = [];
    for (let at = 0; at < all.length; at += step) {
      // The pipe's buffer is overwritten by the next chunk.
      const chunk = Uint8Array.from(all.subarray(at, at + step));
      read.push(...reader.push(chunk));
      chunk.fill(0xff);
    }
    assert.deepEqual(read, messages, `in steps of ${step}`);
  }
});

test("a frame that is too long is refused before there is room for it", () => {
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, frameBytesMax + 1, true);
  assert.throws(() => [...new FrameReader().push(head)], FrameTooLong);
});
