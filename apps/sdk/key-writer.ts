import { packText } from "@kith/protocol/texts";

const startBytes = 256;
const wordRange = 0x1_0000_0000;

/**
 * Writes a key part by part: the bytes that `encodeKey` of the protocol gives, without a value for each part. One key
 * is written at a time.
 */
class KeyWriter {
  private data = new Uint8Array(startBytes);
  private view = new DataView(this.data.buffer);
  private end = 0;

  start(): void {
    this.end = 0;
  }

  finish(): Uint8Array {
    return this.data.slice(0, this.end);
  }

  u8(value: number): void {
    const at = this.reserve(1);
    this.view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.reserve(2);
    this.view.setUint16(at, value);
  }

  u32(value: number): void {
    const at = this.reserve(4);
    this.view.setUint32(at, value);
  }

  /** A whole number from 0 to 2^53-1. */
  wideNumber(value: number): void {
    const at = this.reserve(8);
    this.view.setUint32(at, Math.floor(value / wordRange));
    this.view.setUint32(at + 4, value >>> 0);
  }

  wide(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigUint64(at, value);
  }

  fixed(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.data.set(bytes, at);
  }

  text(value: string): void {
    this.terminated(packText(value));
  }

  /** Each zero is followed by 255, and two zeros are the end. */
  terminated(bytes: Uint8Array): void {
    if (!bytes.includes(0)) {
      const at = this.reserve(bytes.length + 2);
      this.data.set(bytes, at);
      this.data.fill(0, at + bytes.length, at + bytes.length + 2);
      return;
    }
    for (const byte of bytes) {
      this.u8(byte);
      if (byte === 0) this.u8(0xff);
    }
    this.u16(0);
  }

  private reserve(bytes: number): number {
    const at = this.end;
    this.end = at + bytes;
    if (this.end > this.data.length) this.grow();
    return at;
  }

  private grow(): void {
    const larger = new Uint8Array(2 * this.end);
    larger.set(this.data);
    this.data = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** The one writer: keys are never written within keys. */
export const keyWriter: KeyWriter = new KeyWriter();
export type { KeyWriter };
