import assert from "node:assert/strict";
import { test } from "node:test";

import { hostOperations } from "@kith/protocol/guest-abi";
import { toHex } from "@kith/protocol/hashes";
import { accountNameConstant, methodNameConstant } from "@kith/protocol/names";
import { CallSession, ServiceAbort } from "@kith/protocol/service-abi";
import { packText, unpackText } from "@kith/protocol/texts";

import type { EngineInstance } from "../engine/engine-instance.ts";
import { openEngine } from "../engine/engine-module.ts";
import { instancePrice, memoryPagePrice, startPagePrice } from "../fuel-prices.ts";
import { TestHost, testFuel } from "../guest/test-host.ts";
import { idleInstancesMax, memoryPagesMax } from "../limits.ts";
import { makeImage, type Image } from "./image.ts";
import { InstancePool } from "./instance-pool.ts";
import { JavascriptService, startable } from "./javascript-service.ts";
import { testSource } from "./test-source.ts";

const engine = openEngine();

function imageOf(actions: Readonly<Record<string, string>>, before?: string): Image {
  const made = makeImage(engine, testSource(actions, before));
  assert.ok(made.ok, made.ok ? "" : JSON.stringify(made.error));
  return made.value;
}

function serviceOf(actions: Readonly<Record<string, string>>, before?: string): JavascriptService {
  return new JavascriptService(startable(imageOf(actions, before)), new InstancePool(engine));
}

function run(
  service: JavascriptService,
  method: string,
  host = new TestHost(),
  input = "",
): string {
  return unpackText(service.action(methodNameConstant(method), packText(input), host)) ?? "?";
}

function abortOf(attempt: () => unknown): ServiceAbort {
  try {
    attempt();
  } catch (thrown) {
    assert.ok(thrown instanceof ServiceAbort, String(thrown));
    return thrown;
  }
  return assert.fail("no abort");
}

/** A pool whose instances can be looked at. */
class WatchedPool extends InstancePool {
  readonly taken: EngineInstance[] = [];

  override take(image: Image): EngineInstance {
    const instance = super.take(image);
    this.taken.push(instance);
    return instance;
  }
}

const counting = { count: "globalThis.n = (globalThis.n ?? 0) + 1; return String(n);" };

test("calls of one session see what earlier ones left in memory, and those of the next do not", () => {
  const service = serviceOf(counting);
  assert.deepEqual([run(service, "count"), run(service, "count")], ["1", "2"]);
  service.close();
  assert.equal(run(service, "count"), "1");
});

test("two accounts with the same code share nothing", () => {
  const image = imageOf(counting);
  const pool = new InstancePool(engine);
  const [one, two] = [
    new JavascriptService(startable(image), pool),
    new JavascriptService(startable(image), pool),
  ];
  run(one, "count");
  assert.equal(run(two, "count"), "1");
  assert.equal(run(one, "count"), "2");
});

test("an instance that is used again is the image byte by byte, whatever was in its memory", () => {
  const image = imageOf(counting);
  const pool = new WatchedPool(engine);
  const dirty = pool.take(image);
  dirty.memory.bytes.fill(0xaa);
  pool.giveBack(dirty);
  const clean = new InstancePool(engine).take(image);
  const again = pool.take(image);
  assert.equal(again, dirty);
  assert.deepEqual(again.memory.bytes, clean.memory.bytes);
  assert.deepEqual(again.save(), image.state);
});

test("fuel, memory and result do not tell whether an instance was used before", () => {
  const image = imageOf({
    work: "return JSON.stringify([1.5, { a: input.length }]) + new Date();",
  });
  const pool = new WatchedPool(engine);
  const ends = [0, 1].map(() => {
    const service = new JavascriptService(startable(image), pool);
    const host = new TestHost();
    const result = run(service, "work", host);
    const memory = pool.taken.at(-1)?.memory.bytes.slice() ?? new Uint8Array();
    service.close();
    return { result, fuel: host.meter.fuel, stack: host.meter.stackBytes, memory };
  });
  assert.equal(pool.taken[0], pool.taken[1]);
  assert.deepEqual(ends[1], ends[0]);
});

test("an instance that grew is not used again, and one that did not is", () => {
  const image = imageOf({
    ...counting,
    grow: "globalThis.big = new Uint8Array(2 << 20).fill(1); return '';",
  });
  const pool = new WatchedPool(engine);
  for (const method of ["count", "grow", "count"]) {
    const service = new JavascriptService(startable(image), pool);
    run(service, method);
    service.close();
  }
  const [first, second, third] = pool.taken;
  assert.equal(second, first);
  assert.notEqual(third, second);
  assert.equal(second?.hasGrown, true);
});

test("an abort keeps what is in memory; nothing is left after a trap or a failure", () => {
  const actions = {
    ...counting,
    abort: `give(bytesOf("own-code\\nits message")); throw undefined;`,
    fail: "throw new Error('broken');",
    trap: "kithHost(99);",
    spin: "for (;;);",
  };
  const pool = new WatchedPool(engine);
  const service = new JavascriptService(startable(imageOf(actions, aborting)), pool);
  run(service, "count");
  const own = abortOf(() => run(service, "abort"));
  assert.deepEqual([own.code, own.message], ["own-code", "its message"]);
  assert.equal(run(service, "count"), "2");
  for (const [method, code] of [
    ["fail", "service-failed"],
    ["trap", "service-trapped"],
    ["spin", "out-of-fuel"],
  ] as const) {
    assert.equal(abortOf(() => run(service, method)).code, code);
    assert.equal(run(service, "count"), "1", method);
  }
  assert.equal(new Set(pool.taken).size, 1, "one instance was enough");
});

test("an instance that failed in the middle of an outer call goes on with it, and is nobody else's", () => {
  const image = imageOf({
    ...counting,
    outer: "globalThis.n = 7; call('program', 'trap'); return String(n);",
    trap: "kithHost(99);",
  });
  const pool = new WatchedPool(engine);
  const service = new JavascriptService(startable(image), pool);
  const other = new JavascriptService(startable(image), pool);
  const host = new TestHost();
  host.call = (_, method, args) => {
    assert.throws(() => service.action(method, args, new TestHost()), ServiceAbort);
    run(other, "count");
    return new Uint8Array();
  };
  assert.equal(run(service, "outer", host), "7");
  assert.notEqual(pool.taken[1], pool.taken[0]);
  service.close();
  assert.equal(run(service, "count"), "1");
});

/** Makes `throw undefined` the outcome "aborted", as the SDK does for its aborts. */
const aborting = `
  let inner;
  Object.defineProperty(globalThis, "kithGuest", {
    get: () => ({ ...inner, run() {
      try { inner.run(); } catch (thrown) {
        if (thrown !== undefined) throw thrown;
        new Int32Array(kithRegion)[0] = 2;
      }
    } }),
    set: (guest) => { inner = guest; },
  });`;

test("a service that is called while it runs has one memory, and each call its own input and output", () => {
  const service = serviceOf({
    outer:
      "const own = textOf(input); const size = call('program', 'inner'); const got = textOf(window.slice(0, size)); return own + got + globalThis.seen;",
    inner: "globalThis.seen = 'yes'; return 'inner' + input.length;",
  });
  const host = new TestHost();
  host.call = (_, method, args) => service.action(method, args, host);
  assert.equal(run(service, "outer", host, "mine"), "mineinner0yes");
});

test("an instance that traps in a call of itself is dropped, and the call around it goes on", () => {
  const service = serviceOf({
    outer: "globalThis.n = 1; return String(call('program', 'inner'));",
    inner: "kithHost(99);",
    look: "return String(globalThis.n);",
  });
  const host = new TestHost();
  host.call = (_, method, args) => service.action(method, args, host);
  assert.equal(run(service, "outer", host), "-2");
  assert.equal(run(service, "look", host), "undefined");
});

test("fuel that ends in a nested call is gone for all calls around it", () => {
  const service = serviceOf({
    outer: "call('program', 'spin'); for (let i = 0; i < 10; i++); return 'survived';",
    spin: "for (;;);",
  });
  const host = new TestHost();
  host.call = (_, method, args) => service.action(method, args, host);
  assert.equal(abortOf(() => run(service, "outer", host)).code, "out-of-fuel");
  assert.ok(host.meter.fuel < 0);
});

test("fuel that ends in a host call stays spent", () => {
  const put = { put: `for (;;) ask(operations.put, [1], 0);` };
  const host = new TestHost(30_000_000);
  assert.equal(abortOf(() => run(serviceOf(put), "put", host)).code, "out-of-fuel");
  assert.ok(host.meter.fuel < 0);
});

test("fuel that ends while memory grows stays spent", () => {
  const image = imageOf({ grow: "return String(new Uint8Array(16 << 20).length);" });
  const pages = instancePrice + image.pages * startPagePrice;
  const host = new TestHost(pages + 100 * memoryPagePrice);
  const service = new JavascriptService(startable(image), new InstancePool(engine));
  assert.equal(abortOf(() => run(service, "grow", host)).code, "out-of-fuel");
  assert.ok(host.meter.fuel < 0);
});

test("an instance has its price, once for each session", () => {
  const image = imageOf({ nothing: "return '';" });
  const service = new JavascriptService(startable(image), new InstancePool(engine));
  const used = [0, 1].map(() => {
    const host = new TestHost();
    run(service, "nothing", host);
    return testFuel - host.meter.fuel;
  });
  const price = instancePrice + image.pages * startPagePrice;
  assert.ok((used[0] ?? 0) >= price && (used[1] ?? 0) < price);
});

test("JavaScript that recurs too deep gets a RangeError that it can catch", () => {
  const catching = "const f = () => f() + 1; try { f(); } catch (e) { return e.constructor.name; }";
  const service = serviceOf({ deep: catching, count: counting.count });
  assert.equal(run(service, "deep"), "RangeError");
  assert.equal(run(service, "deep"), "RangeError");
});

test("native stack is shared by calls in calls, and its end is an abort", () => {
  // Each call is of another account: in one instance, JavaScript's own stack would end before.
  const image = imageOf({ again: "return String(call('program', 'again'));" });
  const pool = new InstancePool(engine);
  const host = new TestHost();
  const codes = new Set<string>();
  let depth = 0;
  let deepest = 0;
  host.call = (_, method, args) => {
    depth++;
    deepest = Math.max(depth, deepest);
    try {
      return new JavascriptService(startable(image), pool).action(method, args, host);
    } catch (thrown) {
      if (thrown instanceof ServiceAbort) codes.add(thrown.code);
      throw thrown;
    } finally {
      depth--;
    }
  };
  abortOf(() => run(new JavascriptService(startable(image), pool), "again", host));
  assert.ok(codes.has("stack-exhausted"), [...codes].join(" "));
  assert.ok(deepest > 16, `only ${deepest} calls`);
});

test("memory grows to its limit, and beyond it a service gets an error that it can catch", () => {
  const image = imageOf({
    all: `const kept = []; let size = 0;
      try { for (;;) { kept.push(new Uint8Array(1 << 20)); size++; } } catch (e) { kept.length = 0; return size + e.name; }`,
  });
  const pool = new WatchedPool(engine);
  const service = new JavascriptService(startable(image), pool);
  const result = run(service, "all");
  assert.match(result, /^(2\d|3[01])InternalError$/);
  const size = pool.taken[0]?.memory.bytes.length ?? 0;
  assert.ok(size <= memoryPagesMax * 65_536 && size > (memoryPagesMax - 20) * 65_536);
});

test("the clock is the block's and the time zone is UTC", () => {
  const service = serviceOf({
    time: `const d = new Date(); return [Date.now(), d.getTimezoneOffset(), d.getHours() - d.getUTCHours(), d.toString(),
      new Date(2020, 6, 1).toISOString(), new Date(-1, 0).getTimezoneOffset()].join(" ");`,
  });
  const host = new TestHost();
  host.blockTime = 1_600_000_000_999_999;
  const expected = "1600000000999 0 0 Sun Sep 13 2020 12:26:40 GMT+0000 2020-07-01T00:00:00.000Z 0";
  assert.equal(run(service, "time", host), expected);
});

test("texts of any characters come out of the engine as UTF-8", () => {
  const { encodeText } = hostOperations;
  const pack = `kithHost(${encodeText}, JSON.parse(textOf(input))); return window.slice(0, words[0]);`;
  const service = serviceOf({ pack });
  for (const text of [
    "",
    "plain",
    "\uFEFFbyte order mark",
    "\uFEFF",
    "\uD83D\uDE00 pair",
    "\uD83D alone",
    "alone \uDE00",
    "\uDE00\uD83D",
    "\uD7FF\uE000",
    "\u00ED\u0080\u00A0",
  ]) {
    const ascii = JSON.stringify(text).replace(
      /[\u007f-\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    const packed = service.action(methodNameConstant("pack"), packText(ascii), new TestHost());
    assert.equal(toHex(packed), toHex(new TextEncoder().encode(text)), ascii);
  }
});

test("what a service writes to its console goes to a developer and nowhere else", () => {
  const lines: string[] = [];
  const image = imageOf({
    speak: "console.log('a', 1, { b: 2n }, new Error('c').message); return '';",
  });
  const loud = new JavascriptService(startable(image), new InstancePool(engine), (_, line) =>
    lines.push(line),
  );
  const quiet = new JavascriptService(startable(image), new InstancePool(engine));
  const [one, two] = [new TestHost(), new TestHost()];
  run(loud, "speak", one);
  run(quiet, "speak", two);
  assert.deepEqual(lines, ['a 1 {"b":"2"} c']);
  assert.equal(one.meter.fuel, two.meter.fuel);
});

test("a promise that is never kept ends the call all the same, and its leftovers stay in the session", () => {
  const service = serviceOf({
    later:
      "globalThis.done = 0; Promise.resolve().then(() => { globalThis.done = 1; }); new Promise(() => {}); return 'x';",
    look: "return String(globalThis.done);",
    endless: "const again = () => Promise.resolve().then(again); again(); return 'x';",
  });
  run(service, "later");
  assert.equal(run(service, "look"), "1");
  assert.equal(abortOf(() => run(service, "endless")).code, "out-of-fuel");
});

test("a service that spoils its own built-ins harms nobody else", () => {
  const image = imageOf({
    spoil:
      "Array.prototype.map = JSON.stringify = Object.keys = () => { throw 1; }; globalThis.kithHost = undefined; return 'x';",
    work: "return JSON.stringify([1].map(String));",
  });
  const pool = new InstancePool(engine);
  const [bad, good] = [
    new JavascriptService(startable(image), pool),
    new JavascriptService(startable(image), pool),
  ];
  run(bad, "spoil");
  assert.equal(run(good, "work"), '["1"]');
  bad.close();
  assert.equal(run(new JavascriptService(startable(image), pool), "work"), '["1"]');
});

test("an action that is not declared and a request that is left to others do not run anything", () => {
  const service = serviceOf(counting);
  assert.equal(abortOf(() => run(service, "other")).code, "method-unknown");
  assert.equal(service.serve(new Uint8Array(), new TestHost()), undefined);
});

test("the pool keeps no more instances than its limit", () => {
  const image = imageOf(counting);
  const pool = new InstancePool(engine);
  const many = Array.from({ length: idleInstancesMax + 2 }, () => pool.take(image));
  for (const instance of many) pool.giveBack(instance);
  const again = new Set(many.map(() => pool.take(image)));
  assert.equal(many.filter((instance) => again.has(instance)).length, idleInstancesMax);
});

test("a session that ends gives back what it held, and holds nothing then", () => {
  const session = new CallSession();
  const image = imageOf(counting);
  const pool = new WatchedPool(engine);
  const host = new TestHost(testFuel, session);
  const hold = (): JavascriptService =>
    session.hold("program", () => new JavascriptService(startable(image), pool));
  run(hold(), "count", host);
  assert.equal(run(hold(), "count", host), "2");
  session.close();
  assert.equal(run(hold(), "count", host), "1");
  assert.equal(new Set(pool.taken).size, 1);
  assert.equal(host.self, accountNameConstant("program"));
});
