// What the machine answers: hex, UTF-8, hashes, signatures, rows, and the block.
const bytes = (text) => Array.from(text, (char) => char.charCodeAt(0) & 255);
const given = (size) => Array.from(kith.window.slice(0, Math.max(0, Math.min(size, 80))));
show(kith.ask(7, bytes("abc")), given(32), kith.ask(7, []), given(32), kith.ask(5, [0, 255, 16]), given(6));
for (const text of ["", "ä😀", "\ud800x", "a\u0000b", "\udc00\ud800"]) {
  kith.words[1] = 0;
  kith.host(2, text);
  show(text, kith.words[0], given(kith.words[0]));
}
for (const list of [[104, 105], [0xc3, 0xa4], [0xff], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98, 0x80], []]) {
  show(list, kith.ask(4, list));
  kith.ask(3, list);
  kith.window.set(list);
  kith.words[1] = list.length;
  show(kith.host(3));
}
for (const text of ["00ff", "0", "zz", "ABcd", ""]) {
  kith.words[1] = 0;
  kith.host(6, text);
  show(text, kith.words[0], kith.words[1], given(kith.words[0]));
}
for (const operation of [10, 11, 12, 13, 14]) show(operation, kith.ask(operation), given(kith.words[0]), kith.words[1], kith.words[2]);
show(kith.ask(8, new Array(96).fill(1)), kith.ask(9, new Array(140).fill(4)), kith.ask(8, [1]));
for (let i = 0; i < 5; i++) show(kith.ask(17, [i, i + 1], 0));
show(kith.ask(15, [2, 3], 0), given(2), kith.ask(15, [9], 0), kith.ask(18, [2, 3], 0), kith.ask(18, [2, 3], 0));
show(kith.ask(16, [], 0, 0, -1, -1, 1, 10), given(40), kith.ask(16, [], 5, 0, -1, -1, 0, 10), given(60), kith.ask(20, bytes("event"), 5), given(60), kith.ask(21), kith.ask(22, bytes("select 1"), 8), given(60));
console.log("goes", { to: 1n }, new Error("nobody"));
