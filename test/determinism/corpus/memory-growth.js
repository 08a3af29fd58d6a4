// Memory grows, is freed, is used again; what does not fit is refused in one way.
const kept = [];
for (let i = 0; i < 60; i++) {
  const bytes = new Uint8Array(64 * 1024).fill(i);
  if (i % 3 === 0) kept.push(bytes);
}
show(kept.length, kept.reduce((sum, bytes) => sum + bytes[777], 0));
kept.length = 0;
let text = "";
for (let i = 0; i < 3000; i++) text += `row ${i} `;
show(text.length, text.slice(-20));
const objects = Array.from({ length: 5000 }, (_, i) => ({ i, text: `object ${i}`, list: [i, i + 1] }));
show(objects.filter(({ i }) => i % 500 === 0).map(({ text: each }) => each));
for (const size of [2 ** 20, 2 ** 23, 2 ** 25, 2 ** 28, 2 ** 31, 2 ** 40, 2 ** 53]) {
  for (const make of [(n) => new ArrayBuffer(n), (n) => new Uint8Array(n), (n) => new Array(n).fill(0), (n) => "ab".repeat(n), (n) => "x".padEnd(n).length]) {
    if (size === 2 ** 28 && String(make).includes("fill")) continue;
    try {
      const made = make(size);
      show(size, String(make), made.length ?? made.byteLength ?? made);
    } catch (error) {
      show(size, String(make), error.name, error.message);
    }
  }
}
const resizable = new ArrayBuffer(8, { maxByteLength: 1 << 20 });
const view = new Uint8Array(resizable);
resizable.resize(1 << 19);
show(view.length, resizable.byteLength, resizable.resizable, resizable.transfer(16).byteLength, resizable.detached, view.length);
