import { frameBytesMax } from "./limits.ts";

const headBytes = 4;

/** One message with its size in front, as a little-endian u32. */
export function frameOf(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(headBytes + message.length);
  new DataView(frame.buffer).setUint32(0, message.length, true);
  frame.set(message, headBytes);
  return frame;
}

/** What the other end wrote is no frame; nothing behind it can be read. */
export class FrameTooLong extends Error {}

/** Cuts what a pipe gives into messages. */
export class FrameReader {
  private readonly head = new Uint8Array(headBytes);
  private headFilled = 0;
  private body: Uint8Array | undefined;
  private bodyFilled = 0;

  /** The messages that end in this chunk. They are copies: a pipe's buffer is used again. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let at = 0;
    while (at < chunk.length) {
      if (this.body === undefined) {
        const part = chunk.subarray(at, at + headBytes - this.headFilled);
        this.head.set(part, this.headFilled);
        this.headFilled += part.length;
        at += part.length;
        if (this.headFilled < headBytes) return;
        this.begin();
      }
      const { body } = this;
      if (body === undefined) continue;
      const part = chunk.subarray(at, at + body.length - this.bodyFilled);
      body.set(part, this.bodyFilled);
      this.bodyFilled += part.length;
      at += part.length;
      if (this.bodyFilled < body.length) return;
      this.body = undefined;
      this.headFilled = 0;
      yield body;
    }
  }

  private begin(): void {
    const sizeBytes = new DataView(this.head.buffer).getUint32(0, true);
    if (sizeBytes > frameBytesMax) throw new FrameTooLong(`a frame of ${sizeBytes} bytes`);
    this.body = new Uint8Array(sizeBytes);
    this.bodyFilled = 0;
  }
}
