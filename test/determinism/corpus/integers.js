// Shifts, wrap-around and remainders of 32-bit numbers.
const values = [0, 1, -1, 2147483647, -2147483648, 4294967295, 4294967296, 1.9, -1.9, NaN, 1e20, -1e20, "7", null, [3]];
for (const left of values) {
  show(left, ~left, left | 0, left >>> 0, Math.clz32(left), -left, +left);
  for (const right of [0, 1, -1, 31, 32, 33, 2147483647, -2147483648, 3.7]) {
    show(left << right, left >> right, left >>> right, left & right, left ^ right, left % right, left * right);
    show(Math.imul(left, right), left / right, left - right, left ** right, left < right, left == right);
  }
}
let hash = 2166136261;
for (let i = 0; i < 20000; i++) hash = Math.imul(hash ^ (i & 255), 16777619);
show(hash, hash >>> 0);
