// Descriptors, prototypes, freezing, accessors, property shapes of many objects, Reflect, private names.
const object = Object.defineProperties({}, { hidden: { value: 1 }, shown: { value: 2, enumerable: true }, both: { get: () => 3, configurable: true } });
show(object, Object.keys(object), Object.getOwnPropertyNames(object), Object.getOwnPropertyDescriptor(object, "both"), Object.isFrozen(object), object.propertyIsEnumerable("hidden"));
for (const act of [() => Object.defineProperty(object, "hidden", { value: 2 }), () => Object.defineProperty(object, "x", { get: 1 }), () => Object.defineProperty(object, "x", { get() {}, value: 1 }), () => Object.setPrototypeOf(object, object), () => Object.create(1), () => Object.assign(null), () => Object.fromEntries([1]), () => Reflect.construct(1), () => Object.defineProperty(1, "a", {}), () => structuredClone({})]) {
  try { show(act()); } catch (error) { show(error.name, error.message); }
}
function Shape(i) { this.a = i; if (i % 2) this.b = i; if (i % 3) this.c = i; this[`d${i % 5}`] = i; }
Shape.prototype.sum = function () { return Object.values(this).reduce((x, y) => x + y, 0); };
let total = 0;
for (let i = 0; i < 2000; i++) { const shape = new Shape(i); if (i % 7 === 0) delete shape.a; shape.late = 1; total += shape.sum(); }
show(total, Object.entries(new Shape(5)), new Shape(1) instanceof Shape, Object.getPrototypeOf(Object.create(null)), Reflect.has({ x: 1 }, "x"), Reflect.get({ get x() { return this; } }, "x", 7));
const frozen = Object.freeze({ deep: { free: 1 }, list: [1] });
frozen.deep.free = 2; frozen.list.push(2); frozen.other = 1;
show(frozen, Object.isSealed(Object.seal({})), Object.getOwnPropertySymbols({ [Symbol.iterator]: 1 }).map(String), Object.is(NaN, NaN), Object.is(0, -0));
const proto = { greet() { return `hi ${this.name}`; } };
const child = { __proto__: proto, name: "child", greet() { return super.greet() + "!"; } };
show(child.greet(), proto.isPrototypeOf(child), Object.hasOwn(child, "greet"), child.toString(), child.valueOf() === child, child.__proto__ === proto, child.__lookupGetter__?.("x"));
const wide = {};
for (let i = 0; i < 3000; i++) wide[`key${i * 7919 % 3001}`] = i;
for (let i = 0; i < 3000; i += 2) delete wide[`key${i}`];
show(Object.keys(wide).length, Object.keys(wide).slice(0, 10), Object.values(wide).reduce((a, b) => a + b, 0));
for (const value of [1, "s", true, Symbol.iterator, 1n, null, undefined, [], {}, () => 1, /r/, new Date(0), new Map(), new Error("e"), Math, JSON, globalThis, (function () { return arguments; })()]) show(Object.prototype.toString.call(value), typeof value);
for (const hint of [{ [Symbol.toPrimitive]: (h) => h }, { valueOf: () => 1, toString: () => "s" }, { valueOf: () => ({}), toString: () => "t" }]) show(`${hint}`, hint + "", +hint, hint == "s", hint * 2, hint < 2);
