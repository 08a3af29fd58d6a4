// How text becomes numbers, and which digits decide about the last bit.
const texts = [
  "", " ", "0", "-0", "+5", "0x1F", "0b101", "0o17", "0x", "1e3", "1e-400", "1e400", ".5", "5.", ".",
  "1_000", "Infinity", "-Infinity", "infinity", "NaN", "12px", "\u00a012\u2003", "\u180e1", "1e+", "1n",
  "9007199254740993", "9007199254740992.9999999", "179769313486231570814527423731704356798070e267",
  "2.2250738585072011e-308", "2.4703282292062327e-324", "2.4703282292062328e-324", "0.1e-5", "-.0",
  "123456789012345678901234567890", "1".repeat(400), "0." + "0".repeat(330) + "1", "0x" + "f".repeat(300),
  "8.5", "0.500000000000000166533453693773481063544750213623046875",
];
for (const text of texts) {
  show(text.slice(0, 60), Number(text), parseFloat(text), parseInt(text), +text);
  for (const base of [2, 8, 10, 16, 36, 37, 1]) show(base, parseInt(text, base));
  show(isNaN(text), isFinite(text), Number.isInteger(Number(text)), Number.isSafeInteger(Number(text)));
}
let state = 99;
for (let i = 0; i < 200; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  const text = `${state}${Math.imul(state, 7) >>> 0}.${state % 1000}e${(state % 600) - 300}`;
  const bits = new Uint32Array(new Float64Array([Number(text)]).buffer);
  show(text, bits[0], bits[1], text === String(Number(text)));
}
