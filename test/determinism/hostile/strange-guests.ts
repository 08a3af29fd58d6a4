import type { HostileProgram } from "../hostile-program.ts";

/** Break the rules between a guest and its machine: wrong sizes, strange values, a region written over. */
export const strangeGuests: readonly HostileProgram[] = [
  ...[-1, 65473, 2147483647, -2147483648].map((size) => ({
    name: `input of ${size} bytes`,
    text: `kith.words[1] = ${size}; kith.host(7);`,
    ends: ["service-trapped"],
  })),
  ...[-1, 999, 2147483647, -2147483647].map((operation) => ({
    name: `operation ${operation}`,
    text: `kith.words[1] = 0; kith.host(${operation});`,
    ends: ["service-trapped"],
  })),
  {
    name: "operations that are no whole numbers",
    text: "kith.words[1] = 0; for (const o of [1.5, 'x', null, undefined, {}, [], 7n, Symbol(), NaN, 2 ** 40, () => 7, new Proxy({}, {})]) try { show(kith.host(o), kith.words[0]); } catch (e) { show(e.name, e.message); } show(kith.host());",
    ends: ["done"],
  },
  {
    name: "all words of the header",
    text: "for (let o = 0; o <= 24; o++) { if (o === 3) continue; for (const w of [-1, 0, 1, 65472, 2147483647, -2147483648]) { kith.words.fill(w); kith.words[1] = o % 3; try { kith.host(o); show(o, w, kith.words[0]); } catch (e) { show(o, w, e.name); } } }",
    ends: ["done"],
  },
  {
    name: "text arguments that are no texts",
    text: "for (const o of [2, 6, 21]) for (const t of [1, null, undefined, {}, [], 7n, true, '', '\\ud800', '\\udc00x', 'a\\u0000b', 'x'.repeat(1e5), new Proxy({}, {}), { toString() { return 'made'; } }, { toString() { return {}; } }, { toString() { throw 1; } }, Symbol('s')]) { kith.words[1] = 0; try { show(o, kith.host(o, t), kith.words[0], kith.window.slice(0, 8)); } catch (e) { show(o, e?.name, e?.message); } }",
    ends: ["done"],
  },
  {
    name: "a text that calls the host while it is read",
    text: "for (const o of [2, 6, 21]) { kith.words[1] = 0; show(kith.host(o, { toString() { kith.ask(7, [1, 2, 3]); kith.words[1] = 5; kith.window.fill(9); return 'abcd'; } }), kith.words[0], kith.window.slice(0, 8)); }",
    ends: ["done"],
  },
  {
    name: "a text that calls a service while it is read",
    text: "kith.words[1] = 0; show(kith.host(6, { toString() { kith.call('program'); return 'abcd'; } }), kith.words[0]);",
    ends: ["done"],
  },
  {
    name: "more without an output",
    text: "for (let i = 0; i < 5; i++) show(kith.ask(1));",
    ends: ["done"],
  },
  {
    name: "append without an end",
    text: "for (;;) { kith.words[1] = 65472; kith.host(0); }",
    ends: ["out-of-fuel"],
  },
  {
    name: "too much input, then something else",
    text: "for (let i = 0; i < 40; i++) { kith.words[1] = 65472; kith.host(0); } show(kith.ask(7, []), kith.ask(7, []), kith.words[1]);",
    ends: ["done"],
  },
  {
    name: "a result that is too long",
    text: "kith.last = () => { for (let i = 0; i < 33; i++) { kith.words[1] = 65472; kith.host(0); } kith.words[1] = 65472; kith.words[0] = 0; };",
    ends: ["value-too-long"],
  },
  {
    name: "too many arguments",
    text: "show(kith.host(7, 'a', 1, {}, []), kith.host.apply(null, new Array(5000).fill(7)), kith.words[0]);",
    ends: ["done"],
  },
  {
    name: "the host as a constructor",
    text: "try { show(typeof new kith.host(7)); } catch (e) { show(e.name, e.message); } show(Reflect.apply(kith.host, new Proxy({}, {}), [10]), kith.host.call(7, 10), kith.host.name, kith.host.length);",
    ends: ["done"],
  },
  {
    name: "a detached region",
    text: "try { kithRegion.transfer(0); } catch (e) { show(e.name); } kith.words[1] = 3; kith.host(7); show(kith.words.length, kithRegion.byteLength);",
    ends: ["done", "service-failed", "service-trapped"],
  },
  {
    name: "a region of another size",
    text: "try { kithRegion.resize(8); } catch (e) { show(e.name, e.message); } show(kithRegion.byteLength);",
    ends: ["done"],
  },
  ...["kithHost", "kithRegion", "kithGuest"].map((name) => ({
    name: `${name} replaced`,
    text: `try { globalThis.${name} = { run() { throw 1; }, definition: 5 }; Object.defineProperty(globalThis, "${name}", { get() { throw new Error("read"); } }); } catch (e) { show(e.name); } try { delete globalThis.${name}; } catch (e) { show(e.name); } show(typeof kith.ask(10));`,
    ends: ["done"],
  })),
  ...[
    "null",
    "undefined",
    "1",
    "'text'",
    "Symbol('s')",
    "10n",
    "new Proxy({}, {})",
    "new Proxy(() => {}, { get() { throw 2; }, getPrototypeOf() { throw 3; } })",
    "{ get stack() { throw new Error('stack'); }, get message() { throw 1; }, toString() { throw 4; } }",
    "Object.create(null)",
    "{ get stack() { for (;;); } }",
    "{ toString() { for (;;); } }",
    "{ stack: { toString() { return 'x'.repeat(1e6); } }, toString() { return 'y'.repeat(1e6); } }",
    "Object.assign(new Error('x'.repeat(1e6)), { stack: 7 })",
    "'\\ud800\\u0000'",
  ].map((value) => ({
    name: `throws ${value}`,
    text: `kith.last = () => { throw ${value}; };`,
    ends: ["service-failed", "out-of-fuel"],
  })),
  {
    name: "a promise that throws in the end",
    text: "Promise.resolve().then(() => { throw new Proxy({}, { get() { throw 1; } }); }); show('left');",
    ends: ["done"],
  },
  {
    name: "a promise that never settles",
    text: "return new Promise(() => {});",
    ends: ["done", "service-failed"],
  },
  {
    name: "the outcome changed behind its back",
    text: "kith.last = () => { kith.words[0] = 77; kith.words[1] = -5; };",
    ends: ["done", "service-failed"],
  },
  {
    name: "an outcome larger than the window",
    text: "kith.last = () => { kith.words[0] = 0; kith.words[1] = 2147483647; };",
    ends: ["done", "service-failed"],
  },
  {
    name: "an abort without a line feed",
    text: "kith.last = () => { kith.window.fill(120); kith.words[0] = 2; kith.words[1] = 60000; };",
    ends: ["service-failed"],
  },
  {
    name: "an abort of bytes that are no text",
    text: "kith.last = () => { kith.window.fill(255); kith.words[0] = 2; kith.words[1] = 60000; };",
    ends: ["service-failed"],
  },
  {
    name: "calls in a ring",
    text: "const f = (n) => (n ? f(n - 1) + 1 : kith.call('program')); let n = 170; for (;;) try { f(n); break; } catch { n -= 10; } show(n);",
    ends: ["done", "stack-exhausted"],
  },
  {
    name: "calls in a ring without an end",
    text: "for (;;) kith.call('program');",
    ends: ["out-of-fuel", "stack-exhausted"],
  },
];
