import { bytesOfTrustedHex, toHex } from "../hashes.ts";
import { fail, fixedLayout, variableLayout, type Layout, type Reader } from "./layout.ts";
import { isUtf8, readUtf8, writeUtf8 } from "./utf8.ts";

const empty = new Uint8Array(0);

/** A list of u8. Reading gives a part of the source, not a copy. */
export function bytesLayout(bytesMax: number): Layout<Uint8Array> {
  return variableLayout<Uint8Array>({
    plain: { kind: "bytes", bytesMax },
    append: (out, value) => {
      out.setU32(out.reserve(4), value.length);
      out.copy(value);
    },
    checkWhole: (input) => checkBlob(input, bytesMax),
    read: ({ data, view }, at) => data.subarray(at + 4, at + 4 + view.getUint32(at, true)),
    viewWhole: ({ data, view }, at) => data.subarray(at + 4, at + 4 + view.getUint32(at, true)),
    empty: {
      is: (value) => value.length === 0,
      make: () => empty,
      view: () => empty,
      allowed: () => true,
    },
  });
}

/** `bytesMax` limits the text's size as UTF-8. */
export function textLayout(bytesMax: number): Layout<string> {
  return variableLayout<string>({
    plain: { kind: "text", bytesMax },
    append: (out, value) => {
      const at = out.reserve(4);
      writeUtf8(out, value);
      out.setU32(at, out.pos - at - 4);
    },
    checkWhole: (input) => {
      const start = input.pos + 4;
      if (!checkBlob(input, bytesMax)) return false;
      return (
        isUtf8(input.data, input.view, start, input.pos) ||
        fail(input, "fracpack-text-not-utf8", start - 4)
      );
    },
    read: ({ data, view }, at) => readUtf8(data, at + 4, at + 4 + view.getUint32(at, true)),
    viewWhole: ({ data, view }, at) => readUtf8(data, at + 4, at + 4 + view.getUint32(at, true)),
    empty: { is: (value) => value === "", make: () => "", view: () => "", allowed: () => true },
  });
}

/** An array of u8; packing throws when the value has another length. */
export function fixedBlobLayout(size: number): Layout<Uint8Array> {
  return fixedLayout<Uint8Array>(size, {
    plain: {
      kind: "other",
      read: (view, at) => new Uint8Array(view.buffer, view.byteOffset + at, size),
      write: (view, at, value: Uint8Array) => {
        if (value.length !== size) throw new RangeError(`${value.length} bytes instead of ${size}`);
        new Uint8Array(view.buffer, view.byteOffset + at, size).set(value);
      },
    },
    put: (out, at, value) => {
      if (value.length !== size) throw new RangeError(`${value.length} bytes instead of ${size}`);
      out.data.set(value, at);
    },
    check: () => true,
    get: ({ data }, at) => data.subarray(at, at + size),
  });
}

const lowerHex = /^[0-9a-f]*$/;

/** An array of u8, as lower-case hex; packing throws when the value is anything else. */
export function fixedHexLayout(size: number): Layout<string> {
  return fixedLayout<string>(size, {
    plain: {
      kind: "other",
      read: (view, at) => toHex(new Uint8Array(view.buffer, view.byteOffset + at, size)),
      write: (view, at, value: string) => {
        const bytes = lowerHex.test(value) ? bytesOfTrustedHex(value) : undefined;
        if (bytes?.length !== size) throw new RangeError(`${value} is not ${size} bytes of hex`);
        new Uint8Array(view.buffer, view.byteOffset + at, size).set(bytes);
      },
    },
    put: (out, at, value) => {
      if (value.length !== 2 * size) throw new RangeError(`${value} is not ${size} bytes of hex`);
      const { data } = out;
      let wrong = 0;
      for (let i = 0; i < size; i++) {
        const high = nibble(value.charCodeAt(2 * i));
        const low = nibble(value.charCodeAt(2 * i + 1));
        wrong |= high | low;
        data[at + i] = (high << 4) | low;
      }
      if (wrong < 0) throw new RangeError(`${value} is not hex`);
    },
    check: () => true,
    get: ({ data }, at) => toHex(data.subarray(at, at + size)),
  });
}

/** Below 0 for anything but a lower-case hex digit. */
function nibble(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

function checkBlob(input: Reader, bytesMax: number): boolean {
  const at = input.pos;
  if (at + 4 > input.end) return fail(input, "fracpack-out-of-bounds", at);
  const size = input.view.getUint32(at, true);
  if (at + 4 + size > input.end) return fail(input, "fracpack-out-of-bounds", at);
  if (size > bytesMax) return fail(input, "fracpack-too-long", at);
  input.pos = at + 4 + size;
  input.known = true;
  return true;
}
