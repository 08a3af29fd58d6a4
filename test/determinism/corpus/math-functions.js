// Every function of Math over many arguments, to the last bit.
const values = [
  0, -0, 1, -1, 0.5, -0.5, 2, 10, 100, 1e-10, 1e10, 1e300, -1e300, 5e-324, Math.PI, Math.E, 0.1, 710, -745.2,
  1e22, 123456.789, NaN, Infinity, -Infinity, 4294967296.5, -2147483649, 3, 0.9999999999999999, 1.0000000000000002,
];
const bits = (number) => {
  const words = new Uint32Array(new Float64Array([number]).buffer);
  return words[1].toString(16) + "_" + words[0].toString(16);
};
for (const name of Object.getOwnPropertyNames(Math).sort()) {
  const member = Math[name];
  if (typeof member !== "function") {
    show(name, member, typeof member === "number" ? bits(member) : "");
    continue;
  }
  if (name === "sumPrecise") {
    show(name, member(values.filter(Number.isFinite)), member([0.1, 0.2, 0.3, 1e100, -1e100]), member([]));
    continue;
  }
  if (member.length < 2) show(name, values.map((value) => bits(member(value))).join(" "));
  else {
    for (const left of values.slice(0, 18)) {
      show(name, left, values.slice(0, 22).map((right) => bits(member(left, right))).join(" "));
    }
  }
}
let x = 0.123456789;
let sum = 0;
for (let i = 0; i < 3000; i++) {
  x = Math.abs(Math.sin(x * 12.9898) * 43758.5453) % 1;
  sum += Math.exp(x) * Math.log(x + 1) + Math.tan(x) ** 1.5 - Math.cbrt(x) + Math.atan2(x, sum);
}
show(bits(x), bits(sum), 2 ** 0.5, 10 ** -5, (-8) ** (1 / 3), 1.1 ** 100, bits(0.7 ** 33.3));
