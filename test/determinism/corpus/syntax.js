// Template literals, labels, closures, destructuring, classes, getters, symbols, tagged templates, with, switch.
const tag = (strings, ...values) => [strings, strings.raw, values];
show(tag`a${1}\n${{ b: 2 }}\u0041`, `${[1, [2, 3]]} ${null} ${{}} ${() => 1}`, tag`x` === tag`x`);
outer: for (let i = 0; i < 5; i++) {
  inner: for (let j = 0; ; j++) {
    if (j === 3) continue outer;
    if (i === 3) break outer;
    if (i === j) continue inner;
    show(i, j);
  }
}
block: { show("in"); if (true) break block; show("never"); }
const closures = [];
for (let i = 0; i < 3; i++) closures.push(() => i++);
for (var v = 0; v < 3; v++) closures.push(() => v);
show(closures.map((each) => each()), closures.map((each) => each()));
const { a = 1, b: { c = 2, ...others } = {}, ...rest } = { b: { c: null, d: 4, e: 5 }, f: 6, [Symbol.for("s")]: 7 };
const [p, , q = p + 1, ...r] = "héllo";
show(a, c, others, rest, p, q, r);
class Base {
  static #count = 0;
  #secret = ++Base.#count;
  static { this.made = "static block"; }
  field = `field ${this.#secret}`;
  get secret() { return this.#secret; }
  set secret(value) { this.#secret = value * 2; }
  static has(object) { return #secret in object; }
  *[Symbol.iterator]() { yield* [1, 2, this.#secret]; }
  ["computed" + 1]() { return super.toString(); }
  get [Symbol.toStringTag]() { return "Based"; }
}
class Derived extends Base {
  constructor(...given) { super(); this.given = given; this.secret = 21; }
  get secret() { return super.secret + 1; }
  set secret(value) { super.secret = value; }
  static create() { return new this(...arguments); }
}
const derived = Derived.create(1, 2);
show(derived, [...derived], derived.secret, derived.computed1(), Base.has(derived), Base.has({}), Base.made, Derived.name, Derived.length, String(derived));
const object = { get x() { return this.y ?? "none"; }, set x(value) { this.y = value; }, "quoted key": 1, async *m() {}, __proto__: { inherited: 1 }, ["__proto__"]: 2 };
object.x ||= 5; object.z ??= 6; object.x &&= 7;
show(object, object.x, object?.w?.v.u, object.m.constructor.name, Object.getOwnPropertyDescriptors(object), delete object?.y);
show([typeof missing, typeof null, void 0, (1, 2), 0 ?? 1, null ?? 1, 2 ** 3 ** 2, +"3" + +"4", "b" + "a" + +"a" + "a", [] + {}, [] == false, null >= 0, "2" > "12", [2] > 1]);
function sloppy(a) { arguments[0] = 9; return [a, arguments.length, typeof this, sloppy.caller === undefined]; }
function strict(a) { "use strict"; arguments[0] = 9; return [a, arguments.length, typeof this]; }
show(sloppy(1), strict(1), (function () { return typeof this; })(), ((...x) => x.length)(1, 2), function () {}.name, (class {}).name);
with ({ w: 1, show }) show(w);
switch (3) { case 1: show(1); default: show("default"); case 2: show(2); break; case 4: show(4); }
const s = Symbol("described");
show(s.description, Symbol.for("k") === Symbol.for("k"), Symbol.keyFor(Symbol.for("k")), Object(s).toString(), { [s]: 1 }, Reflect.ownKeys(Symbol).map(String));
var hoisted = typeof later; function later() {} var later;
show(hoisted, (() => { try { return tdz; } catch (e) { return e.message; } let tdz; })(), new Function("a", "b", "return a+b")(1, 2), eval("var e = 5; e * 2"), typeof e, (0, eval)("typeof show"));
show(((x, y = x, z = () => y) => { var x = 5; return [x, y, z()]; })(1), [..."ab"].entries().next(), Array.from({ length: 3, 1: "x" }), new Array(5).join("-"), [, 1, , 2].map((n) => n), [1, [2, [3, [4]]]].flat(2), [3, 1, 2].at(-1));
show(Object.fromEntries(new URLSearchParamsOr("a=1&b=2")), isNaN("x"), parseInt("08"), encodeURI("ü?"), 0.1 + 0.2, 0b11, 0o17, 0xff, 1_000, .5e1, 010);
function URLSearchParamsOr(text) { return text.split("&").map((pair) => pair.split("=")); }
show((function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2); })(15), String(function named(a, b) { /* text */ return a; }), String(class A { x = 1 }), `${(a) => a}`);
label: while (true) { do { if (label2()) break label; } while (false); }
function label2() { return true; }
debugger;
show([1, 2, 3].includes(2), "abc".at(-1), Object.hasOwn({ a: 1 }, "a"), [1, 2, 3].findLast((n) => n < 3), [3, 2, 1].toSorted(), [1, 2, 3].toSpliced(1, 1, "x"), "a-b-c".replaceAll("-", "+"), structured());
function structured() { return Object.groupBy?.([1, 2, 3], (n) => (n > 1 ? "many" : "one")); }
