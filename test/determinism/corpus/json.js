// Order of keys, numbers, escapes, revivers and replacers, and where a text is wrong.
const value = {
  b: 1, a: [1, -0, NaN, Infinity, 1e21, 1e-7, null, undefined, () => 1, Symbol("s")], 10: "ten", 2: "two", "-1": "minus",
  nested: { deep: { deeper: { text: "\u0000\u001f\"\\/\u2028\ud800é😀" } } }, u: undefined, date: new Date(0),
  toJSON: undefined, boxed: [new Number(3), new String("s"), new Boolean(false)], set: new Set([1]), map: new Map([[1, 2]]),
};
for (const space of [undefined, 0, 2, 20, "\t", "too long a text", -1]) show(JSON.stringify(value, null, space));
show(JSON.stringify(value, ["a", "nested", "deep", 2]), JSON.stringify(value, (key, each) => (key === "a" ? key : each)));
show(JSON.stringify(undefined), JSON.stringify(Symbol()), JSON.stringify("\udead"), JSON.stringify({ toJSON: (key) => `key ${key}` }));
const texts = [
  '{"b":1,"a":2,"1":3,"__proto__":{"x":1},"b":4}', "[1,2,3,]", '{"a":1,}', "01", "1.", ".5", "-", "1e", "-0", "1E400", "nul", '"\\u12"',
  '"\t"', "[", "{", '{"a"', "", " \n1 ", "\u00a01", "'a'", '"\\x41"', "[1]]", "1 2", '"\\ud83d\\ude00"', "[".repeat(50), "123456789012345678901234567890",
  '{"a":[1,{"b":null}],"c":true}', "\ufeff1", "1//", "NaN",
];
for (const text of texts) {
  try {
    show(text, JSON.parse(text));
  } catch (error) {
    show(text, error);
  }
}
const seen = [];
show(JSON.parse('{"a":[1,2,{"b":3}],"c":{"d":4}}', function (key, each) {
  seen.push([key, typeof each, Array.isArray(this)]);
  return key === "b" ? undefined : typeof each === "number" ? each * 2 : each;
}), seen);
const circle = { name: "circle" };
circle.self = { back: [circle] };
for (const make of [() => JSON.stringify(circle), () => JSON.stringify({ n: 1n }), () => JSON.stringify({ get x() { throw new Error("getter"); } })]) {
  try {
    show(make());
  } catch (error) {
    show(error.name, error.message);
  }
}
const large = Array.from({ length: 500 }, (_, i) => ({ id: i, name: `row ${i}`, tags: ["a", "b", String(i % 7)], value: i / 7 }));
const packed = JSON.stringify(large);
show(packed.length, JSON.stringify(JSON.parse(packed)) === packed, packed.slice(-100));
