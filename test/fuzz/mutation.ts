import * as fc from "fast-check";

/** One change of some bytes: `at` and `size` are fractions of their length. */
type Change =
  | { readonly kind: "set"; readonly at: number; readonly byte: number }
  | { readonly kind: "word"; readonly at: number; readonly word: number }
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "remove"; readonly at: number; readonly size: number };

const fraction = fc.double({ min: 0, max: 1, noNaN: true });
/** Sizes and pointers that break decoders: nothing, almost nothing, reserved values, the largest. */
const word = fc.constantFrom(
  0,
  1,
  2,
  3,
  4,
  5,
  8,
  0xff,
  0xffff,
  0x7fff_ffff,
  0xffff_fffe,
  0xffff_ffff,
);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), at: fraction, byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("word" as const), at: fraction, word }),
  fc.record({ kind: fc.constant("cut" as const), at: fraction }),
  fc.record({
    kind: fc.constant("insert" as const),
    at: fraction,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant("remove" as const), at: fraction, size: fc.nat(8) }),
);

/** Good bytes after one to four changes. */
export function mutated(good: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(good, fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([bytes, changes]) => changes.reduce(applyChange, bytes));
}

function applyChange(bytes: Uint8Array, step: Change): Uint8Array {
  const at = Math.min(bytes.length, Math.floor(step.at * (bytes.length + 1)));
  switch (step.kind) {
    case "set": {
      const changed = Uint8Array.from(bytes);
      if (at < changed.length) changed[at] = step.byte;
      return changed;
    }
    case "word": {
      const changed = Uint8Array.from(bytes);
      if (at + 4 <= changed.length) new DataView(changed.buffer).setUint32(at, step.word, true);
      return changed;
    }
    case "cut":
      return bytes.slice(0, at);
    case "insert":
      return Uint8Array.from([...bytes.subarray(0, at), ...step.bytes, ...bytes.subarray(at)]);
    case "remove":
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + step.size)]);
  }
}
