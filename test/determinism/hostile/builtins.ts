import type { HostileProgram } from "../hostile-program.ts";

/** Long work in few calls of what the engine brings along: a count of calls would not see it. */
export const builtins: readonly HostileProgram[] = [
  ["indexOf", "const s = 'a'.repeat(1e6); const t = 'a'.repeat(5e5) + 'b'; for (;;) s.indexOf(t);"],
  [
    "indexOf of wide strings",
    "const s = 'ä日'.repeat(5e5); const t = 'ä日'.repeat(2e5) + 'b'; for (;;) s.indexOf(t);",
  ],
  [
    "lastIndexOf",
    "const s = 'a'.repeat(1e6); const t = 'b' + 'a'.repeat(5e5); for (;;) s.lastIndexOf(t);",
  ],
  ["includes", "const s = 'ab'.repeat(1e6); for (;;) s.includes('abc');"],
  ["includes of an array", "const a = new Array(2e5).fill(1.5); for (;;) a.includes(2.5);"],
  [
    "indexOf of an array",
    "const a = new Array(2e5).fill('x'.repeat(200)); const t = 'x'.repeat(199) + 'y'; for (;;) a.indexOf(t);",
  ],
  ["split", "const s = 'a,'.repeat(2e5); for (;;) s.split(',');"],
  ["split into characters", "const s = 'a'.repeat(2e5); for (;;) s.split('');"],
  ["replaceAll", "const s = 'ab'.repeat(2e5); for (;;) s.replaceAll('a', 'cc');"],
  [
    "replaceAll that doubles",
    "let s = 'ab'; for (;;) { s = s.replaceAll('a', 'aa'); if (s.length > 5e6) s = 'ab'; }",
  ],
  ["repeat", "for (;;) 'ab'.repeat(2e6);"],
  ["repeat of long strings", "const s = 'äb'.repeat(1000); for (;;) s.repeat(1000);"],
  ["padEnd", "for (;;) 'x'.padEnd(4e6, 'abc');"],
  ["padStart of wide strings", "for (;;) 'x'.padStart(2e6, 'ä日');"],
  ["concat", "const s = 'x'.repeat(3e6); for (;;) s.concat('y', s);"],
  ["slice", "const s = 'x'.repeat(4e6); for (;;) s.slice(1);"],
  [
    "string equality",
    "const s = 'x'.repeat(4e6); const t = 'x'.repeat(4e6 - 1) + 'y'; for (;;) s === t;",
  ],
  [
    "string order",
    "const s = 'x'.repeat(4e6); const t = 'ä'.repeat(1) + s; const u = s + 'ä'; for (;;) (u < s + 'b', s < t);",
  ],
  [
    "keys of long strings",
    "const s = 'x'.repeat(1e6); const m = new Map(); for (let i = 0; ; i++) m.has(s + i);",
  ],
  [
    "property of a long name",
    "const o = {}; const s = 'x'.repeat(1e6); for (let i = 0; ; i++) o[s + (i % 3)] = i;",
  ],
  [
    "upper and lower case",
    "const s = 'äßİ'.repeat(3e5); for (;;) { s.toUpperCase(); s.toLowerCase(); }",
  ],
  [
    "normalize",
    "const s = 'é\\u0323\\u0301가'.repeat(5e4); for (;;) { s.normalize('NFD'); s.normalize('NFKC'); }",
  ],
  [
    "normalize of many marks",
    "const s = 'a' + '\\u0301\\u0323'.repeat(1e5); for (;;) s.normalize('NFC');",
  ],
  ["localeCompare", "const s = 'é'.repeat(2e5); for (;;) s.localeCompare(s + 'x');"],
  ["trim", "const s = ' '.repeat(3e6); for (;;) s.trim();"],
  [
    "encodeURIComponent",
    "const s = 'é'.repeat(3e5); for (;;) decodeURIComponent(encodeURIComponent(s));",
  ],
  ["escape", "const s = '日'.repeat(3e5); for (;;) unescape(escape(s));"],
  [
    "isWellFormed",
    "const s = '日\\ud800'.repeat(1e6); for (;;) { s.isWellFormed(); s.toWellFormed(); }",
  ],
  [
    "codes",
    "const a = new Array(60000).fill(65); for (;;) try { String.fromCharCode.apply(null, a); } catch { a.length >>= 1; }",
  ],
  ["join", "const a = new Array(3e5).fill('xy'); for (;;) a.join('-');"],
  ["toString of arrays", "const a = new Array(2e5).fill(1.1); for (;;) String(a);"],
  ["reverse", "const a = new Array(3e5).fill(1); for (;;) a.reverse();"],
  [
    "fill and copyWithin",
    "const a = new Array(3e5).fill(1); for (;;) { a.fill(2); a.copyWithin(1, 0); }",
  ],
  ["shift and unshift", "const a = new Array(3e5).fill(1); for (;;) { a.unshift(1); a.shift(); }"],
  ["splice", "const a = new Array(3e5).fill(1); for (;;) { a.splice(0, 1); a.splice(0, 0, 1); }"],
  ["concat of arrays", "const a = new Array(2e5).fill(1); for (;;) a.concat(a);"],
  ["flat", "const a = new Array(1e5).fill([[1, 2]]); for (;;) a.flat(2);"],
  [
    "sort of numbers",
    "const a = Array.from({ length: 1e5 }, (_, i) => (i * 7919) % 100003); for (;;) a.slice().sort();",
  ],
  [
    "sort of long strings",
    "const s = 'x'.repeat(2e4); const a = Array.from({ length: 100 }, (_, i) => s + (i * 37 % 101)); for (;;) a.slice().sort();",
  ],
  [
    "sort of typed arrays",
    "const a = Float64Array.from({ length: 2e5 }, (_, i) => (i * 7919) % 100003); for (;;) a.slice().sort();",
  ],
  [
    "sort with a comparator",
    "const a = Uint32Array.from({ length: 1e5 }, (_, i) => (i * 7919) % 100003); for (;;) a.slice().sort((x, y) => y - x);",
  ],
  ["sparse arrays", "const a = []; a.length = 4294967295; for (;;) try { a.indexOf(1); } catch {}"],
  [
    "length of array-likes",
    "const o = { length: 2 ** 53 - 1 }; for (;;) Array.prototype.includes.call(o, 1);",
  ],
  ["reverse of array-likes", "const o = { length: 2 ** 53 - 1 }; Array.prototype.reverse.call(o);"],
  ["typed array fill", "const a = new Uint8Array(8e6); for (;;) a.fill(7);"],
  ["typed array fill of floats", "const a = new Float64Array(1e6); for (;;) a.fill(0.1);"],
  [
    "typed array set",
    "const a = new Uint8Array(4e6); const b = new Uint8Array(4e6); for (;;) a.set(b);",
  ],
  [
    "typed array conversion",
    "const a = new Float64Array(5e5).fill(1.5); const b = new Uint8ClampedArray(5e5); for (;;) b.set(a);",
  ],
  ["typed array copies", "const a = new Uint8Array(4e6); for (;;) a.slice();"],
  ["typed array search", "const a = new Uint8Array(8e6); for (;;) a.indexOf(9);"],
  ["typed array copyWithin", "const a = new Uint8Array(8e6); for (;;) a.copyWithin(1, 0);"],
  ["typed array join", "const a = new Float64Array(1e5).fill(1.1); for (;;) a.join();"],
  ["typed array reverse", "const a = new Uint8Array(8e6); for (;;) a.reverse();"],
  ["slices of buffers", "const b = new ArrayBuffer(8e6); for (;;) b.slice(1);"],
  [
    "resizing of buffers",
    "const b = new ArrayBuffer(8, { maxByteLength: 8e6 }); for (;;) { b.resize(8e6); b.resize(8); }",
  ],
  ["new buffers", "for (;;) new ArrayBuffer(8e6);"],
  [
    "JSON.parse of numbers",
    "const t = '[' + '1.2345e-7,'.repeat(5e4) + '1]'; for (;;) JSON.parse(t);",
  ],
  [
    "JSON.parse of strings",
    "const t = '[' + '\"\\\\u00e9\\\\n\",'.repeat(5e4) + '1]'; for (;;) JSON.parse(t);",
  ],
  ["JSON.parse of one string", "const t = '\"' + 'x'.repeat(4e6) + '\"'; for (;;) JSON.parse(t);"],
  [
    "JSON.parse of objects",
    "const t = '[' + '{\"a\":{}},'.repeat(5e4) + '1]'; for (;;) JSON.parse(t);",
  ],
  [
    "JSON.parse of many keys",
    "const t = '{' + Array.from({ length: 3e4 }, (_, i) => `\"k${i}\":1`).join() + '}'; for (;;) JSON.parse(t);",
  ],
  ["JSON.parse of digits", "const t = '1'.repeat(1e6); for (;;) JSON.parse(t);"],
  [
    "JSON.stringify of a list",
    "const a = new Array(1e5).fill({ a: 1 }); for (;;) JSON.stringify(a);",
  ],
  ["JSON.stringify of a string", "const s = '\\u0001\"'.repeat(1e6); for (;;) JSON.stringify(s);"],
  [
    "JSON.stringify with indents",
    "let d = []; for (let i = 0; i < 200; i++) d = [d, d.length]; for (;;) JSON.stringify(d, null, '          ');",
  ],
  [
    "JSON.stringify of one object many times",
    "let d = {}; for (let i = 0; i < 60; i++) d = { a: d, b: d }; JSON.stringify(d);",
  ],
  ["Number of digits", "const t = '1'.repeat(1e6); for (;;) Number(t);"],
  [
    "Number of a fraction",
    "const t = '0.' + '0'.repeat(3e5) + '1' + '7'.repeat(3e5); for (;;) Number(t);",
  ],
  ["parseInt", "const t = 'z'.repeat(1e6); for (;;) parseInt(t, 36);"],
  ["parseFloat", "const t = '9'.repeat(1e6) + 'e-1000000'; for (;;) parseFloat(t);"],
  [
    "toFixed",
    "for (;;) { (1e20).toFixed(100); (5e-324).toPrecision(100); (1.7e308).toString(2); }",
  ],
  ["numbers to text", "for (let x = 1.1; ; x = x * 1.7 % 1e300) String(x);"],
  ["numbers in base 3", "for (let x = 1.1e-300; ; x = x * 1.7 % 1e300) x.toString(3);"],
  ["big integer products", "let x = 3n; for (;;) x = x * x;"],
  ["big integer powers", "for (;;) try { 7n ** 100000n; } catch {}"],
  ["big integer division", "const a = 7n ** 30000n; const b = 7n ** 15000n + 1n; for (;;) a / b;"],
  [
    "big integer remainder",
    "const a = (1n << 200000n) - 1n; const b = (1n << 100000n) - 3n; for (;;) a % b;",
  ],
  ["big integer to text", "const a = 7n ** 20000n; for (;;) a.toString();"],
  ["big integer from text", "const t = '7'.repeat(30000); for (;;) BigInt(t);"],
  ["big integer in base 7", "const a = 7n ** 5000n; for (;;) a.toString(7);"],
  ["big integer shifts", "const a = 1n << 500000n; for (;;) (a << 400001n) >> 70001n;"],
  ["big integer bits", "const a = (1n << 900000n) - 1n; for (;;) (a & -a) | ~a;"],
  ["big integer asUintN", "const a = -(1n << 900000n); for (;;) BigInt.asUintN(900001, a);"],
  ["big integer sums", "const a = (1n << 900000n) - 1n; for (;;) a + 1n;"],
  ["big integer order", "const a = 1n << 900000n; const b = a + 1n; for (;;) (a < b, a == b);"],
  [
    "big integer against text",
    "const a = 1n << 9000n; const t = '7'.repeat(3000); for (;;) a == t;",
  ],
  ["big integer factorial", "let a = 1n; for (let i = 1n; ; i++) a *= i;"],
  ["big integer tower", "let a = 2n; for (;;) try { a = 2n ** a; } catch { a = 2n; }"],
  [
    "Map that grows",
    "const m = new Map(); for (let i = 0; ; i++) { m.set(i, i); if (i % 1e5 === 0) m.clear(); }",
  ],
  [
    "Map that is copied",
    "const m = new Map(Array.from({ length: 2e4 }, (_, i) => [i, i])); for (;;) new Map(m);",
  ],
  [
    "Set algebra",
    "const a = new Set(Array.from({ length: 2e4 }, (_, i) => i)); for (;;) a.union(a).difference(a);",
  ],
  ["colliding keys", "const m = new Map(); for (let i = 0; ; i++) m.set(i * 2 ** 20, i);"],
  ["colliding floats", "const m = new Map(); for (let i = 0; ; i++) m.set(i * 2 ** -30, i);"],
  [
    "colliding objects",
    "const m = new Map(); const o = Array.from({ length: 3e4 }, () => ({})); for (;;) for (const k of o) m.set(k, 1);",
  ],
  [
    "groupBy",
    "const a = Array.from({ length: 5e4 }, (_, i) => i); for (;;) Object.groupBy(a, (x) => x % 1000);",
  ],
  [
    "Object.assign",
    "const o = {}; for (let i = 0; i < 5e3; i++) o[`k${i}`] = i; for (;;) Object.assign({}, o);",
  ],
  [
    "Object.entries",
    "const o = {}; for (let i = 0; i < 2e4; i++) o[i * 3] = i; for (;;) Object.entries(o);",
  ],
  ["Object.freeze", "for (;;) Object.freeze(Array.from({ length: 1e4 }, (_, i) => i));"],
  [
    "index keys",
    "const o = {}; for (let i = 0; i < 2e4; i++) o[(i * 7919) % 20011] = i; for (;;) Object.keys(o);",
  ],
  [
    "deletes",
    "for (;;) { const o = {}; for (let i = 0; i < 5e3; i++) o[`k${i}`] = i; for (let i = 0; i < 5e3; i++) delete o[`k${i}`]; }",
  ],
  [
    "delete from a global",
    "for (let i = 0; ; i++) { globalThis[`k${i}`] = 1; if (i % 1000 === 999) for (let j = i - 999; j <= i; j++) delete globalThis[`k${j}`]; }",
  ],
  ["symbols", "const a = []; for (let i = 0; ; i++) { Symbol.for(`s${i}`); a.push(Symbol()); }"],
  ["atoms", "const o = {}; for (let i = 0; ; i++) `k${i}` in o;"],
  [
    "weak maps",
    "for (;;) { const m = new WeakMap(); for (let i = 0; i < 1e4; i++) m.set({}, m); }",
  ],
  ["cycles", "for (;;) { const o = { a: [] }; o.a.push(o, () => o); }"],
  [
    "many live objects under collection",
    "const keep = Array.from({ length: 8e4 }, (_, i) => ({ i })); for (;;) { const o = { keep }; o.o = o; }",
  ],
  [
    "closures",
    "const a = []; for (let i = 0; ; i++) { a.push(() => i); if (a.length > 2e4) a.length = 0; }",
  ],
  [
    "long chains are freed",
    "for (;;) { let o = null; for (let i = 0; i < 2e4; i++) o = { o }; o = null; }",
  ],
  [
    "ropes",
    "for (;;) { let s = ''; for (let i = 0; i < 2e4; i++) s += 'abcdefghij'; s.charCodeAt(5); }",
  ],
  [
    "ropes backwards",
    "for (;;) { let s = ''; for (let i = 0; i < 5e3; i++) s = 'abcdefghij' + s; s.charCodeAt(5); }",
  ],
  [
    "ropes compared",
    "let s = ''; let t = ''; for (let i = 0; i < 1e5; i++) { s += 'ab'; t += 'ab'; } for (;;) (s + 'x') === (t + 'x');",
  ],
  ["String.raw", "const strings = { raw: { length: 2 ** 53 - 1 } }; String.raw(strings);"],
  ["template strings", "const s = 'x'.repeat(1e5); for (;;) `${s}${s}${s}${s}`;"],
  [
    "atob",
    "const s = 'x'.repeat(2e6); for (;;) typeof atob === 'function' ? atob(btoa(s)) : s.at(-1);",
  ],
  [
    "bytes as text",
    "const a = new Uint8Array(5e5); for (;;) a.toBase64 ? Uint8Array.fromBase64(a.toBase64()) : a.join();",
  ],
].map(([name = "", text = ""]) => ({ name, text, ends: ["out-of-fuel"] }));
