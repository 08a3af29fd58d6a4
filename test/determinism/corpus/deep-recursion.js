// Where recursion ends is the same everywhere, whatever recurses, and the program goes on behind it.
const depthOf = (recurse) => {
  let deepest = 0;
  try {
    recurse((depth) => {
      if (depth > deepest) deepest = depth;
    });
    return ["ended", deepest];
  } catch (error) {
    return [error.name, error.message, deepest];
  }
};
const ways = {
  plain: (at) => (function f(n) { at(n); return f(n + 1) + 1; })(0),
  many: (at) => (function f(n, a, b, c, d, e) { at(n); const x = [a, b, c, d, e]; return f(n + 1, ...x) + x.length; })(0, 1, 2, 3, 4, 5),
  method: (at) => { const o = { f(n) { at(n); return this.f(n + 1) + 1; } }; o.f(0); },
  getter: (at) => { let n = 0; const o = { get x() { at(n++); return this.x; } }; o.x; },
  toString: (at) => { let n = 0; const o = { toString() { at(n++); return `${o}`; } }; String(o); },
  valueOf: (at) => { let n = 0; const o = { valueOf() { at(n++); return +o; } }; +o; },
  proxy: (at) => { let n = 0; const p = new Proxy({}, { get: (_, key, self) => { at(n++); return self[key]; } }); p.x; },
  has: (at) => { let n = 0; const p = new Proxy({}, { has: (_, key) => { at(n++); return key in p; } }); "x" in p; },
  construct: (at) => { let n = 0; class C { constructor() { at(n++); new C(); } } new C(); },
  map: (at) => { let n = 0; const f = () => { at(n++); return [1].map(f); }; f(); },
  sort: (at) => { let n = 0; const f = () => { at(n++); [2, 1].sort(f); return 0; }; f(); },
  replace: (at) => { let n = 0; const f = () => { at(n++); return "a".replace(/a/, f); }; f(); },
  reviver: (at) => { let n = 0; const f = () => { at(n++); return JSON.parse("[1]", f); }; f(); },
  replacer: (at) => { let n = 0; const f = () => { at(n++); return JSON.stringify([1], f); }; f(); },
  apply: (at) => { let n = 0; const f = () => { at(n++); return Reflect.apply(f, null, []); }; f(); },
  bind: (at) => { let n = 0; const f = () => { at(n++); return f.bind(null)(); }; f(); },
  generator: (at) => { let n = 0; function* g() { at(n++); yield* g(); } [...g()]; },
  eval: (at) => { let n = 0; globalThis.deepEval = () => { at(n++); return (0, eval)("deepEval()"); }; globalThis.deepEval(); },
  function: (at) => { let n = 0; globalThis.deepEval = () => { at(n++); return Function("return deepEval()")(); }; globalThis.deepEval(); },
  bound: () => { let f = () => 1; for (let i = 0; i < 3000; i++) f = f.bind(null); f(); },
  chain: () => { let p = {}; for (let i = 0; i < 3000; i++) p = new Proxy(p, {}); p.x; },
  concat: (at) => { let n = 0; const o = { get [Symbol.isConcatSpreadable]() { at(n++); [].concat(o); } }; [].concat(o); },
  species: (at) => { let n = 0; class A extends Array { static get [Symbol.species]() { at(n++); new A(3).map(() => 1); return Array; } } new A(3).map(() => 1); },
  async: (at) => { let n = 0; const f = async () => { at(n++); return f(); }; f(); },
};
for (const [name, recurse] of Object.entries(ways)) show(name, depthOf(recurse));
const nest = (open, close, count, inner = "1") => open.repeat(count) + inner + close.repeat(count);
for (const count of [3, 10]) {
  for (const [open, close, inner] of [["(", ")"], ["[", "]"], ["{a:", "}"], ["`${", "}`"], ["-", ""], ["!", ""], ["a=>", ""], ["(function(){return ", "})()"], ["1+(", ")"], ["x?1:", ""], ["[...", "]", "[]"], ["{", "}", ";"], ["if(1)", "", ";"], ["a:", "", ";"]]) {
    try {
      const text = nest(open, close, count, inner);
      show(open, count, typeof eval(open === "{" || open === "if(1)" || open === "a:" ? text : `var x=0;(${text})`));
    } catch (error) {
      show(open, count, error.name, error.message);
    }
  }
  for (const [open, close] of [["(", ")"], ["(?:", ")"], ["(?=", ")"], ["(?<=", ")"], ["[^", "]"], ["(a|", ")"]]) {
    try {
      show(open, count, new RegExp(nest(open, close, count, "a")).test("a"));
    } catch (error) {
      show(open, count, error.name, error.message);
    }
  }
  try {
    show(count, JSON.stringify(JSON.parse(nest("[", "]", count))).length);
  } catch (error) {
    show(count, error.name, error.message);
  }
  try {
    let deep = [];
    for (let i = 0; i < count; i++) deep = [deep];
    show(count, JSON.stringify(deep).length);
  } catch (error) {
    show(count, error.name, error.message);
  }
  try {
    let deep = [];
    for (let i = 0; i < count; i++) deep = [deep];
    show(count, deep.flat(Infinity).length, String(deep).length);
  } catch (error) {
    show(count, error.name, error.message);
  }
}
