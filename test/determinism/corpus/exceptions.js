// What is thrown, what catches it, in which order finally runs, and the text of stacks.
function outer(depth) {
  if (depth > 0) return outer(depth - 1);
  return null.property;
}
const throwing = {
  null: () => outer(3),
  undefined: () => undefined.x.y,
  call: () => ({}).missing(),
  nested: () => ({ a: { b: {} } }).a.b.c.d,
  constant: () => { const x = 1; x = 2; },
  dead: () => { y; let y = 1; },
  missing: () => notDefinedAnywhere,
  construct: () => new (() => 1)(),
  notIterable: () => { const [a] = {}; return a; },
  spread: () => Math.max(...5),
  instance: () => 1 instanceof 1,
  in: () => "a" in "b",
  length: () => new Array(-1),
  frozen: () => { "use strict"; Object.freeze([1]).push(2); },
  property: () => { "use strict"; Object.defineProperty({}, "a", { value: 1 }).a = 2; },
  getter: () => { "use strict"; ({ get a() { return 1; } }).a = 2; },
  prototype: () => Object.setPrototypeOf(Object.preventExtensions({}), {}),
  circle: () => { const a = {}; const b = Object.create(a); Object.setPrototypeOf(a, b); },
  symbol: () => `${Symbol("x")}`,
  super: () => new (class extends Object { constructor() { this.x = 1; } })(),
  derived: () => new (class extends null {})(),
  repeat: () => "x".repeat(-1),
  code: () => String.fromCodePoint(0x110000),
  array: () => new Uint8Array(-1),
  date: () => new Date(NaN).toISOString(),
  reduce: () => [].reduce((a) => a),
  eval: () => eval("1 +"),
  regexp: () => new RegExp("("),
  json: () => JSON.parse("{"),
  uri: () => decodeURI("%"),
  proxy: () => Proxy.revocable({}, {}).proxy.x,
  private: () => { class C { #x = 1; static read(o) { return o.#x; } } return C.read({}); },
  bigint: () => 1n + 1,
  generator: () => { const g = (function* () { g.next(); })(); g.next(); },
  cause: () => { throw new Error("outer", { cause: new TypeError("inner") }); },
  aggregate: () => { throw new AggregateError([new Error("a"), 2], "several"); },
};
for (const [name, act] of Object.entries(throwing)) {
  try {
    show(name, act());
  } catch (error) {
    show(name, error instanceof Error, error, error.cause, error.errors, Reflect.ownKeys(error));
  }
}
const order = [];
function finals(how) {
  for (let i = 0; i < 3; i++) {
    try {
      order.push(`try ${i}`);
      if (how === "return") return i;
      if (how === "break") break;
      if (how === "continue") continue;
      throw how;
    } catch (error) {
      order.push(`catch ${error}`);
      if (i === 1) throw error;
    } finally {
      order.push(`finally ${i}`);
      if (how === "override") return "overridden";
    }
  }
  return "end";
}
for (const how of ["return", "break", "continue", "throw", "override"]) {
  try {
    order.push(finals(how));
  } catch (error) {
    order.push(`out ${error}`);
  }
}
show(order);
for (const strange of [undefined, null, 0, "", Symbol("s"), 1n, [], () => 1, new Proxy({}, {})]) {
  try {
    throw strange;
  } catch (caught) {
    show(typeof caught, caught === strange);
  }
}
class Own extends Error {
  constructor(message, code) {
    super(message);
    this.name = "Own";
    this.code = code;
  }
}
try {
  [1].map(function named() { throw new Own("mine", 7); });
} catch (error) {
  show(error, error.code, error.toString(), error.stack);
}
show(new Error("no throw").stack, Error("without new"), Error.stackTraceLimit, typeof Error.captureStackTrace);
(function () {
  const target = {};
  Error.captureStackTrace?.(target);
  show(target.stack);
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (error, sites) => sites.map?.((site) => `${site.getFunctionName?.()}:${site.getLineNumber?.()}`);
  show(new Error("sites").stack);
  Error.prepareStackTrace = before;
})();
