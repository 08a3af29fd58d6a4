// Generators, iterators and their helpers: order, early return, errors thrown in.
const log = [];
function* numbers(from, to) {
  try {
    for (let i = from; i < to; i++) {
      const got = yield i;
      if (got !== undefined) log.push(`got ${got}`);
    }
    return "end";
  } catch (error) {
    log.push(`caught ${error}`);
    yield "after";
  } finally {
    log.push("finally");
  }
}
const g = numbers(0, 5);
show(g.next(), g.next("a"), g.throw("oops"), g.next(), g.next());
for (const n of numbers(0, 10)) if (n === 3) break;
const [first, second] = numbers(7, 9);
show(first, second, log);
function* outer() {
  const result = yield* numbers(0, 2);
  yield `inner gave ${result}`;
  yield* [10, 20];
  yield* "ab";
}
show([...outer()], Array.from(outer(), (x) => typeof x), new Set(outer()), Math.max(...numbers(0, 4)));
const returned = outer();
returned.next();
show(returned.return("early"), returned.next(), log);
const iterator = numbers(0, 100);
show(iterator.filter?.((n) => n % 2).map((n) => n * n).drop(1).take(3).toArray(), numbers(0, 3).reduce?.((a, b) => a + b), numbers(0, 9).some?.((n) => n > 4), numbers(0, 3).flatMap?.((n) => [n, n]).toArray());
const custom = {
  from: 1,
  [Symbol.iterator]() {
    let n = this.from;
    return { next: () => ({ done: n > 4, value: n++ }), return: (value) => { log.push("return called"); return { value }; } };
  },
};
const [x, ...rest] = custom;
show(x, rest, [...custom, ...custom], Object.fromEntries(Array.from(custom, (n) => [n, n])));
for (const each of custom) { if (each > 1) break; }
try {
  for (const each of custom) throw new Error(`at ${each}`);
} catch (error) {
  show(error.message, log);
}
function* fibonacci() { let [a, b] = [0, 1]; for (;;) { yield a; [a, b] = [b, a + b]; } }
let count = 0;
for (const f of fibonacci()) { if (f > 1e9) break; count += f % 7; }
show(count, Object.prototype.toString.call(g), typeof g.next, [...numbers(0, 3).entries?.() ?? []]);
const broken = { [Symbol.iterator]: () => ({ next: () => 1 }) };
try { [...broken]; } catch (error) { show(error.name, error.message); }
