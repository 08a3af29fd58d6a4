import assert from "node:assert/strict";
import { test } from "node:test";

import { frameBytesMax } from "@kith/protocol/limits";

import { Joiner, writePartHeader, type PartKind } from "./frames.ts";
import { recordBytesMax } from "./limits.ts";
import { Outbox } from "./outbox.ts";

const limits = { urgentBytesMax: 1_000_000, bulkBytesMax: 500_000 };

function bytesOf(size: number, fill: number): Uint8Array {
  return new Uint8Array(size).fill(fill);
}

function partOf(kind: PartKind, more: boolean, bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(3 + bytes.length);
  writePartHeader(record, 0, { kind, more, sizeBytes: bytes.length });
  record.set(bytes, 3);
  return record;
}

function taken(record: Uint8Array): string {
  const received = new Joiner().push(record);
  return received.ok ? "taken" : received.error.code;
}

/** Everything that waits, record by record, as the other end reads it. */
function drain(outbox: Outbox): { readonly records: number; readonly read: [PartKind, number][] } {
  const joiner = new Joiner();
  const record = new Uint8Array(recordBytesMax);
  const read: [PartKind, number][] = [];
  let records = 0;
  while (outbox.hasWork(true)) {
    const size = outbox.moveInto(record, true);
    records += 1;
    const received = joiner.push(record.slice(0, size));
    assert.ok(received.ok);
    read.push(...received.value.map(({ kind, bytes }): [PartKind, number] => [kind, bytes.length]));
  }
  return { records, read };
}

test("small messages share a record and keep their order", () => {
  const outbox = new Outbox(limits);
  for (let size = 1; size <= 50; size++) assert.ok(outbox.push("urgent", bytesOf(size, size)));
  const { records, read } = drain(outbox);
  assert.equal(records, 1);
  assert.deepEqual(
    read.map(([, size]) => size),
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
  assert.equal(outbox.waitingBytes, 0);
});

test("messages of every size arrive whole, in the order of their lane", () => {
  const sizes = [1, 1023, 1024, 65_516, 65_517, 65_515, 200_000, 3, 131_033, 5];
  const outbox = new Outbox(limits);
  for (const size of sizes) assert.ok(outbox.push("urgent", bytesOf(size, 1)));
  assert.deepEqual(
    drain(outbox).read.map(([, size]) => size),
    sizes,
  );
});

test("what is urgent overtakes a bulk message that is half sent", () => {
  const outbox = new Outbox(limits);
  outbox.push("bulk", bytesOf(200_000, 1));
  const joiner = new Joiner();
  const record = new Uint8Array(recordBytesMax);
  assert.ok(joiner.push(record.slice(0, outbox.moveInto(record, true))).ok);
  outbox.push("urgent", bytesOf(10, 2));
  outbox.pushProbe("ping", bytesOf(8, 0));
  const kinds: PartKind[] = [];
  while (outbox.hasWork(true)) {
    const received = joiner.push(record.slice(0, outbox.moveInto(record, true)));
    assert.ok(received.ok);
    kinds.push(...received.value.map(({ kind }) => kind));
  }
  assert.deepEqual(kinds, ["ping", "urgent", "bulk"]);
});

test("bulk waits while only urgent messages may go", () => {
  const outbox = new Outbox(limits);
  outbox.push("bulk", bytesOf(10, 1));
  assert.equal(outbox.hasWork(false), false);
  assert.equal(outbox.moveInto(new Uint8Array(recordBytesMax), false), 0);
});

test("a full lane drops, the other one does not, and an empty one takes any size", () => {
  const outbox = new Outbox(limits);
  assert.ok(outbox.push("bulk", bytesOf(2_000_000, 1)));
  assert.ok(!outbox.push("bulk", bytesOf(1, 1)));
  assert.ok(outbox.push("urgent", bytesOf(999_999, 1)));
  assert.ok(outbox.push("urgent", bytesOf(1, 1)));
  assert.ok(!outbox.push("urgent", bytesOf(1, 1)));
});

test("probes that nobody takes do not pile up", () => {
  const outbox = new Outbox(limits);
  for (let i = 0; i < 1000; i++) outbox.pushProbe("pong", bytesOf(8, i));
  assert.deepEqual(drain(outbox).read, [["pong", 8]]);
});

test("a small message does not keep a large record in memory", () => {
  const outbox = new Outbox(limits);
  for (let i = 0; i < 10; i++) outbox.push("urgent", bytesOf(1_000, i));
  const record = new Uint8Array(recordBytesMax);
  const received = new Joiner().push(record.slice(0, outbox.moveInto(record, true)));
  assert.ok(received.ok);
  for (const { bytes } of received.value) assert.equal(bytes.buffer.byteLength, 1_000);
});

test("a message beyond the limit is refused while it arrives", () => {
  const joiner = new Joiner();
  const part = partOf("bulk", true, bytesOf(65_000, 1));
  let pushed = 0;
  for (;;) {
    const received = joiner.push(part);
    if (!received.ok) {
      assert.equal(received.error.code, "message-too-long");
      break;
    }
    pushed += 65_000;
    assert.ok(pushed <= frameBytesMax);
  }
  assert.ok(pushed > frameBytesMax - 65_000);
});

test("cut, empty and unknown parts are refused", () => {
  const good = partOf("urgent", false, bytesOf(5, 1));
  assert.equal(taken(good), "taken");
  for (let size = 1; size < good.length; size++) {
    assert.equal(taken(good.subarray(0, size)), "part-cut");
  }
  assert.equal(taken(Uint8Array.of(4, 0, 0)), "part-kind-unknown");
  assert.equal(taken(Uint8Array.of(0x7f, 0, 0)), "part-kind-unknown");
  assert.equal(taken(partOf("urgent", true, bytesOf(0, 0))), "part-cut");
  assert.equal(taken(partOf("ping", false, bytesOf(7, 0))), "part-cut");
  assert.equal(taken(partOf("pong", true, bytesOf(8, 0))), "part-cut");
});
