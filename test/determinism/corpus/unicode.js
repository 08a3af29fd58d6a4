// Normal forms, upper and lower case, surrogates, and what counts as a space or a letter.
const texts = [
  "Straße", "İstanbul ıI", "ΑΣ ΑΣΑ ΣΑΣ Σ", "ﬁ ﬂ ﬀ", "ǆ ǅ Ǆ", "é e\u0301 \u212b Å", "가 각 \u1100\u1161\u11a8", "한글",
  "ﷺ", "㎏ ½ ² ①", "😀👩‍🍳🇩🇪", "\ud800 \udc00 \ud83d", "ŉ ΐ ẞ", "q\u0307\u0323", "q\u0323\u0307", "\u0344\u0958\ufb1f",
  "\u1e9b\u0323", "𝐀𝒜", "ÀÉÎ", "\u0130", "\u{1d15e}\u{1d15f}", "ꙗ Ꙗ", "Ⴀ ა Ა", "\u03c2\u0345",
];
for (const text of texts) {
  show(text, text.length, [...text].length, text.toUpperCase(), text.toLowerCase());
  show(text.toLocaleUpperCase(), text.toLocaleLowerCase(), text.isWellFormed(), text.toWellFormed());
  for (const form of ["NFC", "NFD", "NFKC", "NFKD"]) show(form, text.normalize(form), text.normalize(form).length);
  show([...text].map((char) => char.codePointAt(0)), text.at(-1), text.charCodeAt(1), text.trim().length);
  show(encodeURIComponent(text.toWellFormed()), escape(text), [...text].reverse().join(""));
  show(text < "é", text.localeCompare("é"), text.padEnd(12, "ab").padStart(15, "😀"), text.slice(1, 4), text.substring(3, 1));
}
let upper = 0;
let lower = 0;
let normal = 0;
let letters = 0;
let spaces = 0;
for (let code = 0; code < 0x30000; code += code < 0x3000 ? 1 : 7) {
  if (code >= 0xd800 && code < 0xe000) continue;
  const char = String.fromCodePoint(code);
  const fold = (sum, text) => {
    let next = sum;
    for (let i = 0; i < text.length; i++) next = (Math.imul(next, 31) + text.charCodeAt(i)) | 0;
    return next;
  };
  upper = fold(upper, char.toUpperCase());
  lower = fold(lower, char.toLowerCase());
  if (code < 0x3000) normal = fold(normal, char.normalize("NFKD"));
  if (/\p{L}/u.test(char)) letters++;
  if (/\s/u.test(char)) spaces++;
}
show(upper, lower, normal, letters, spaces);
for (const wrong of ["\ud800", "%", "%zz", "%c0%80", "%f8%88%80%80%80"]) {
  for (const convert of [encodeURIComponent, decodeURIComponent, encodeURI, decodeURI, unescape]) {
    try {
      show(wrong, convert.name, convert(wrong));
    } catch (error) {
      show(wrong, convert.name, error.name, error.message);
    }
  }
}
try {
  "x".normalize("NFX");
} catch (error) {
  show(error.name, error.message);
}
const ölÄ_𝐀 = "names of variables, too";
show(ölÄ_𝐀, "\u{1F600}" === "😀", `\u0041${"\x42"}`, "a\
b");
