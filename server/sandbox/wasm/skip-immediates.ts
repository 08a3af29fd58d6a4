import type { ByteReader } from "./byte-reader.ts";
import { opcodes, prefixedOpcodes, simpleInstructions } from "./instructions.ts";

/** Goes behind the immediates of an instruction whose opcode has been read, in code that is known to be valid. */
export function skipImmediates(reader: ByteReader, opcode: number): void {
  switch (opcode) {
    case opcodes.block:
    case opcodes.loop:
    case opcodes.if:
      return reader.skipSigned(33);
    case opcodes.branch:
    case opcodes.branchIf:
    case opcodes.call:
    case opcodes.localGet:
    case opcodes.localSet:
    case opcodes.localTee:
    case opcodes.globalGet:
    case opcodes.globalSet:
    case opcodes.tableGet:
    case opcodes.tableSet:
    case opcodes.memorySize:
    case opcodes.memoryGrow:
    case opcodes.referenceNull:
    case opcodes.referenceFunction:
      return skipIndices(reader, 1);
    case opcodes.callIndirect:
      return skipIndices(reader, 2);
    case opcodes.branchTable:
      return skipIndices(reader, reader.u32() + 1);
    case opcodes.selectTyped:
      return reader.skip(reader.u32());
    case opcodes.i32Const:
      return void reader.s32();
    case opcodes.i64Const:
      return reader.skipSigned(64);
    case opcodes.f32Const:
      return reader.skip(4);
    case opcodes.f64Const:
      return reader.skip(8);
    case opcodes.prefixed:
      return skipIndices(reader, indicesOfPrefixed(reader.u32()));
    default:
      // What accesses memory has an alignment and an offset.
      if (simpleInstructions[opcode]?.alignment !== undefined) skipIndices(reader, 2);
  }
}

function skipIndices(reader: ByteReader, count: number): void {
  for (let index = 0; index < count; index++) reader.u32();
}

function indicesOfPrefixed(opcode: number): number {
  switch (opcode) {
    case prefixedOpcodes.memoryInit:
    case prefixedOpcodes.memoryCopy:
    case prefixedOpcodes.tableInit:
    case prefixedOpcodes.tableCopy:
      return 2;
    case prefixedOpcodes.memoryFill:
    case prefixedOpcodes.dataDrop:
    case prefixedOpcodes.elementDrop:
    case prefixedOpcodes.tableGrow:
    case prefixedOpcodes.tableSize:
    case prefixedOpcodes.tableFill:
      return 1;
    default:
      // Saturating conversions.
      return 0;
  }
}
