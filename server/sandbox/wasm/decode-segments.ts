import { decodeConstant, declareFunction } from "./decode-constant.ts";
import type { DecodeContext } from "./decode-module.ts";
import { decodeReferenceType } from "./decode-types.ts";
import { pageBytes } from "./limits.ts";
import { functionReferenceType, i32Type } from "./value-types.ts";

/** Section 5.5.12: bit 0 is passive or declarative, bit 1 an explicit table (or declarative), bit 2 expressions. */
export function decodeElements(context: DecodeContext): void {
  const { reader, module, limits } = context;
  const offset = reader.at;
  const form = reader.u32();
  if (form > 7) reader.fail("wasm-unknown-segment-form", offset);
  const isActive = (form & 1) === 0;
  const hasExpressions = (form & 4) !== 0;
  let table = 0;
  if (isActive) {
    const tableOffset = reader.at;
    if ((form & 2) !== 0) table = reader.u32();
    if (table >= module.tables.length) reader.fail("wasm-unknown-table", tableOffset);
    decodeConstant(reader, module, i32Type);
  }
  // The two short active forms leave out the kind.
  const type =
    (form & 3) === 0 ? functionReferenceType : decodeElementType(context, hasExpressions);
  if (isActive && module.tables[table]?.type !== type) reader.fail("wasm-type-mismatch", offset);
  const count = reader.count("wasm-too-many-elements", limits.elementsMax);
  for (let index = 0; index < count && reader.fault === undefined; index++) {
    if (hasExpressions) decodeConstant(reader, module, type);
    else declareFunction(reader, module);
  }
  module.elementTypes.push(type);
}

function decodeElementType({ reader }: DecodeContext, hasExpressions: boolean): number {
  if (hasExpressions) return decodeReferenceType(reader);
  const offset = reader.at;
  if (reader.byte() !== 0) reader.fail("wasm-unknown-kind", offset);
  return functionReferenceType;
}

/** Section 5.5.14. */
export function decodeData({ reader, module }: DecodeContext): void {
  const offset = reader.at;
  const form = reader.u32();
  if (form > 2) reader.fail("wasm-unknown-segment-form", offset);
  let start: number | undefined;
  if (form !== 1) {
    const memoryOffset = reader.at;
    if (form === 2 && reader.u32() !== 0) reader.fail("wasm-memories-refused", memoryOffset);
    if (module.memory === undefined) reader.fail("wasm-unknown-memory", memoryOffset);
    start = decodeConstant(reader, module, i32Type);
    // The real memory is larger than the module's: the host would not find out that a segment does not fit.
    if (start === undefined) reader.fail("wasm-data-offset-refused", memoryOffset);
  }
  const size = reader.u32();
  const end = (start ?? 0) + (start !== undefined && start < 0 ? 2 ** 32 : 0) + size;
  reader.skip(size);
  if (form !== 1 && end > (module.memory?.limits.minimum ?? 0) * pageBytes) {
    reader.fail("wasm-data-out-of-bounds", offset);
  }
}
