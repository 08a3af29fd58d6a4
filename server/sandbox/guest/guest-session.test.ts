import assert from "node:assert/strict";
import { test } from "node:test";

import {
  hostOperations,
  hostRefusals,
  regionWindowBytes,
  transferBytesMax,
  type HostOperation,
} from "@kith/protocol/guest-abi";
import { sha256 } from "@kith/protocol/hashes";
import { accountNameConstant } from "@kith/protocol/names";
import type { QueryHost } from "@kith/protocol/service-abi";
import { packText, unpackText } from "@kith/protocol/texts";

import { hostPrices, memoryPagePrice, rangeRowPrice, refusalPrice } from "../fuel-prices.ts";
import { GuestSession, OutOfFuel } from "./guest-session.ts";
import { serviceOperations } from "./service-operations.ts";
import { TestHost, testFuel, TestRegion } from "./test-host.ts";

/** A guest that is written in this test. */
class Guest {
  readonly host: TestHost;
  readonly region = new TestRegion();
  readonly session: GuestSession;

  constructor(host: TestHost = new TestHost(), seen: QueryHost = host) {
    this.host = host;
    this.session = new GuestSession(seen, serviceOperations);
  }

  get fuelUsed(): number {
    return testFuel - this.host.meter.fuel;
  }

  /** Gives the input in pieces of whole windows, as the SDK does; answers word 0. */
  ask(operation: HostOperation, input: Uint8Array = new Uint8Array(), ...more: number[]): number {
    let at = 0;
    for (; input.length - at > regionWindowBytes; at += regionWindowBytes) {
      this.piece(hostOperations.append, input.subarray(at, at + regionWindowBytes));
    }
    return this.piece(operation, input.subarray(at), ...more);
  }

  /** One call with what fits the window. */
  piece(operation: number, input: Uint8Array, ...more: number[]): number {
    const { words, window } = this.region;
    window.set(input);
    words[1] = input.length;
    for (const [i, word] of more.entries()) words[2 + i] = word;
    this.session.operate(this.region, operation);
    return words[0] ?? 0;
  }

  /** All of the last output. */
  take(size: number): Uint8Array {
    const whole = new Uint8Array(size);
    const first = Math.min(size, regionWindowBytes);
    whole.set(this.region.window.subarray(0, first));
    for (let at = first; at < size;) {
      const more = this.piece(hostOperations.more, new Uint8Array());
      assert.ok(more > 0 && more <= regionWindowBytes);
      whole.set(this.region.window.subarray(0, more), at);
      at += more;
    }
    return whole;
  }

  /** The code of a refusal, and the whole of it. */
  refusal(answered: number): string {
    assert.equal(answered, hostRefusals.refused);
    return unpackText(this.take(this.region.words[1] ?? 0))?.split("\n")[0] ?? "";
  }
}

test("every operation has a price, and every number belongs to one operation", () => {
  assert.deepEqual(Object.keys(hostPrices).toSorted(), Object.keys(hostOperations).toSorted());
  assert.equal(new Set(Object.values(hostOperations)).size, Object.keys(hostOperations).length);
  for (const { call, byte } of Object.values(hostPrices)) assert.ok(call >= 5_000 && byte >= 1);
});

test("input and output of any size up to the most that one call carries come through whole", () => {
  const sizes = [0, 1, regionWindowBytes - 1, regionWindowBytes, regionWindowBytes + 1];
  for (const size of [...sizes, 2 * regionWindowBytes, transferBytesMax]) {
    const guest = new Guest();
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7) & 0xff);
    assert.equal(guest.ask(hostOperations.runAs, bytes), size);
    assert.deepEqual(guest.take(size), bytes);
    assert.equal(guest.ask(hostOperations.more), 0);
  }
});

test("every byte of a long input is paid for, whichever piece it came in", () => {
  const { append, sha256: hashing } = hostPrices;
  for (const size of [10, regionWindowBytes, regionWindowBytes + 1, transferBytesMax]) {
    const guest = new Guest();
    const bytes = new Uint8Array(size).fill(3);
    guest.ask(hostOperations.sha256, bytes);
    assert.deepEqual(guest.take(32), sha256(bytes));
    const pieces = Math.max(0, Math.ceil(size / regionWindowBytes) - 1);
    const appended = pieces * (append.call + append.byte * regionWindowBytes);
    assert.equal(guest.fuelUsed, hashing.call + hashing.byte * (size + 32) + appended);
  }
});

test("one byte more than a call carries is refused, and the next call begins anew", () => {
  const guest = new Guest();
  const answered = guest.ask(hostOperations.sha256, new Uint8Array(transferBytesMax + 1));
  assert.equal(guest.refusal(answered), "value-too-long");
  guest.ask(hostOperations.sha256, Uint8Array.of(1));
  assert.deepEqual(guest.take(32), sha256(Uint8Array.of(1)));
});

test("pieces that nobody asks anything about are held no further than one call can carry", () => {
  const guest = new Guest();
  const full = new Uint8Array(regionWindowBytes);
  const answers = Array.from({ length: 64 }, () => guest.piece(hostOperations.append, full));
  const fits = Math.floor(transferBytesMax / regionWindowBytes);
  assert.deepEqual(new Set(answers.slice(0, fits)), new Set([0]));
  assert.deepEqual(new Set(answers.slice(fits)), new Set([hostRefusals.refused]));
  assert.ok(guest.fuelUsed >= (64 - fits) * refusalPrice);
});

test("output that is larger than a call carries is refused", () => {
  const guest = new Guest();
  guest.host.call = () => new Uint8Array(transferBytesMax + 1);
  const names = packText("tokensdebit");
  assert.equal(guest.refusal(guest.ask(hostOperations.call, names, 6, 5)), "value-too-long");
});

test("an unknown operation and an impossible size of input are traps", () => {
  const guest = new Guest();
  const { words } = guest.region;
  for (const operation of [-1, 26, 1_000, 2 ** 31 - 1]) {
    assert.throws(() => guest.piece(operation, new Uint8Array()), WebAssembly.RuntimeError);
  }
  for (const size of [-1, regionWindowBytes + 1, 2 ** 31 - 1]) {
    words[1] = size;
    const ask = (): unknown => guest.session.operate(guest.region, hostOperations.sha256);
    assert.throws(ask, WebAssembly.RuntimeError);
  }
});

test("a query and a starting source have no caller, no transaction, and write nothing", () => {
  const host = new TestHost();
  const { session, meter, self, blockNum, blockTime } = host;
  const query = {
    session,
    meter,
    self,
    blockNum,
    blockTime,
    get: () => undefined,
    range: () => [],
    call: () => new Uint8Array(),
    sha256: () => new Uint8Array(),
  };
  const guest = new Guest(host, query);
  const { sender, transactionId, claims, put, remove, runAs, emit } = hostOperations;
  for (const operation of [sender, transactionId, claims, put, remove, runAs, emit]) {
    assert.equal(guest.refusal(guest.ask(operation)), "not-in-queries");
  }
  assert.equal(guest.refusal(guest.ask(hostOperations.checkCode)), "host-call-malformed");
  assert.equal(guest.refusal(guest.ask(hostOperations.sql)), "sql-unavailable");
  assert.equal(guest.ask(hostOperations.get), hostRefusals.absent);
});

test("a query is told whose it is, where somebody has proved to be somebody", () => {
  const guest = new Guest();
  assert.equal(guest.ask(hostOperations.user), hostRefusals.absent);
  guest.host.user = accountNameConstant("alice");
  assert.equal(guest.ask(hostOperations.user), 5);
  assert.equal(unpackText(guest.take(5)), "alice");
});

test("rows are put, found, listed and removed", () => {
  const guest = new Guest();
  assert.equal(guest.ask(hostOperations.put, Uint8Array.of(4, 5), 0), 0);
  assert.equal(guest.ask(hostOperations.get, Uint8Array.of(4), 0), 2);
  assert.deepEqual(guest.take(2), Uint8Array.of(4, 5));
  assert.equal(guest.ask(hostOperations.range, Uint8Array.of(1, 2, 3), 0, 2, 1, 2, 1, 9), 6);
  assert.deepEqual(guest.take(6), Uint8Array.of(2, 0, 0, 0, 4, 5));
  const [range] = guest.host.ranges;
  const expected = { index: 2, from: Uint8Array.of(1), to: Uint8Array.of(2, 3), reverse: true };
  assert.deepEqual(range, { ...expected, limit: 9 });
  assert.equal(guest.ask(hostOperations.remove, Uint8Array.of(4), 0), 1);
  assert.equal(guest.ask(hostOperations.remove, Uint8Array.of(4), 0), 0);
  assert.equal(guest.ask(hostOperations.get, Uint8Array.of(4), 0), hostRefusals.absent);
});

test("a range has no bounds where their sizes are below zero, and the rows that it gives are paid for", () => {
  const guest = new Guest();
  for (const key of [1, 2, 3]) guest.host.put(0, Uint8Array.of(key));
  guest.ask(hostOperations.range, new Uint8Array(), 0, 0, -1, -1, 0, 1000);
  assert.deepEqual(guest.host.ranges, [{ index: 0, reverse: false, limit: 1000 }]);
  const { call, byte } = hostPrices.range;
  assert.equal(guest.fuelUsed, call + 3 * rangeRowPrice + byte * 15);
});

test("names of a call that are none are refused before anybody is called", () => {
  const guest = new Guest();
  const called: string[] = [];
  guest.host.call = (service, method, args) => {
    called.push(`${service} ${method} ${args.length}`);
    return args;
  };
  for (const [text, service, method] of [
    ["", 0, 0],
    ["UPPERCASEx", 9, 1],
    ["tokens", 6, 0],
    ["tokens\u0000x", 7, 1],
    ["tokens", -1, -1],
    ["tokens", 2 ** 31 - 1, 0],
  ] as const) {
    const answered = guest.ask(hostOperations.call, packText(text), service, method);
    assert.equal(guest.refusal(answered), "host-call-malformed", text);
  }
  const notText = guest.ask(hostOperations.call, Uint8Array.of(0xff, 0xfe), 1, 1);
  assert.equal(guest.refusal(notText), "host-call-malformed");
  assert.deepEqual(called, []);
  assert.equal(guest.ask(hostOperations.call, packText("tokensdebit!!"), 6, 5), 2);
  assert.deepEqual(called, ["tokens debit 2"]);
});

test("the block's number and time come in three words", () => {
  const guest = new Guest();
  for (const time of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    guest.host.blockTime = time;
    assert.equal(guest.ask(hostOperations.block), 7);
    const [, low = 0, high = 0] = guest.region.words;
    assert.equal(high * 2 ** 32 + (low >>> 0), time);
  }
});

test("a signature that is too short for its kind does not hold", () => {
  for (const [operation, size] of [
    [hostOperations.verifyEd25519, 96],
    [hostOperations.verifyP256, 129],
  ] as const) {
    for (const bytes of [0, 1, size - 1, size, size + 1]) {
      assert.equal(new Guest().ask(operation, new Uint8Array(bytes)), 0);
    }
  }
});

test("who asks for a caller that has a name of its own gets that name", () => {
  const guest = new Guest();
  for (const [operation, name] of [
    [hostOperations.self, "program"],
    [hostOperations.sender, "alice"],
  ] as const) {
    const size = guest.ask(operation);
    assert.equal(unpackText(guest.take(size)), accountNameConstant(name));
  }
});

test("fuel that does not suffice for a call ends the guest before the host is asked", () => {
  const { call, byte } = hostPrices.put;
  const row = Uint8Array.of(1, 2, 3);
  const enough = new Guest(new TestHost(call + 3 * byte));
  enough.ask(hostOperations.put, row, 0);
  assert.equal(enough.host.rows.size, 1);
  assert.equal(enough.host.meter.fuel, 0);
  const short = new Guest(new TestHost(call + 3 * byte - 1));
  assert.throws(() => short.ask(hostOperations.put, row, 0), OutOfFuel);
  assert.equal(short.host.rows.size, 0);
  assert.equal(short.host.meter.fuel, -1);
});

test("a page of memory has its price", () => {
  const guest = new Guest(new TestHost(3 * memoryPagePrice));
  guest.session.onGrowth(3);
  assert.equal(guest.host.meter.fuel, 0);
  assert.equal(guest.host.session.pages, 3);
  assert.throws(() => guest.session.onGrowth(1), OutOfFuel);
});
