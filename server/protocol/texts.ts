import { isUtf8, readUtf8, writeUtf8 } from "./fracpack/utf8.ts";
import { giveWriter, takeWriter } from "./fracpack/writer.ts";

/** UTF-8, without a length or an end mark. */
export function packText(text: string): Uint8Array {
  const out = takeWriter();
  writeUtf8(out, text);
  const packed = out.finish();
  giveWriter(out);
  return packed;
}

/** Undefined when the bytes are not UTF-8. */
export function unpackText(packed: Uint8Array): string | undefined {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return isUtf8(packed, view, 0, packed.length) ? readUtf8(packed, 0, packed.length) : undefined;
}
