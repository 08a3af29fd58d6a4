import type { ByteReader } from "./byte-reader.ts";
import type { Edits } from "./edits.ts";
import { opcodes, prefixedOpcodes } from "./instructions.ts";
import type { Module } from "./module.ts";
import type { OperandStack } from "./operand-stack.ts";
import { i32Type, unknownType } from "./value-types.ts";

type Parts = {
  readonly reader: ByteReader;
  readonly module: Module;
  readonly edits: Edits;
  readonly stack: OperandStack;
};

/**
 * Checks instructions on the memory, on tables and on their segments as section 3.3 says. Each method is told where
 * its instruction begins.
 */
export class MemoryValidator {
  private readonly reader: ByteReader;
  private readonly module: Module;
  private readonly edits: Edits;
  private readonly stack: OperandStack;
  hasGrowth = false;
  hasTableWrites = false;
  hasSegmentDrops = false;

  constructor({ reader, module, edits, stack }: Parts) {
    this.reader = reader;
    this.module = module;
    this.edits = edits;
    this.stack = stack;
  }

  access(offset: number, alignment: number): void {
    const { reader } = this;
    const at = reader.at;
    const exponent = reader.u32();
    // Bit 6 announces the index of a memory (multiple memories, a later version).
    if (exponent >= 64 && exponent < 128) reader.fail("wasm-memories-refused", at);
    else if (exponent > alignment) reader.fail("wasm-alignment-too-large", at);
    reader.u32();
    this.needMemory(offset);
  }

  table(offset: number): { readonly type: number } | undefined {
    const table = this.module.tables[this.reader.u32()];
    if (table === undefined) this.reader.fail("wasm-unknown-table", offset);
    return table;
  }

  tableAccess(offset: number, opcode: number): void {
    const type = this.table(offset)?.type ?? unknownType;
    if (opcode === opcodes.tableSet) {
      this.hasTableWrites = true;
      this.stack.pop(type);
    }
    this.stack.pop(i32Type);
    if (opcode === opcodes.tableGet) this.stack.push(type);
  }

  pages(offset: number, opcode: number): void {
    this.memoryByte(offset);
    const isSize = opcode === opcodes.memorySize;
    if (!isSize) {
      this.hasGrowth = true;
      this.stack.pop(i32Type);
    }
    this.edits.add(isSize ? "memory-size" : "memory-grow", offset, 2);
    this.stack.push(i32Type);
  }

  bulk(offset: number, opcode: number): void {
    const { module, reader } = this;
    if (opcode === prefixedOpcodes.memoryInit || opcode === prefixedOpcodes.dataDrop) {
      const index = reader.u32();
      if (module.dataCount === undefined) reader.fail("wasm-data-count-missing", offset);
      else if (index >= module.dataCount) reader.fail("wasm-unknown-data-segment", offset);
    }
    if (opcode === prefixedOpcodes.dataDrop) {
      this.hasSegmentDrops = true;
      return;
    }
    this.memoryByte(offset);
    if (opcode === prefixedOpcodes.memoryCopy) this.memoryByte(offset);
    this.popThreeIntegers();
    this.edits.add("charge-bytes", offset);
  }

  tableBulk(offset: number, opcode: number): void {
    const { module, reader, stack } = this;
    if (opcode === prefixedOpcodes.elementDrop || opcode === prefixedOpcodes.tableInit) {
      const type = module.elementTypes[reader.u32()];
      if (type === undefined) reader.fail("wasm-unknown-element-segment", offset);
      if (opcode === prefixedOpcodes.elementDrop) {
        this.hasSegmentDrops = true;
        return;
      }
      if (this.table(offset)?.type !== type) reader.fail("wasm-type-mismatch", offset);
      this.popThreeIntegers();
    } else if (opcode === prefixedOpcodes.tableCopy) {
      if (this.table(offset)?.type !== this.table(offset)?.type) {
        reader.fail("wasm-type-mismatch", offset);
      }
      this.popThreeIntegers();
    } else {
      const type = this.table(offset)?.type ?? unknownType;
      if (opcode === prefixedOpcodes.tableSize) return stack.push(i32Type);
      stack.pop(i32Type);
      stack.pop(type);
      if (opcode === prefixedOpcodes.tableFill) stack.pop(i32Type);
      else stack.push(i32Type);
    }
    this.hasTableWrites = true;
    this.edits.add("charge-elements", offset);
  }

  /** The index of the memory, of which there is one. */
  private memoryByte(offset: number): void {
    const at = this.reader.at;
    if (this.reader.byte() !== 0) this.reader.fail("wasm-reserved-byte", at);
    this.needMemory(offset);
  }

  private needMemory(offset: number): void {
    if (this.module.memory === undefined) this.reader.fail("wasm-unknown-memory", offset);
  }

  private popThreeIntegers(): void {
    for (let index = 0; index < 3; index++) this.stack.pop(i32Type);
  }
}
