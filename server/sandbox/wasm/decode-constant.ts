import type { ByteReader } from "./byte-reader.ts";
import { decodeReferenceType } from "./decode-types.ts";
import type { Module } from "./module.ts";
import { f32Type, f64Type, functionReferenceType, i32Type, i64Type } from "./value-types.ts";

const endOpcode = 0x0b;

/**
 * A constant expression (section 3.3.13): one constant of the expected type. Later versions allow sums here; no
 * compiler needs them for what is allowed otherwise. Returns the value of an i32.const.
 */
export function decodeConstant(
  reader: ByteReader,
  module: Module,
  expected: number,
): number | undefined {
  const start = reader.at;
  const opcode = reader.byte();
  let type = 0;
  let value: number | undefined;
  switch (opcode) {
    case 0x41:
      value = reader.s32();
      type = i32Type;
      break;
    case 0x42:
      reader.skipSigned(64);
      type = i64Type;
      break;
    case 0x43:
      reader.skip(4);
      type = f32Type;
      break;
    case 0x44:
      reader.skip(8);
      type = f64Type;
      break;
    case 0x23:
      type = typeOfConstantGlobal(reader, module);
      break;
    case 0xd0:
      type = decodeReferenceType(reader);
      break;
    case 0xd2:
      declareFunction(reader, module);
      type = functionReferenceType;
      break;
    default:
      reader.fail("wasm-bad-constant-expression", start);
  }
  if (reader.fault === undefined && type !== expected) reader.fail("wasm-type-mismatch", start);
  const end = reader.at;
  if (reader.byte() !== endOpcode) reader.fail("wasm-bad-constant-expression", end);
  return value;
}

function typeOfConstantGlobal(reader: ByteReader, module: Module): number {
  const offset = reader.at;
  const global = module.globals[reader.u32()];
  if (global?.imported !== true) reader.fail("wasm-unknown-global", offset);
  else if (global.mutable) reader.fail("wasm-bad-constant-expression", offset);
  return global?.type ?? 0;
}

/** A function whose reference a segment or a global holds; returns its index. */
export function declareFunction(reader: ByteReader, module: Module): void {
  const offset = reader.at;
  const index = reader.u32();
  if (index >= module.functions.length) reader.fail("wasm-unknown-function", offset);
  module.declaredFunctions.add(index);
}
