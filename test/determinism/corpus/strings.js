// Searching, splitting, joining, ropes and slices of long strings, in one and two bytes a character.
for (const unit of ["abcdefghij", "äöüß", "日本語", "a😀", "x\u0000y"]) {
  let text = "";
  for (let i = 0; i < 400; i++) text += unit + i;
  const half = text.slice(text.length >> 1);
  show(text.length, text.indexOf("399"), text.lastIndexOf(unit), text.includes(half), text.startsWith(unit, unit.length + 1), text.endsWith("9"), text.search("77"));
  show(text.split(unit).length, text.split("").length, text.split("1", 3), text.replaceAll("1", "one").length, text.replace(unit, "$&$&").slice(0, 20), text.toUpperCase().length);
  show(text.codePointAt(1), text.at(-2), [...half].length, half.trim().length, half.concat(text, 1, null).length, text.substr(-5, 3), text.localeCompare(half), text < half, half.repeat(2).length);
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  show(hash, text === text.split("").join(""), text.match(/\d+/g).length, text.normalize() === text);
}
show("".split(""), "".split(","), ",".split(","), "abc".split(/(b)/), "a,b".split(",", -1), "aaa".replaceAll("aa", "b"), "abc".replaceAll("", "-"), "x".padStart(5, ""), "abc".slice(2, -5), "abc".substring(-1, 2));
show("a\tb\u00a0\ufeff\u2029".trim().length, " \u180e".trim().length, "ab".anchor?.('"'), "abc".charAt(9), "abc"[5], "\u{10FFFF}".length, String.raw`\n${1}`, "abc".indexOf(""), "abc".lastIndexOf("", 1), "a".codePointAt(1));
let rope = "";
for (let i = 0; i < 5000; i++) rope = i % 2 ? rope + "r" : "l" + rope;
show(rope.length, rope.indexOf("r"), rope[2499], rope[2500], { [rope]: 1 }[rope]);
for (const wrong of [() => "a".repeat(Infinity), () => "a".replaceAll(/a/, ""), () => "a".matchAll(/a/), () => String.fromCodePoint(-1), () => "a".startsWith(/a/), () => "ab".repeat(2 ** 30), () => Symbol() + "", () => "x".at.call(null)]) {
  try { show(wrong()); } catch (error) { show(error.name, error.message); }
}
// A fault of the engine (decision 0073), which has to be the same everywhere, too.
const flat = "0123456789".repeat(200).split("").join("");
const inTwo = (at) => flat.slice(0, at) + flat.slice(at);
for (const [a, b] of [[600, 1900], [1900, 600], [1, 1900], [1000, 1000], [1000, 1001]]) {
  show(a, b, inTwo(a) == inTwo(b), inTwo(a) != flat, flat == inTwo(b), inTwo(a) === inTwo(b), inTwo(a) <= inTwo(b), Object.is(inTwo(a), flat));
}
