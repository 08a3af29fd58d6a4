// Sorting is stable, calls the comparator in one order, and bears comparators that contradict themselves.
let state = 7;
const next = (below) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return (state >>> 8) % below;
};
for (const size of [0, 1, 2, 5, 10, 11, 63, 64, 65, 300, 1000]) {
  const rows = Array.from({ length: size }, (_, place) => ({ key: next(1 + (size >> 2)), place }));
  let calls = 0;
  let order = 0;
  const sorted = rows.slice().sort((a, b) => {
    calls++;
    order = Math.imul(order, 31) + a.place * 7 + b.place;
    return a.key - b.key;
  });
  show(size, calls, order, sorted.map(({ key, place }) => `${key}.${place}`).join());
  show(rows.map(({ key }) => key).sort().join(), rows.toSorted((a, b) => b.key - a.key).map(({ place }) => place));
}
const mixed = [3, undefined, "10", 9, null, NaN, -0, true, "b", "B", "ä", "z", , { toString: () => "k" }, 1n];
show(mixed.slice().sort().map(String).join("|"), mixed.toSorted().length, mixed.length);
for (const wrong of [() => 1, () => -1, () => 0, () => NaN, (a, b) => (next(3) - 1), () => "x", () => undefined]) {
  show(Array.from({ length: 40 }, (_, i) => (i * 17) % 23).sort(wrong).join());
}
const shrinking = Array.from({ length: 50 }, (_, i) => 50 - i);
shrinking.sort((a, b) => {
  if (shrinking.length > 10) shrinking.length = 10;
  return a - b;
});
show(shrinking);
try {
  [3, 2, 1].sort((a) => {
    throw new Error("while comparing " + a);
  });
} catch (error) {
  show(error);
}
show(new Float64Array([3, NaN, -0, 0, -5, Infinity, 1e-300]).sort(), new Int8Array([5, -128, 127, 0]).sort((a, b) => b - a));
show(new BigInt64Array([5n, -9223372036854775808n, 3n]).sort(), ["é", "e", "f", "E", "😀", "\uffff"].sort());
show(["a", "B", "ä", "Z"].sort((a, b) => a.localeCompare(b)), "a".localeCompare("b"), "ä".localeCompare("z"));
