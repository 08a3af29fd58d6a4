/** A growing buffer for the primitives of the binary format. */
export class ByteWriter {
  private data: Uint8Array;
  length = 0;

  constructor(startBytes: number) {
    this.data = new Uint8Array(startBytes);
  }

  byte(value: number): void {
    if (this.length >= this.data.length) this.reserve(1);
    this.data[this.length++] = value;
  }

  /** `start` to `end` of `source`; all of it by default. */
  copy(source: Uint8Array | readonly number[], start = 0, end: number = source.length): void {
    const size = end - start;
    this.reserve(size);
    // A native copy costs more than it saves on the few bytes that lie between two edits.
    if (size < 64 || !(source instanceof Uint8Array)) {
      for (let index = start; index < end; index++) this.data[this.length++] = source[index] ?? 0;
      return;
    }
    this.data.set(source.subarray(start, end), this.length);
    this.length += size;
  }

  u32(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  s32(value: number): void {
    let rest = value;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  s64(value: bigint): void {
    let rest = value;
    while (rest < -64n || rest > 63n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest & 0x7fn));
  }

  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.u32(encoded.length);
    this.copy(encoded);
  }

  /** A part whose size stands before it: a section or a body. */
  sized(content: ByteWriter): void {
    this.u32(content.length);
    this.append(content);
  }

  append(content: ByteWriter): void {
    this.copy(content.data, 0, content.length);
  }

  clear(): void {
    this.length = 0;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.data.subarray(0, this.length));
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.data.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.data.length));
    larger.set(this.data);
    this.data = larger;
  }
}
