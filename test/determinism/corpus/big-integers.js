// Arithmetic of any size, conversion to and from text, and what it refuses.
const values = [0n, 1n, -1n, 7n, -13n, 2n ** 31n, -(2n ** 31n), 2n ** 32n - 1n, 2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n + 3n, 10n ** 50n, -(3n ** 200n)];
for (const left of values) {
  show(left, -left, ~left, left.toString(2), left.toString(16), left.toString(36), BigInt.asIntN(64, left), BigInt.asUintN(64, left), BigInt.asIntN(7, left));
  show(Number(left), parseInt(left), left == Number(left), left < 0.5, typeof left, Boolean(left), JSON.stringify(String(left)));
  for (const right of values) {
    show(left + right, left - right, left * right, left & right, left | right, left ^ right, left < right, left === right);
    if (right !== 0n) show(left / right, left % right);
    if (right > -100n && right < 100n) show(left << right, left >> right);
    if (right >= 0n && right < 20n) show(left ** right);
  }
}
let factorial = 1n;
for (let i = 1n; i <= 250n; i++) factorial *= i;
show(factorial, factorial.toString(7).length, factorial % (10n ** 9n + 7n));
let power = 1n;
const modulus = 2n ** 127n - 1n;
for (let i = 0; i < 127; i++) power = (power * power * 3n) % modulus;
show(power, BigInt("0x" + "f".repeat(100)), BigInt("0b1011"), BigInt("  12  "), BigInt(""), BigInt(1e20), BigInt(true));
let a = 0n;
let b = 1n;
for (let i = 0; i < 2000; i++) [a, b] = [b, a + b];
show(a);
const wrong = [
  () => 1n + 1, () => 1n / 0n, () => 2n ** -1n, () => BigInt(1.5), () => BigInt("1.5"), () => BigInt("x"), () => BigInt(undefined), () => +1n, () => Math.max(1n),
  () => 1n >>> 0n, () => BigInt.asIntN(-1, 1n), () => 1n % 0n, () => new BigInt(1), () => BigInt(NaN), () => 2n ** (2n ** 40n), () => 1n << (2n ** 40n), () => 0n << (2n ** 70n),
];
for (const each of wrong) {
  try {
    show(String(each), each());
  } catch (error) {
    show(String(each), error.name, error.message);
  }
}
show(1n == 1, 2n > 1, 1n == "1", [3n, 1, 2n, 10].sort().map(String), [3n, 1, 2n, 10].sort((x, y) => (x < y ? -1 : 1)).map(String), new BigUint64Array([2n ** 64n - 1n, -1n]));
