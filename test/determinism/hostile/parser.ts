import type { HostileProgram } from "../hostile-program.ts";

/** What is nested deeper than any parser likes: [name, opening, closing, innermost]. */
const nested = [
  ["parentheses", "(", ")", "1"],
  ["arrays", "[", "]", "1"],
  ["objects", "({a:", "})", "1"],
  ["templates", "`${", "}`", "1"],
  ["functions", "(function(){return ", "})", "1"],
  ["arrows", "a=>", "", "1"],
  ["classes", "(class{[", "](){}})", "1"],
  ["unary", "!", "", "1"],
  ["powers", "2**", "", "1"],
  ["conditions", "0?1:", "", "1"],
  ["assignments", "a=", "", "1"],
  ["spread", "[...", "]", "[]"],
  ["calls", "f(", ")", ""],
  ["await", "async()=>{await ", "}", "1"],
  ["new", "new ", "", "Object"],
  ["patterns", "[[", "]]=a", "a"],
  ["default values", "(a=", ")=>1", "1"],
] as const;

const statements = [
  ["blocks", "{", "}", ";"],
  ["if", "if(1)", "", ";"],
  ["for", "for(;0;)", "", ";"],
  ["labels", "a", "", ";"],
  ["try", "try{", "}catch{}", ";"],
  ["switch", "switch(1){case 1:", "}", ";"],
  ["declared functions", "function f(){", "}", ";"],
] as const;

const depths = "for (const depth of [100, 1000, 20000])";

/** Nested sources, patterns and texts for the engine's own parsers. */
export const parser: readonly HostileProgram[] = [
  {
    name: "an iterator that is its own element",
    text: "const o = { *[Symbol.iterator]() { yield [...o]; } }; [...o];",
    ends: ["stack-exhausted"],
  },
  ...[...nested, ...statements].map(([name, open, close, inner]) => ({
    name,
    text: `let f, a; ${depths} try { eval(${JSON.stringify(open)}.repeat(depth) + ${JSON.stringify(inner)} + ${JSON.stringify(close)}.repeat(depth)); show(depth); } catch (e) { show(depth, e.name); }`,
    ends: ["done", "stack-exhausted"],
  })),
  ...["(", "(?:", "(?=", "(?<=", "(?<!", "[^", "(a|", "(?:(?:a)*"].map((open) => ({
    name: `pattern ${open}`,
    text: `${depths} try { new RegExp(${JSON.stringify(open)}.repeat(depth) + 'a' + ${JSON.stringify(open.startsWith("[") ? "]" : ")")}.repeat(depth)).test('aaa'); show(depth); } catch (e) { show(depth, e.name); }`,
    ends: ["done", "stack-exhausted"],
  })),
  ...["[", '{"a":'].map((open) => ({
    name: `JSON ${open}`,
    text: `${depths} try { JSON.parse(${JSON.stringify(open)}.repeat(depth)); } catch (e) { show(depth, e.name); }`,
    ends: ["done", "stack-exhausted"],
  })),
  {
    name: "a long source",
    text: "for (;;) eval('a=1;'.repeat(1e5)); var a;",
    ends: ["out-of-fuel"],
  },
  {
    name: "a long expression",
    text: "for (;;) eval('1' + '+1'.repeat(1e5));",
    ends: ["out-of-fuel"],
  },
  {
    name: "many variables",
    text: "const t = Array.from({ length: 5e4 }, (_, i) => `let v${i}=${i};`).join(''); for (;;) try { eval(t); } catch (e) { show(e.name); break; } for (;;);",
    ends: ["out-of-fuel"],
  },
  {
    name: "many constants",
    text: "const t = '[' + Array.from({ length: 5e4 }, (_, i) => `'s${i}',${i}.5`).join() + ']'; for (;;) eval(t);",
    ends: ["out-of-fuel"],
  },
  {
    name: "many functions",
    text: "const t = Array.from({ length: 5e3 }, (_, i) => `function f${i}(){return ${i}}`).join(''); for (;;) eval(t);",
    // An assertion of the engine fails when it frees them: its memory is thrown away.
    ends: ["service-trapped"],
  },
  {
    name: "optional chains",
    text: "const t = 'a' + '?.a'.repeat(2e4); for (let a;;) eval(t);",
    ends: ["out-of-fuel"],
  },
  {
    name: "one long name",
    text: "const n = 'n'.repeat(1e6); for (;;) eval(`var ${n} = 1; ${n}`);",
    ends: ["out-of-fuel"],
  },
  {
    name: "comments and line breaks",
    text: "const t = '/* * */\\n// x\\n'.repeat(1e5) + '1'; for (;;) eval(t);",
    ends: ["out-of-fuel"],
  },
  {
    name: "back-tracking arrows",
    text: "const t = '('.repeat(25) + 'a' + ')=>1'.repeat(25); for (;;) try { eval(t); } catch {}",
    ends: ["out-of-fuel"],
  },
  {
    name: "arrows as default values",
    text: "for (let n = 1; ; n++) try { eval('(a=(b='.repeat(n % 30) + '1' + ')=>1)=>1'.repeat(n % 30)); } catch {}",
    ends: ["out-of-fuel"],
  },
];
