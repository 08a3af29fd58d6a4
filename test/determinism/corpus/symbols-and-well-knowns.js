// The hooks by which programs change what operators do.
class Even { static [Symbol.hasInstance](n) { return n % 2 === 0; } }
const spread = { length: 2, 0: "a", 1: "b", [Symbol.isConcatSpreadable]: true };
const matcher = { [Symbol.match]: () => "m", [Symbol.replace]: (s, r) => `${s}-${r}`, [Symbol.search]: () => 42, [Symbol.split]: (s) => [s, s], [Symbol.matchAll]: () => [1][Symbol.iterator]() };
show(2 instanceof Even, 1 instanceof Even, [0].concat(spread), "s".match(matcher), "s".replace(matcher, "r"), "s".search(matcher), "s".split(matcher), typeof "s".match(/s/));
show(Object.prototype.toString.call({ [Symbol.toStringTag]: "Tagged" }), Object.keys(Array.prototype[Symbol.unscopables]), `${{ [Symbol.toPrimitive]: (hint) => hint }}`, Reflect.ownKeys(Symbol).filter((k) => typeof Symbol[k] === "symbol").map((k) => Symbol[k].toString()));
const all = [Symbol(), Symbol(""), Symbol("a"), Symbol.for("a"), Object(Symbol("o"))];
show(all.map((s) => s.toString()), all.map((s) => s.description));
const stackOf = (act) => { try { return act(); } catch (error) { return `${error.name}: ${error.message}`; } };
show(stackOf(() => Symbol() + 1), stackOf(() => +Symbol()), stackOf(() => new Symbol()), stackOf(() => Symbol.keyFor("a")), stackOf(() => `${Symbol("t")}`));
const disposed = [];
show(typeof Symbol.dispose, typeof Symbol.asyncDispose, typeof DisposableStack, stackOf(() => eval("{ using x = { [Symbol.dispose]() { disposed.push(1); } }; }")), disposed);
