import { fail, fixedLayout, type Layout } from "./layout.ts";
import { plainNumber } from "./plain.ts";

const valid = (): boolean => true;

export const u8Layout: Layout<number> = fixedLayout<number>(1, {
  plain: plainNumber("Uint8"),
  put: (out, at, value) => out.view.setUint8(at, value),
  check: valid,
  get: (source, at) => source.view.getUint8(at),
});

export const i8Layout: Layout<number> = fixedLayout<number>(1, {
  plain: plainNumber("Int8"),
  put: (out, at, value) => out.view.setInt8(at, value),
  check: valid,
  get: (source, at) => source.view.getInt8(at),
});

export const u16Layout: Layout<number> = fixedLayout<number>(2, {
  plain: plainNumber("Uint16"),
  put: (out, at, value) => out.view.setUint16(at, value, true),
  check: valid,
  get: (source, at) => source.view.getUint16(at, true),
});

export const i16Layout: Layout<number> = fixedLayout<number>(2, {
  plain: plainNumber("Int16"),
  put: (out, at, value) => out.view.setInt16(at, value, true),
  check: valid,
  get: (source, at) => source.view.getInt16(at, true),
});

export const u32Layout: Layout<number> = fixedLayout<number>(4, {
  plain: plainNumber("Uint32"),
  put: (out, at, value) => out.view.setUint32(at, value, true),
  check: valid,
  get: (source, at) => source.view.getUint32(at, true),
});

export const i32Layout: Layout<number> = fixedLayout<number>(4, {
  plain: plainNumber("Int32"),
  put: (out, at, value) => out.view.setInt32(at, value, true),
  check: valid,
  get: (source, at) => source.view.getInt32(at, true),
});

export const u64Layout: Layout<bigint> = fixedLayout<bigint>(8, {
  plain: plainNumber("BigUint64"),
  put: (out, at, value) => out.view.setBigUint64(at, value, true),
  check: valid,
  get: (source, at) => source.view.getBigUint64(at, true),
});

export const i64Layout: Layout<bigint> = fixedLayout<bigint>(8, {
  plain: plainNumber("BigInt64"),
  put: (out, at, value) => out.view.setBigInt64(at, value, true),
  check: valid,
  get: (source, at) => source.view.getBigInt64(at, true),
});

const highWord = 0x1_0000_0000;
const safeHighWordMax = 0x1f_ffff;

/** A u64 whose value fits a number exactly: 0 to 2^53-1. */
export const u64NumberLayout: Layout<number> = fixedLayout<number>(8, {
  plain: { kind: "wide" },
  put: (out, at, value) => {
    out.setU32(at, value >>> 0);
    out.setU32(at + 4, Math.floor(value / highWord));
  },
  check: (input, at) =>
    input.view.getUint32(at + 4, true) <= safeHighWordMax ||
    fail(input, "fracpack-integer-out-of-range", at),
  get: (source, at) =>
    source.view.getUint32(at, true) + highWord * source.view.getUint32(at + 4, true),
});

export const f32Layout: Layout<number> = fixedLayout<number>(4, {
  put: (out, at, value) => out.view.setFloat32(at, value, true),
  check: valid,
  get: (source, at) => source.view.getFloat32(at, true),
});

export const f64Layout: Layout<number> = fixedLayout<number>(8, {
  put: (out, at, value) => out.view.setFloat64(at, value, true),
  check: valid,
  get: (source, at) => source.view.getFloat64(at, true),
});

export const boolLayout: Layout<boolean> = fixedLayout<boolean>(1, {
  plain: { kind: "bool" },
  put: (out, at, value) => out.view.setUint8(at, value ? 1 : 0),
  check: (input, at) =>
    input.view.getUint8(at) <= 1 || fail(input, "fracpack-integer-out-of-range", at),
  get: (source, at) => source.view.getUint8(at) === 1,
});

/** The one-bit integer of the schema format, as a number. */
export const u1Layout: Layout<number> = fixedLayout<number>(1, {
  put: (out, at, value) => out.view.setUint8(at, value),
  check: (input, at) =>
    input.view.getUint8(at) <= 1 || fail(input, "fracpack-integer-out-of-range", at),
  get: (source, at) => source.view.getUint8(at),
});
