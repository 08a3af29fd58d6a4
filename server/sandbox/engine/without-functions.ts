import { ByteReader } from "../wasm/byte-reader.ts";
import { ByteWriter } from "../wasm/byte-writer.ts";
import { sectionIds } from "../wasm/decode-module.ts";
import { opcodes } from "../wasm/instructions.ts";
import { missingAddress } from "./engine-abi.ts";

type Options = {
  /** Functions by their place in the code. */
  readonly isKept: (place: number) => boolean;
  /** A function that is not there writes its place to `missingAddress`: for finding out which ones are needed. */
  readonly areNumbered: boolean;
};

const headerBytes = 8;
const storeI32 = 0x36;
const wordAlignment = 2;
const noLocals = 0;

/** The same valid module with the code of some of its functions only; the others trap as soon as they are called. */
export function withoutFunctions(
  bytes: Uint8Array<ArrayBuffer>,
  options: Options,
): Uint8Array<ArrayBuffer> {
  const reader = new ByteReader(bytes);
  const out = new ByteWriter(bytes.length);
  reader.skip(headerBytes);
  out.copy(bytes, 0, headerBytes);
  while (reader.at < bytes.length) {
    const start = reader.at;
    const id = reader.byte();
    const end = reader.u32() + reader.at;
    if (id === sectionIds.code) {
      out.byte(id);
      out.sized(codeOf(reader, options));
    } else {
      out.copy(bytes, start, end);
    }
    reader.at = end;
  }
  if (reader.fault !== undefined) throw new Error(`not a module: ${reader.fault.code}`);
  return out.finish();
}

function codeOf(reader: ByteReader, { isKept, areNumbered }: Options): ByteWriter {
  const code = new ByteWriter(reader.bytes.length);
  const count = reader.u32();
  code.u32(count);
  for (let place = 0; place < count; place++) {
    const end = reader.u32() + reader.at;
    const content = new ByteWriter(16);
    if (isKept(place)) content.copy(reader.bytes, reader.at, end);
    else emitTrap(content, areNumbered ? place : undefined);
    code.sized(content);
    reader.at = end;
  }
  return code;
}

function emitTrap(content: ByteWriter, place: number | undefined): void {
  content.u32(noLocals);
  if (place !== undefined) {
    for (const value of [missingAddress, place]) {
      content.byte(opcodes.i32Const);
      content.s32(value);
    }
    content.byte(storeI32);
    content.u32(wordAlignment);
    content.u32(0);
  }
  content.byte(opcodes.unreachable);
  content.byte(opcodes.end);
}
