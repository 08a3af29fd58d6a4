import type { LimitCode, MalformedCode, RefusedCode, WasmError } from "./errors.ts";

/**
 * Reads the primitives of the binary format (core specification 2.0, section 5.2). The first fault is kept and puts
 * the position at the end, so that every loop over the bytes ends; what is read after a fault is zero.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  at = 0;
  /** Nothing at or behind this offset is read. */
  end: number;
  fault: WasmError | undefined = undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  fail(code: MalformedCode | RefusedCode, offset: number): false {
    return this.failWith({ code, offset });
  }

  failWith(fault: WasmError): false {
    this.fault ??= fault;
    this.at = this.end;
    return false;
  }

  byte(): number {
    if (this.at >= this.end) {
      this.fail("wasm-unexpected-end", this.at);
      return 0;
    }
    return this.bytes[this.at++] ?? 0;
  }

  skip(count: number): void {
    if (count > this.end - this.at) this.fail("wasm-unexpected-end", this.end);
    else this.at += count;
  }

  u32(): number {
    const first = this.at < this.end ? (this.bytes[this.at] ?? 0) : 0x80;
    if (first < 0x80) {
      this.at++;
      return first;
    }
    return this.longU32();
  }

  /** At most `valueMax`; callers name the limit that a larger one exceeds. */
  limited(code: LimitCode, valueMax: number): number {
    const offset = this.at;
    const value = this.u32();
    return this.within({ code, offset, value, valueMax }) ? value : 0;
  }

  within(bound: { code: LimitCode; offset: number; value: number; valueMax: number }): boolean {
    return bound.value <= bound.valueMax || this.failWith(bound);
  }

  /** The length of a vector: each element takes at least a byte, so more than there are bytes left is a lie. */
  count(code: LimitCode, valueMax: number): number {
    const offset = this.at;
    const value = this.limited(code, valueMax);
    if (value > this.end - this.at) this.fail("wasm-count-exceeds-bytes", offset);
    return this.fault === undefined ? value : 0;
  }

  s32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (shift === 28) return this.isSignExtension(byte, 0x78) ? value : 0;
        return (value << (25 - shift)) >> (25 - shift);
      }
    }
    this.fail("wasm-integer-too-long", this.at);
    return 0;
  }

  /** Signed, of up to `bits` bits; only its form is checked. */
  skipSigned(bits: 33 | 64): void {
    const start = this.at;
    const bytesMax = Math.ceil(bits / 7);
    // The bits of the last byte that have to repeat the sign.
    const unused = bits === 33 ? 0x70 : 0x7f;
    for (let index = 1; index <= bytesMax; index++) {
      const byte = this.byte();
      if (byte >= 0x80) continue;
      if (index === bytesMax) this.isSignExtension(byte, unused);
      return;
    }
    this.fail("wasm-integer-too-long", start);
  }

  /** A name has to be UTF-8 (section 5.2.4). */
  name(charactersMax: number): string {
    const length = this.count("wasm-name-too-long", charactersMax);
    const start = this.at;
    this.skip(length);
    if (this.fault !== undefined) return "";
    try {
      return utf8.decode(this.bytes.subarray(start, start + length));
    } catch {
      this.fail("wasm-name-not-utf8", start);
      return "";
    }
  }

  private longU32(): number {
    const start = this.at;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte >= 0x80) continue;
      if (shift === 28 && byte > 0x0f) break;
      return value;
    }
    this.fail("wasm-integer-too-long", start);
    return 0;
  }

  private isSignExtension(byte: number, mask: number): boolean {
    const extension = byte & mask;
    return extension === 0 || extension === mask || this.fail("wasm-integer-too-long", this.at - 1);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
