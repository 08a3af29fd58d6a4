import type { HostileProgram } from "../hostile-program.ts";

/** Never come to an end, each in its own way. */
export const endless: readonly HostileProgram[] = [
  ["for", "for (;;);"],
  ["while", "let i = 0; while (true) i++;"],
  ["do", "do {} while (1);"],
  ["labels", "a: for (;;) { b: for (;;) continue a; }"],
  ["recursion caught", "const f = () => { try { f(); } catch { f(); } }; for (;;) f();"],
  ["finally", "const f = () => { try { f(); } finally { f(); } }; f();"],
  [
    "getters",
    "const o = { get x() { for (let n = 0; n < 9; n++) try { this.x; } catch {} } }; for (;;) o.x;",
  ],
  ["toString", "const o = { toString() { for (;;) `${1}`; } }; String(o);"],
  ["valueOf", "const o = { valueOf() { for (;;); } }; +o;"],
  ["toPrimitive", "({ [Symbol.toPrimitive]() { for (;;); } }) + 1;"],
  ["proxy", "new Proxy({}, { get() { for (;;); } }).x;"],
  ["proxy chain", "let p = {}; for (let i = 0; i < 20; i++) p = new Proxy(p, {}); for (;;) p.x;"],
  [
    "own keys",
    "const o = new Proxy({}, { ownKeys: () => Array.from({ length: 1e5 }, (_, i) => `k${i}`) }); for (;;) Object.keys(o);",
  ],
  ["comparator", "[2, 1, 3].sort(() => { for (;;); });"],
  ["reviver", "JSON.parse('[1,2]', () => { for (;;); });"],
  ["replacer", "JSON.stringify([1], () => { for (;;); });"],
  ["toJSON", "const o = { toJSON() { return { o: {} }; } }; for (;;) JSON.stringify([o, o, o]);"],
  ["replace callback", "'a'.replace(/a/, () => { for (;;); });"],
  [
    "iterator",
    "const o = { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }; for (const x of o);",
  ],
  [
    "destructuring",
    "const o = { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }; const [...x] = o;",
  ],
  ["spread", "function* g() { for (;;) yield 1; } Math.max(...g());"],
  ["Array.from", "Array.from({ length: 2 ** 32 - 1 }, () => 0);"],
  ["Set of an iterator", "new Set((function* () { for (let i = 0; ; i++) yield i % 7; })());"],
  ["iterator helpers", "(function* () { for (;;) yield 1; })().filter(() => false).next();"],
  [
    "species",
    "class A extends Array { static get [Symbol.species]() { for (;;); } } new A(1).map((x) => x);",
  ],
  ["generator", "function* g() { yield* g(); } for (;;) try { g().next(); } catch {}"],
  ["eval", "for (let i = 0; ; i++) eval(`var v${i % 100} = function () { return ${i}; }`);"],
  ["Function", "for (;;) new Function('a', 'return a')(1);"],
  ["throw and catch", "for (;;) try { null.x; } catch {}"],
  [
    "stack texts",
    "const f = (n) => { if (n) f(n - 1); else new Error('x').stack; }; for (;;) f(60);",
  ],
  ["class definitions", "for (;;) { class A { #a = 1; static b = 2; get c() { return 3; } } }"],
  ["promises", "const f = () => Promise.resolve().then(f); return f();"],
  ["async", "return (async () => { for (;;) await null; })();"],
  ["thenables", "const t = { then(resolve) { resolve(t); } }; return Promise.resolve(t);"],
  [
    "async generators",
    "return (async () => { async function* g() { for (;;) yield 1; } for await (const x of g()); })();",
  ],
  [
    "for in",
    "const o = {}; for (let i = 0; i < 1e4; i++) o[`k${i}`] = 1; for (;;) for (const k in o);",
  ],
  [
    "prototype chain",
    "let o = {}; for (let i = 0; i < 3000; i++) o = Object.create(o); for (;;) o.missing;",
  ],
  [
    "instanceof",
    "let o = {}; for (let i = 0; i < 3000; i++) o = Object.create(o); class A {} for (;;) o instanceof A;",
  ],
  ["with", "with (new Proxy({}, { has: () => true, get: () => 1 })) for (;;) x;"],
  [
    "arguments",
    "const f = (...a) => a.length; const many = new Array(2000).fill(1); for (;;) f(...many);",
  ],
  [
    "apply",
    "const many = { length: 60000 }; for (;;) try { Math.max.apply(null, many); } catch {}",
  ],
  ["floats", "let x = 0.5; for (;;) x = Math.sin(x) + Math.pow(x, 1.3) + Math.atan2(x, 0.3);"],
  [
    "Math.pow",
    "for (let x = 1.0000001; ; ) x = Math.pow(x, 1.0000001) % 7.3 + Math.hypot(x, 3, 4);",
  ],
  ["float remainders", "let x = 1e308; for (;;) (x % 5e-324, 1.7e308 % 3.3e-308);"],
  ["dates", "for (let t = 0; ; t += 86399999) new Date(t).toISOString();"],
  ["date texts", "for (;;) Date.parse('Sat Nov 21 2026 12:34:56 GMT+0100 (CET)');"],
].map(([name = "", text = ""]) => ({ name, text, ends: ["out-of-fuel"] }));
