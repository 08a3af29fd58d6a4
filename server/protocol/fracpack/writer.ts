const startBytes = 4096;
/** A buffer that one large value has grown beyond this is not kept for the next. */
const keptBytesMax = 1024 * 1024;

/** One growing buffer, reused from value to value; `finish` copies what was written once. */
export class Writer {
  data: Uint8Array = new Uint8Array(startBytes);
  view: DataView = new DataView(this.data.buffer);
  /** Where the next object goes. */
  pos = 0;

  /** Makes room for `bytes` more and returns where it is; the room holds old bytes. */
  reserve(bytes: number): number {
    const at = this.pos;
    const end = at + bytes;
    if (end > this.data.length) this.grow(end);
    this.pos = end;
    return at;
  }

  setU16(at: number, value: number): void {
    this.view.setUint16(at, value, true);
  }

  setU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  copy(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.data.set(bytes, at);
  }

  finish(): Uint8Array {
    return this.data.slice(0, this.pos);
  }

  private grow(end: number): void {
    const larger = new Uint8Array(Math.max(end, 2 * this.data.length));
    larger.set(this.data);
    this.data = larger;
    this.view = new DataView(larger.buffer);
  }
}

let idle: Writer | undefined;

/** An empty writer; packing inside packing gets another one. */
export function takeWriter(): Writer {
  const writer = idle ?? new Writer();
  idle = undefined;
  writer.pos = 0;
  return writer;
}

export function giveWriter(writer: Writer): void {
  if (writer.data.length <= keptBytesMax) idle = writer;
}
