import type { HostileProgram } from "../hostile-program.ts";

const a = "'a'.repeat(3e4)";

/** The classics of catastrophic backtracking, and patterns that are large themselves. */
export const patterns: readonly HostileProgram[] = [
  ["(a+)+", `/^(a+)+$/.test(${a} + 'b');`],
  ["(a|a)*", `/^(a|a)*$/.test(${a} + 'b');`],
  ["(a|aa)+", `/^(a|aa)+$/.test(${a} + 'b');`],
  ["(.*)*", "/^(.*)*x$/.test('a'.repeat(5e3));"],
  ["(a*)*b", `/(a*)*b/.test(${a});`],
  ["(x+x+)+y", "/(x+x+)+y/.test('x'.repeat(5e3));"],
  ["nested ten times", "/^((((((((((a+)+)+)+)+)+)+)+)+)+)$/.test('a'.repeat(40) + 'b');"],
  ["quadratic", `for (;;) /a*b/.test(${a});`],
  ["cubic", "for (;;) /a*a*a*b/.test('a'.repeat(3e3));"],
  [
    "e-mail",
    "/^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$/.test('a'.repeat(60) + '!');",
  ],
  ["back references", "/^(a*)\\1\\1\\1\\1b/.test('a'.repeat(2e4));"],
  ["look-ahead", "/^(?=(a+)+$)(?=(a|a)+b)/.test('a'.repeat(40) + 'c');"],
  ["look-behind", "for (;;) /(?<=(a+)+b)c/.test('a'.repeat(2e3) + 'c');"],
  ["counted", "for (;;) /(a{1,100}){1,100}b/.test('a'.repeat(60));"],
  ["counted greatly", "for (;;) /^(?:a?){500}a{500}$/.test('a'.repeat(500));"],
  ["lazy", "for (;;) /a+?a+?a+?b/.test('a'.repeat(2e3));"],
  [
    "case-insensitive classes",
    "const s = 'ſK'.repeat(1e5); for (;;) s.match(/[^\\u0000-\\u1fff]|k/giu);",
  ],
  ["Unicode classes", "const s = 'aß日'.repeat(1e5); for (;;) s.replace(/\\p{L}/gu, '');"],
  ["replace of each character", "const s = 'ab'.repeat(1e5); for (;;) s.replace(/./g, '$&$&');"],
  ["replace with what is before", "const s = 'ab'.repeat(1e3); for (;;) s.replace(/./g, '$`');"],
  ["match of all", "const s = 'ab '.repeat(1e5); for (;;) s.match(/\\w+/g);"],
  ["split", "const s = 'a1b2'.repeat(5e4); for (;;) s.split(/\\d/);"],
  [
    "sticky",
    "const r = /(?:a|b)*/y; const s = 'ab'.repeat(1e5); for (;;) { r.lastIndex = 0; r.exec(s); }",
  ],
  [
    "many groups",
    "const r = new RegExp('(a)'.repeat(250) + 'b'); const s = 'a'.repeat(2e3); for (;;) r.exec(s);",
  ],
  ["compiling a long pattern", "const t = 'a|'.repeat(2e4) + 'b'; for (;;) new RegExp(t);"],
  [
    "compiling large classes",
    "const t = '[' + Array.from({ length: 2000 }, (_, i) => String.fromCharCode(0x100 + i * 3)).join('') + ']'; for (;;) new RegExp(t, 'iu');",
  ],
  ["compiling properties", "for (;;) new RegExp('\\\\p{L}\\\\P{Lu}[\\\\p{Ll}\\\\p{Nd}]', 'iu');"],
  [
    "compiling counts",
    "for (;;) try { new RegExp('(?:(?:(?:a{1000}){1000}){1000}){1000}').test('a'); } catch {}",
  ],
  [
    "compiling names",
    "const t = Array.from({ length: 200 }, (_, i) => `(?<n${i}>a)`).join(''); for (;;) new RegExp(t).exec('a'.repeat(200));",
  ],
].map(([name = "", text = ""]) => ({ name, text, ends: ["out-of-fuel"] }));
