// The bits of floats, as typed arrays show them: zeros, denormals, and one NaN for all.
const doubles = new Float64Array(1);
const doubleWords = new Uint32Array(doubles.buffer);
const singles = new Float32Array(1);
const singleWords = new Uint32Array(singles.buffer);
const nans = {
  "0/0": () => 0 / 0,
  "-(0/0)": () => -(0 / 0),
  "inf-inf": () => Infinity - Infinity,
  "0*inf": () => 0 * Infinity,
  "inf%1": () => Infinity % 1,
  "sqrt(-1)": () => Math.sqrt(-1),
  "log(-1)": () => Math.log(-1),
  "pow(-1,.5)": () => Math.pow(-1, 0.5),
  "acos(2)": () => Math.acos(2),
  "sin(inf)": () => Math.sin(Infinity),
  text: () => Number("x"),
  undefined: () => +undefined,
  "max(nan,1)": () => Math.max(NaN, 1),
  "hypot(nan)": () => Math.hypot(NaN, 1),
  "fround(-nan)": () => Math.fround(-NaN),
  "-0/0": () => -0 / 0,
  "atan2": () => Math.atan2(NaN, 1),
  "f16round": () => Math.f16round?.(NaN),
};
for (const [name, make] of Object.entries(nans)) {
  doubles[0] = make();
  singles[0] = make();
  const viaSingle = new Float64Array(new Float32Array([make()]));
  show(name, doubleWords[0], doubleWords[1], singleWords[0], viaSingle, new Float32Array([make()]));
  if (doubleWords[1] !== 0x7ff80000 || doubleWords[0] !== 0 || singleWords[0] !== 0x7fc00000) throw new Error(name);
  const view = new DataView(new ArrayBuffer(16));
  view.setFloat64(0, make());
  view.setFloat32(8, make(), true);
  view.setFloat16?.(12, make());
  show(new Uint8Array(view.buffer));
}
// Bits of a NaN that come in from outside do not come out again.
for (const bits of [0x7ff00000, 0x7ff80000, 0xfff80000, 0xffffffff, 0x7fffffff, 0xfff00000]) {
  doubleWords[1] = bits;
  doubleWords[0] = 0x1234;
  const read = doubles[0];
  const copy = new Float64Array([read]);
  const asSingle = new Float32Array([read]);
  show(bits, read, copy, asSingle, new Float64Array(doubles), doubles.slice(), -read, new Float64Array([-read]));
  show(new Float32Array(doubles), Float32Array.from(doubles), [...doubles], new Float32Array(1).fill(read));
  singleWords[0] = bits >>> 1;
  show(new Float64Array(singles), new Float32Array(singles), new Float64Array([singles[0]]));
  const sorted = new Float64Array([3, read, -0, 0, read, -Infinity]).sort();
  show(sorted, sorted.indexOf(NaN), sorted.includes(NaN));
}
for (const number of [0, -0, 5e-324, -5e-324, 1e-310, 2.2250738585072014e-308, 1e-45, 1.4e-45, 7e-46, 3.4028236e38]) {
  doubles[0] = number;
  singles[0] = number;
  show(number, doubleWords[0], doubleWords[1], singleWords[0], Math.fround(number), 1 / number, Object.is(number, -0));
  show(number * 0.5, number / 3, number + number, number - number, number % 1e-320, -number, Math.f16round?.(number));
}
for (let i = 0, x = 1; i < 1080; i++, x /= 2) if (i > 1015) show(x, x.toString(2).length);
for (const number of [65504, 65519.99, 65520, 6e-8, 2.9e-8, 3e-8, 1.0009765625, 1.00048828125]) {
  show(number, Math.f16round?.(number), globalThis.Float16Array && new Float16Array([number]));
}
