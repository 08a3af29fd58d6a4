// Holes, lengths, species, huge and sparse arrays, changes while iterating.
const sparse = [1, , 3];
sparse[10] = 11;
show(sparse, sparse.length, sparse.map((n) => n * 2), sparse.filter(() => true), Object.keys(sparse), sparse.indexOf(undefined), sparse.includes(undefined), sparse.findIndex((n) => n === undefined), sparse.join(), sparse.reverse(), sparse.flat());
const far = [];
far[4294967294] = "last";
far[100000] = "far";
show(far.length, Object.keys(far), far.indexOf.length);
far.length = 200000;
show(far.length, Object.keys(far));
try { far.length = -1; } catch (error) { show(error.name, error.message); }
const list = Array.from({ length: 100 }, (_, i) => (i * 37) % 101);
show(list.splice(10, 5, "a", "b"), list.length, list.shift(), list.unshift(1, 2, 3), list.pop(), list.push(9), list.slice(-4), list.lastIndexOf(9), list.copyWithin(0, 50, 53).slice(0, 5), list.fill("f", 95).slice(-3), list.concat([1], 2, [[3]]).length);
show(list.reduceRight((a, b) => `${a}${b}`.slice(-20)), list.some((n) => n > 99), list.every((n) => n !== 500), list.flatMap((n) => (n > 95 ? [n, n] : [])), [..."ab"].keys().next(), list.toSpliced(0, 90), list.with(0, "w")[0]);
const visited = [];
const changing = [1, 2, 3];
changing.forEach((n, i) => { visited.push(n); if (i < 5) changing.push(n * 10); if (i === 1) changing.shift(); });
for (const n of changing) { visited.push(n); if (visited.length < 20) changing.push(n + 1); }
show(visited, changing);
class Mine extends Array { sum() { return this.reduce((a, b) => a + b, 0); } }
const mine = Mine.from([1, 2, 3]);
show(mine, mine.map((n) => n * 2) instanceof Mine, mine.filter(Boolean).sum(), Mine.of(4).length, mine.concat(4).constructor.name);
const like = { length: 3, 0: "x", 2: "z" };
show(Array.prototype.map.call(like, (n) => n + n), Array.prototype.push.call(like, 1, 2), like, Array.prototype.join.call("abc", "-"), Array.prototype.slice.call(like, 1), Array.prototype.at.call(like, -1));
const matrix = Array.from({ length: 20 }, (_, i) => Array.from({ length: 20 }, (_, j) => (i * j) % 7));
let product = matrix;
for (let k = 0; k < 3; k++) product = product.map((row) => matrix[0].map((_, j) => row.reduce((sum, n, i) => (sum + n * matrix[i][j]) % 1009, 0)));
show(product);
const stack = [];
for (let i = 0; i < 20000; i++) { stack.push(i); if (i % 3 === 0) stack.shift(); }
show(stack.length, stack[0], stack.at(-1));
