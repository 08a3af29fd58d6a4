import type { ByteReader } from "./byte-reader.ts";
import type { ModuleLimits } from "./limits.ts";
import { addressablePages } from "./limits.ts";
import type { FunctionType, Global, Limits, Memory, Table } from "./module.ts";
import { i32Type, isReference, isValueType } from "./value-types.ts";

const functionForm = 0x60;
/** Recursive groups, subtypes, structures and arrays of the garbage collection proposal. */
const garbageCollectionForms = [0x4e, 0x4f, 0x50, 0x5e, 0x5f];
const vectorType = 0x7b;

/** Section 5.3.6. */
export function decodeFunctionType(reader: ByteReader, limits: ModuleLimits): FunctionType {
  const offset = reader.at;
  const form = reader.byte();
  if (garbageCollectionForms.includes(form)) {
    reader.fail("wasm-garbage-collection-refused", offset);
  } else if (form !== functionForm) {
    reader.fail("wasm-unknown-type-form", offset);
  }
  const params = decodeTypes(reader, reader.count("wasm-too-many-params", limits.paramsMax));
  const results = decodeTypes(reader, reader.count("wasm-too-many-results", limits.resultsMax));
  return { params, results };
}

function decodeTypes(reader: ByteReader, count: number): Uint8Array {
  const types = new Uint8Array(count);
  for (let index = 0; index < count; index++) types[index] = decodeValueType(reader);
  return types;
}

/** Section 5.3.4. */
export function decodeValueType(reader: ByteReader): number {
  const offset = reader.at;
  const type = reader.byte();
  if (isValueType(type)) return type;
  if (type === vectorType) reader.fail("wasm-simd-refused", offset);
  else if (isGarbageCollected(type)) reader.fail("wasm-garbage-collection-refused", offset);
  else reader.fail("wasm-unknown-value-type", offset);
  return i32Type;
}

/** References other than of functions and of the host, of later versions. */
function isGarbageCollected(type: number): boolean {
  return type >= 0x63 && type <= 0x74;
}

export function decodeReferenceType(reader: ByteReader): number {
  const offset = reader.at;
  const type = decodeValueType(reader);
  if (!isReference(type)) reader.fail("wasm-unknown-value-type", offset);
  return type;
}

/** Section 5.3.9. */
export function decodeTable(reader: ByteReader, limits: ModuleLimits, imported: boolean): Table {
  const type = decodeReferenceType(reader);
  const offset = reader.at;
  const range = decodeLimits(reader);
  const code = "wasm-table-too-large";
  reader.within({ code, offset, value: range.minimum, valueMax: limits.tableElementsMax });
  return { type, limits: range, imported };
}

/** Section 5.3.8. */
export function decodeMemory(reader: ByteReader, pagesMax: number, imported: boolean): Memory {
  const offset = reader.at;
  const limits = decodeLimits(reader);
  const { minimum, maximum = 0 } = limits;
  if (minimum > addressablePages || maximum > addressablePages) {
    reader.fail("wasm-bad-limits", offset);
  }
  const code = "wasm-memory-too-large";
  reader.within({ code, offset, value: minimum, valueMax: pagesMax });
  return { limits, imported };
}

/** Section 5.3.7; the flags of shared and of 64-bit memories are from later versions. */
function decodeLimits(reader: ByteReader): Limits {
  const start = reader.at;
  const flags = reader.byte();
  if (flags > 7) reader.fail("wasm-bad-limits", start);
  else if ((flags & 4) !== 0) reader.fail("wasm-memory64-refused", start);
  else if ((flags & 2) !== 0) reader.fail("wasm-threads-refused", start);
  const minimum = reader.u32();
  const maximum = (flags & 1) === 0 ? undefined : reader.u32();
  if (maximum !== undefined && maximum < minimum) reader.fail("wasm-bad-limits", start);
  return { minimum, maximum, start, end: reader.at };
}

/** Section 5.3.10. */
export function decodeGlobalType(reader: ByteReader, imported: boolean): Global {
  const type = decodeValueType(reader);
  const offset = reader.at;
  const mutability = reader.byte();
  if (mutability > 1) reader.fail("wasm-bad-mutability", offset);
  return { type, mutable: mutability === 1, imported };
}
