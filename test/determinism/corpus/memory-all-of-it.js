// All memory that there is, and what a program can still do when it is used up.
const kept = [];
let refused = "";
try {
  for (;;) kept.push(new Uint8Array(1 << 20));
} catch (error) {
  refused = `${error?.name}: ${error?.message}`;
}
const count = kept.length;
kept.length = 0;
show(count, refused, new Uint8Array(1 << 20).length);
const small = [];
try {
  for (;;) small.push("a".repeat(100_000) + small.length);
} catch (error) {
  refused = `${error?.name}: ${error?.message}`;
}
const texts = small.length;
small.length = 0;
show(texts, refused, "b".repeat(1000).length);
