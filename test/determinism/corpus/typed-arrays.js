// All kinds, their conversions, shared buffers, views, searching and both orders of bytes.
const kinds = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array];
if (globalThis.Float16Array) kinds.push(Float16Array);
const numbers = [0, -0, 1.5, -1.5, 2.5, 127, 128, 255, 256, 300.7, -129, 32768, 65535.5, 2147483648, 4294967296, NaN, Infinity, -Infinity, "12", null, undefined, true, 1e-45, 0.1];
for (const Kind of kinds) {
  const array = new Kind(numbers);
  show(Kind.name, Kind.BYTES_PER_ELEMENT, array, [...array], Kind.from(numbers.slice(0, 5), (n) => n * 2), Kind.of(1, 2, 3));
  show(array.subarray(2, 5), array.slice(-3), array.indexOf(255), array.includes(NaN), array.join("|"), array.at(-1), array.toReversed()[0]);
  show(array.map((n) => n / 3), array.filter((n) => n > 1), array.reduce((a, n) => a + (n || 0), 0), array.findLast((n) => n > 1), array.fill(7, 1, 3), array.copyWithin(0, 3, 5), array.with(0, 9));
  array.set([9, 8], 4);
  array.extra = 1;
  array[100] = 5;
  array["-0"] = 3;
  show(Object.keys(array).length, array[100], "1.5" in array, array.length, Object.getOwnPropertyDescriptor(array, 0));
}
for (const Kind of [BigInt64Array, BigUint64Array]) {
  const array = new Kind([0n, -1n, 2n ** 63n, 2n ** 64n + 5n]);
  show(array, [...array]);
  try {
    array[0] = 1;
  } catch (error) {
    show(error.name, error.message);
  }
}
const buffer = new ArrayBuffer(24);
const view = new DataView(buffer, 3, 17);
view.setInt8(0, -1);
view.setUint16(1, 0x1234);
view.setUint16(3, 0x1234, true);
view.setFloat32(5, Math.PI);
view.setFloat64(9, Math.E, true);
show(new Uint8Array(buffer), view.getInt32(2), view.getUint32(2, true), view.getBigInt64(4), view.getFloat32(5), view.getFloat64(9, true), view.byteOffset, view.byteLength);
for (const wrong of [() => view.getInt8(17), () => view.setFloat64(10, 1), () => view.getInt8(-1), () => new DataView(buffer, 25), () => new Uint16Array(buffer, 1), () => new Uint32Array(buffer, 4, 100), () => new Uint8Array(2).set([1, 2, 3]), () => Uint8Array.prototype.length, () => new Uint8Array([1]).with(1, 1)]) {
  try {
    show(String(wrong), wrong());
  } catch (error) {
    show(String(wrong), error.name, error.message);
  }
}
const overlap = new Uint8Array(16).map((_, i) => i);
overlap.set(overlap.subarray(0, 10), 3);
show(overlap, new Uint16Array(overlap.buffer, 2, 4), new Uint8Array(overlap.buffer.slice(4, 8)));
const moved = overlap.buffer.transfer?.(8);
show(moved?.byteLength, overlap.length, overlap.buffer.detached, overlap[0]);
show(ArrayBuffer.isView(view), Object.prototype.toString.call(new Uint8Array()), structuredCloneType());
function structuredCloneType() {
  return typeof structuredClone + typeof SharedArrayBuffer + typeof Atomics;
}
