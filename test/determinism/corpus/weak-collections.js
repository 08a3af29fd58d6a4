// Weak maps and sets hold what they should; when memory is collected does not show.
const keys = Array.from({ length: 200 }, (_, i) => ({ i }));
const map = new WeakMap(keys.map((key, i) => [key, { i, key }]));
const set = new WeakSet(keys.filter(({ i }) => i % 3 === 0));
show(keys.every((key) => map.get(key).i === key.i), keys.filter((key) => set.has(key)).length);
for (let round = 0; round < 50; round++) {
  for (let i = 0; i < 100; i++) map.set({ round, i }, { cycle: map, self: keys[i] });
}
show(keys.every((key) => map.has(key)), map.delete(keys[0]), map.has(keys[0]), map.get(keys[0]));
for (const wrong of [1, "s", null, undefined, Symbol.for("registered")]) {
  try {
    show(String(wrong), map.set(wrong, 1) === map);
  } catch (error) {
    show(String(wrong), error.name, error.message);
  }
}
const symbol = Symbol("own");
try {
  map.set(symbol, 5);
  show(map.get(symbol));
} catch (error) {
  show(error.name, error.message);
}
show(typeof WeakRef, typeof FinalizationRegistry, typeof gc);
