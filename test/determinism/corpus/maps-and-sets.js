// Insertion order, keys that are equal, changes while iterating, set algebra, grouping.
const map = new Map([[NaN, 1], [0, 2], [-0, 3], ["0", 4], [null, 5], [undefined, 6], [1n, 7]]);
show(map, map.size, map.get(NaN), map.get(0), Object.is([...map.keys()][1], 0), map.get(1n), map.has(1));
const keys = [{}, [], () => 1, Symbol("k"), /x/];
for (const [place, key] of keys.entries()) map.set(key, place);
show([...map.values()], map.delete(0), map.set(0, "again"), [...map.keys()].length);
const seen = [];
const growing = new Set([1, 2, 3]);
for (const each of growing) {
  seen.push(each);
  if (each < 20) growing.add(each * 3);
  growing.delete(each === 3 ? 2 : -1);
}
show(seen, growing);
const cleared = new Map([[1, 1], [2, 2], [3, 3]]);
const walked = [];
cleared.forEach((_, key) => {
  walked.push(key);
  if (key === 2) {
    cleared.clear();
    cleared.set(9, 9);
  }
});
show(walked, cleared);
const a = new Set([1, 2, 3, 4]);
const b = new Set([3, 4, 5]);
for (const method of ["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"]) {
  show(method, a[method]?.(b), b[method]?.(a));
}
show(Map.groupBy([1, 2, 3, 4, 5], (n) => (n % 2 ? "odd" : "even")), Object.groupBy(["a", "bb", "cc"], ({ length }) => length));
const many = new Map();
for (let i = 0; i < 3000; i++) many.set(`key ${(i * 7919) % 3001}`, i);
for (let i = 0; i < 3000; i += 3) many.delete(`key ${i}`);
let hash = 0;
for (const [key, each] of many) hash = (Math.imul(hash, 31) + key.length + each) | 0;
show(many.size, hash, [...many.keys()].slice(0, 5));
const object = { z: 1, 5: 1, a: 1, "-1": 1, 4294967294: 1, 4294967295: 1, [Symbol.iterator]: 1, 1.5: 1, "01": 1, 0: 1 };
delete object.a;
object.a = 2;
show(Reflect.ownKeys(object), Object.entries(object), JSON.stringify({ ...object, b: 1 }));
const order = [];
for (const key in Object.create(object, { own: { enumerable: true }, hidden: {}, 7: { enumerable: true } })) order.push(key);
show(order);
for (let i = 0; i < 200; i++) object[`p${(i * 37) % 101}`] = i;
for (let i = 0; i < 101; i += 2) delete object[`p${i}`];
show(Object.keys(object));
