import type { ByteReader } from "./byte-reader.ts";
import { decodeValueType } from "./decode-types.ts";
import type { FunctionType, Module } from "./module.ts";
import { emptyBlockType } from "./value-types.ts";

const noTypes = new Uint8Array(0);
const emptyBlock: FunctionType = { params: noTypes, results: noTypes };

/** Reads the types of blocks (section 5.4.1): nothing, one result, or the index of a function type. */
export class BlockTypes {
  private readonly reader: ByteReader;
  private readonly module: Module;
  private readonly singles = new Map<number, FunctionType>();

  constructor(reader: ByteReader, module: Module) {
    this.reader = reader;
    this.module = module;
  }

  read(): FunctionType {
    const { reader, module } = this;
    const offset = reader.at;
    const first = reader.bytes[offset] ?? 0;
    if (first === emptyBlockType) {
      reader.byte();
      return emptyBlock;
    }
    // The one-byte negative numbers are the value types.
    if (first > emptyBlockType && first < 0x80) return this.single(decodeValueType(reader));
    reader.skipSigned(33);
    const end = reader.at;
    if (reader.fault === undefined) reader.at = offset;
    const type = module.types[reader.u32()];
    if (type === undefined || reader.at !== end) reader.fail("wasm-unknown-type", offset);
    return type ?? emptyBlock;
  }

  private single(type: number): FunctionType {
    const known = this.singles.get(type);
    if (known !== undefined) return known;
    const made = { params: noTypes, results: Uint8Array.of(type) };
    this.singles.set(type, made);
    return made;
  }
}
