import type { HostileProgram } from "../hostile-program.ts";

const kept = "const kept = globalThis.kept = [];";

/** Take all memory that there is; some get it before their fuel ends, and then see an exception. */
export const allocations: readonly HostileProgram[] = [
  [
    "strings that double",
    "let s = 'ab'; for (;;) try { s = s + s; s.charCodeAt(1); } catch { s = 'ab'; }",
  ],
  ["kept strings", `${kept} for (let i = 0; ; i++) kept.push('x'.repeat(1e5) + i);`],
  ["arrays", `${kept} for (;;) kept.push(new Array(1000).fill(0));`],
  ["lengths of arrays", `${kept} for (;;) kept.push(new Array(4294967295));`],
  ["array with a far element", "const a = []; for (let i = 0; ; i += 1000) a[i] = 1;"],
  ["typed arrays", `${kept} for (;;) kept.push(new Uint8Array(1e6));`, "done"],
  ["small typed arrays", `${kept} for (;;) kept.push(new Uint8Array(1));`],
  ["maps", `${kept} for (;;) kept.push(new Map([[1, 2]]));`],
  ["one map", "const m = new Map(); for (let i = 0; ; i++) m.set(i, {});"],
  ["closures", `${kept} for (let i = 0; ; i++) kept.push(() => i);`],
  ["objects", `${kept} for (let i = 0; ; i++) kept.push({ i });`],
  ["shapes", `${kept} for (let i = 0; ; i++) kept.push({ ['k' + i]: i });`],
  ["one object", "const o = {}; for (let i = 0; ; i++) o['k' + i] = i;"],
  [
    "generators",
    `${kept} for (;;) { const g = (function* () { yield 1; })(); g.next(); kept.push(g); }`,
  ],
  ["promises", `${kept} for (;;) kept.push(Promise.resolve().then(() => {}));`],
  ["pending jobs", "for (;;) Promise.resolve().then(() => {});"],
  ["big integers", `${kept} for (;;) kept.push(1n << 800000n);`, "done"],
  [
    "source text",
    `${kept} const t = 'function f(){' + 'a+b;'.repeat(1e4) + '}'; for (;;) kept.push(Function(t));`,
  ],
  [
    "regular expressions",
    `${kept} for (let i = 0; ; i++) kept.push(new RegExp('a|'.repeat(1e4) + i));`,
  ],
  ["errors", `${kept} for (;;) kept.push(new Error('x'.repeat(1000)));`],
  ["proxies", `${kept} for (;;) kept.push(new Proxy({}, {}));`],
  [
    "bound functions",
    `${kept} const f = () => 1; for (;;) kept.push(f.bind(null, ...kept.slice(0, 100)));`,
  ],
  ["arguments", "const f = (...a) => f(...a, ...a); try { f(1, 2); } catch {} for (;;);"],
  ["spread", "let a = [1]; for (;;) try { a = [...a, ...a]; } catch { a = [1]; }"],
  [
    "JSON that explodes",
    "let d = 'x'; for (let i = 0; i < 40; i++) d = [d, d]; JSON.stringify(d);",
  ],
  ["joined arrays", "let a = 'x'; for (;;) try { a = [a, a, a].join(); } catch { a = 'x'; }"],
  [
    "replace that explodes",
    "let s = 'a'; for (;;) try { s = s.replace(/a/g, '$&$&'); } catch { s = 'a'; }",
  ],
].map(([name = "", text = "", end = "out-of-fuel"]) => ({ name, text, ends: [end] }));
