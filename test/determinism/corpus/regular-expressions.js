// Groups, look-around, flags, lastIndex, Unicode classes, replacing.
const cases = [
  [/(\d{4})-(\d{2})-(\d{2})/, "on 2026-11-21 or 1999-01-02"],
  [/(?<year>\d{4})-(?<month>\d\d)/gu, "2026-11 2027-12"],
  [/(a+)+b/, "aaaaaaaaaaab"],
  [/(?<=\$)\d+(?!\d|px)/g, "$12 $13px 14"],
  [/(?<!x)y/g, "xy zy y"],
  [/\bfoo\b/gi, "Foo food foo fOO"],
  [/[^\s\S]/, "anything"],
  [/\p{Lu}\p{Ll}+/gu, "Ärger über Öl und Émile Ωμέγα Жук"],
  [/\p{Script=Greek}+/gu, "abc αβγ абв"],
  [/\p{Emoji_Presentation}/gu, "a😀b👩‍🍳c"],
  [/./gu, "a😀\ud800b"],
  [/./g, "a😀b"],
  [/^.$/msu, "a\nb\n😀"],
  [/(?:(a)|b)*/, "abab"],
  [/(z)((a+)?(b+)?(c))*/, "zaacbbbcac"],
  [/\u{1F600}|\x41|\cJ/gu, "A😀\n"],
  [/[\u0130\u0131ſK]/giu, "iIKksS\u212a"],
  [/(?=(a+))a*b\1/, "baaabac"],
  [/x{2,4}?/g, "xxxxxxx"],
  [/\1(a)/, "aa"],
  [/(?:)/g, "abc"],

  [/^(?:\+|-)?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i, "-12.5E+10"],
];
for (const [pattern, text] of cases) {
  show(pattern, pattern.flags, text, pattern.test(text), pattern.lastIndex);
  pattern.lastIndex = 0;
  const match = pattern.exec(text);
  show(match && [...match], match?.index, match?.groups, pattern.lastIndex);
  pattern.lastIndex = 0;
  show(text.match(pattern), text.search(pattern), text.split(pattern), text.replace(pattern, "[$&|$1|$`|$'|$$]"));
  if (pattern.global) show([...text.matchAll(pattern)].map((each) => [each.index, ...each]), text.replaceAll(pattern, (...given) => given.length));
}
const sticky = /a/y;
show(sticky.test("aab"), sticky.lastIndex, sticky.test("aab"), sticky.lastIndex, sticky.test("aab"), sticky.lastIndex);
const indices = /(?<x>b)(c)?/d.exec("abc");
show(indices.indices, indices.indices.groups);
for (const source of ["(", "[", "a{2,1}", "\\", "(?<a>x)(?<a>y)", "(?<a>x)|(?<a>y)", "*", "(?<=", "\\u{110000}", "[b-a]", "(?z)", "(?i:ab)c", "[\\p{L}--[a-z]]", "(?<=a)+", "a**"]) {
  for (const flags of ["", "u", "v", "gg"]) {
    try {
      show(source, flags, new RegExp(source, flags));
    } catch (error) {
      show(source, flags, error.name, error.message);
    }
  }
}
show(RegExp.escape?.("a.b*c 1-2\u2028"), RegExp.prototype.toString.call({ source: "s", flags: "f" }), /[/]\/(?:)/.source);
const words = "the quick brown fox jumps over the lazy dog ".repeat(40);
show(words.replace(/(\w+) (\w+)/g, "$2 $1").length, words.split(/\s+/).length, words.match(/o/g).length);
