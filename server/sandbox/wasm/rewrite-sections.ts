import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

const headerBytes = 8;

/** The new content of a section that the reader stands at the beginning of; undefined leaves it as it is. */
export type RewriteSection = (
  id: number,
  reader: ByteReader,
  end: number,
) => ByteWriter | undefined;

/** A valid module with other content in some of its sections. */
export function rewriteSections(
  bytes: Uint8Array<ArrayBuffer>,
  rewrite: RewriteSection,
): Uint8Array<ArrayBuffer> {
  const reader = new ByteReader(bytes);
  const out = new ByteWriter(bytes.length);
  reader.skip(headerBytes);
  out.copy(bytes, 0, headerBytes);
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const end = reader.u32() + reader.at;
    const content = rewrite(id, reader, end);
    if (content === undefined) {
      out.copy(bytes, start, end);
    } else {
      out.byte(id);
      out.sized(content);
    }
    reader.at = end;
  }
  if (reader.fault !== undefined) throw new Error(`not a module: ${reader.fault.code}`);
  return out.finish();
}
