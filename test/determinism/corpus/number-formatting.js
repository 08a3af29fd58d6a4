// How numbers become text: shortest digits, fixed digits, exponents, other bases.
const numbers = [
  0, -0, 1, -1, 0.1, 0.2 + 0.1, 1 / 3, 1e21, 1e20, 123456789012345680000, 1.7976931348623157e308,
  5e-324, 2.2250738585072014e-308, 1e-7, 0.000001, 123.456, 9007199254740993, 4294967295.5, 1e23,
  0.5, 1.5, 2.5, -1.005, 1.255, 10.235, 8.345, NaN, Infinity, -Infinity, 5e-7, 1.45, 25, 35.5,
];
for (const number of numbers) {
  show(number, String(number), number + "", `${number}`, JSON.stringify([number]));
  for (const digits of [0, 1, 2, 5, 20, 100]) show(digits, number.toFixed(digits));
  for (const digits of [1, 2, 7, 17, 21, 100]) show(digits, number.toPrecision(digits));
  for (const digits of [undefined, 0, 3, 20, 100]) show(digits, number.toExponential(digits));
  for (const base of [2, 3, 7, 8, 16, 31, 36]) show(base, number.toString(base));
  show(number.toLocaleString());
}
for (const wrong of [-1, 101, NaN, "x"]) {
  for (const method of ["toFixed", "toPrecision", "toExponential", "toString"]) {
    try {
      show(method, wrong, (1.5)[method](wrong));
    } catch (error) {
      show(method, wrong, error.name, error.message);
    }
  }
}
let state = 12345;
for (let i = 0; i < 150; i++) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  const number = new Float64Array(new Uint32Array([state, Math.imul(state, 2654435761) >>> 1]).buffer)[0];
  show(number, number.toPrecision(6), number.toString(36));
}
