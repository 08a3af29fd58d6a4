import type { ByteReader } from "./byte-reader.ts";
import { decodeConstant } from "./decode-constant.ts";
import { decodeData, decodeElements } from "./decode-segments.ts";
import {
  decodeFunctionType,
  decodeGlobalType,
  decodeMemory,
  decodeTable,
  decodeValueType,
} from "./decode-types.ts";
import type { MalformedCode } from "./errors.ts";
import type { ModuleLimits } from "./limits.ts";
import type { ExternalKind, Module } from "./module.ts";

export const sectionIds = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** The order of section 5.5.15: the count of data segments stands before the code. */
const orderOfSections: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export type DecodeContext = {
  readonly reader: ByteReader;
  readonly module: Module;
  readonly limits: ModuleLimits;
  readonly pagesMax: number;
};

/** Reads everything but instructions. The caller looks at `reader.fault` before it uses what comes out. */
export function decodeModule(reader: ByteReader, limits: ModuleLimits, pagesMax: number): Module {
  const module = emptyModule(reader.bytes);
  const context = { reader, module, limits, pagesMax };
  const size = { offset: 0, value: reader.end, valueMax: limits.moduleBytesMax };
  if (!reader.within({ code: "wasm-module-too-large", ...size })) return module;
  for (const byte of header) {
    if (reader.byte() !== byte) reader.fail("wasm-bad-header", Math.max(0, reader.at - 1));
  }
  let last = -1;
  while (reader.fault === undefined && reader.at < reader.bytes.length) {
    last = decodeSection(context, last);
  }
  checkWhole(context);
  return module;
}

function emptyModule(bytes: Uint8Array): Module {
  return {
    bytes,
    sections: [],
    types: [],
    imports: [],
    functions: [],
    importedFunctions: 0,
    tables: [],
    memory: undefined,
    globals: [],
    exports: [],
    start: undefined,
    elementTypes: [],
    dataCount: undefined,
    declaredFunctions: new Set(),
    bodies: [],
  };
}

/** Returns the place of the section in the order, and leaves the reader behind it. */
function decodeSection(context: DecodeContext, last: number): number {
  const { reader, module } = context;
  const offset = reader.at;
  const id = reader.byte();
  const size = reader.u32();
  const whole = reader.end;
  const end = reader.at + size;
  if (end > whole) reader.fail("wasm-section-size", offset);
  if (reader.fault !== undefined) return last;
  reader.end = end;
  let place = last;
  if (id === sectionIds.custom) {
    // Its content means nothing here and is dropped, but it has to begin with a name (section 5.5.3).
    reader.name(size);
    if (reader.fault === undefined) reader.at = end;
  } else {
    place = orderOfSections.indexOf(id);
    if (id === sectionIds.tag) reader.fail("wasm-exceptions-refused", offset);
    else if (place < 0) reader.fail("wasm-unknown-section", offset);
    else if (place <= last) reader.fail("wasm-section-order", offset);
    else {
      const counted = countOf(context, id);
      const entries = reader.at;
      decodeEntries(context, id, counted);
      module.sections.push({ id, entries, end, count: counted });
    }
  }
  if (reader.fault === undefined && reader.at !== end) reader.fail("wasm-section-size", reader.at);
  reader.end = whole;
  if (reader.fault !== undefined) reader.at = whole;
  return place;
}

function countOf({ reader, limits }: DecodeContext, id: number): number {
  switch (id) {
    case sectionIds.type:
      return reader.count("wasm-too-many-types", limits.typesMax);
    case sectionIds.import:
      return reader.count("wasm-too-many-imports", limits.importsMax);
    case sectionIds.function:
    case sectionIds.code:
      return reader.count("wasm-too-many-functions", limits.functionsMax);
    case sectionIds.table:
      return reader.count("wasm-too-many-tables", limits.tablesMax);
    case sectionIds.global:
      return reader.count("wasm-too-many-globals", limits.globalsMax);
    case sectionIds.export:
      return reader.count("wasm-too-many-exports", limits.exportsMax);
    case sectionIds.element:
      return reader.count("wasm-too-many-element-segments", limits.elementSegmentsMax);
    case sectionIds.data:
      return reader.count("wasm-too-many-data-segments", limits.dataSegmentsMax);
    case sectionIds.memory:
      return reader.count("wasm-memory-too-large", reader.bytes.length);
    default:
      return 1;
  }
}

function decodeEntries(context: DecodeContext, id: number, count: number): void {
  const decode = decoderOf(id);
  for (let index = 0; index < count && context.reader.fault === undefined; index++) {
    decode(context, index);
  }
}

type EntryDecoder = (context: DecodeContext, index: number) => void;

function decoderOf(id: number): EntryDecoder {
  switch (id) {
    case sectionIds.type:
      return ({ reader, module, limits }) => module.types.push(decodeFunctionType(reader, limits));
    case sectionIds.import:
      return decodeImport;
    case sectionIds.function:
      return addFunction;
    case sectionIds.table:
      return (context) => addTable(context, false);
    case sectionIds.memory:
      return (context) => addMemory(context, false);
    case sectionIds.global:
      return decodeGlobal;
    case sectionIds.export:
      return decodeExport;
    case sectionIds.start:
      return decodeStart;
    case sectionIds.element:
      return decodeElements;
    case sectionIds.code:
      return decodeBody;
    case sectionIds.data:
      return decodeData;
    default:
      return ({ reader, module }) => (module.dataCount = reader.u32());
  }
}

const kinds: readonly ExternalKind[] = ["function", "table", "memory", "global"];

function decodeKind(reader: ByteReader): ExternalKind {
  const offset = reader.at;
  const byte = reader.byte();
  const kind = kinds[byte];
  if (kind !== undefined) return kind;
  reader.fail(byte === 4 ? "wasm-exceptions-refused" : "wasm-unknown-kind", offset);
  return "function";
}

/** Section 5.5.5. */
function decodeImport(context: DecodeContext): void {
  const { reader, module, limits } = context;
  const offset = reader.at;
  const from = reader.name(limits.nameBytesMax);
  const name = reader.name(limits.nameBytesMax);
  const kind = decodeKind(reader);
  if (reader.fault !== undefined) return;
  const index = sizeOfSpace(module, kind);
  switch (kind) {
    case "function":
      addFunction(context);
      module.importedFunctions++;
      break;
    case "table":
      addTable(context, true);
      break;
    case "memory":
      addMemory(context, true);
      break;
    case "global":
      module.globals.push(decodeGlobalType(reader, true));
      break;
  }
  module.imports.push({ module: from, name, kind, index, offset });
}

function sizeOfSpace(module: Module, kind: ExternalKind): number {
  switch (kind) {
    case "function":
      return module.functions.length;
    case "table":
      return module.tables.length;
    case "memory":
      return module.memory === undefined ? 0 : 1;
    case "global":
      return module.globals.length;
  }
}

function addFunction({ reader, module, limits }: DecodeContext): void {
  const offset = reader.at;
  const type = reader.u32();
  if (type >= module.types.length) reader.fail("wasm-unknown-type", offset);
  module.functions.push(type);
  const value = module.functions.length;
  reader.within({ code: "wasm-too-many-functions", offset, value, valueMax: limits.functionsMax });
}

function addTable({ reader, module, limits }: DecodeContext, imported: boolean): void {
  const offset = reader.at;
  module.tables.push(decodeTable(reader, limits, imported));
  const value = module.tables.length;
  reader.within({ code: "wasm-too-many-tables", offset, value, valueMax: limits.tablesMax });
}

function addMemory({ reader, module, pagesMax }: DecodeContext, imported: boolean): void {
  const offset = reader.at;
  if (module.memory !== undefined) reader.fail("wasm-memories-refused", offset);
  module.memory = decodeMemory(reader, pagesMax, imported);
}

/** Section 5.5.9. */
function decodeGlobal({ reader, module, limits }: DecodeContext): void {
  const offset = reader.at;
  const global = decodeGlobalType(reader, false);
  decodeConstant(reader, module, global.type);
  module.globals.push(global);
  const value = module.globals.length;
  reader.within({ code: "wasm-too-many-globals", offset, value, valueMax: limits.globalsMax });
}

const unknownByKind = {
  function: "wasm-unknown-function",
  table: "wasm-unknown-table",
  memory: "wasm-unknown-memory",
  global: "wasm-unknown-global",
} as const satisfies Record<ExternalKind, MalformedCode>;

/** Section 5.5.10. Names are compared when all are there. */
function decodeExport({ reader, module, limits }: DecodeContext): void {
  const name = reader.name(limits.nameBytesMax);
  const kind = decodeKind(reader);
  const offset = reader.at;
  const index = reader.u32();
  if (index >= sizeOfSpace(module, kind)) reader.fail(unknownByKind[kind], offset);
  if (kind === "function") module.declaredFunctions.add(index);
  module.exports.push({ name, kind, index });
}

/** Section 5.5.11. */
function decodeStart({ reader, module }: DecodeContext): void {
  const offset = reader.at;
  const index = reader.u32();
  const type = module.types[module.functions[index] ?? -1];
  if (type === undefined) reader.fail("wasm-unknown-function", offset);
  else if (type.params.length + type.results.length > 0) {
    reader.fail("wasm-bad-start-function", offset);
  }
  module.start = index;
}

/** Section 5.5.13: the size, the groups of locals; the expression is left to the validator. */
function decodeBody(context: DecodeContext, index: number): void {
  const { reader, module, limits } = context;
  const offset = reader.at;
  const size = reader.limited("wasm-body-too-large", limits.bodyBytesMax);
  const localsStart = reader.at;
  const end = localsStart + size;
  if (end > reader.end) reader.fail("wasm-body-size", offset);
  const type = module.types[module.functions[module.importedFunctions + index] ?? -1];
  if (type === undefined) reader.fail("wasm-function-count-mismatch", offset);
  if (reader.fault !== undefined || type === undefined) return;
  const section = reader.end;
  reader.end = end;
  const locals = decodeLocals(context, type.params);
  module.bodies.push({ localsStart, codeStart: reader.at, end, locals });
  if (reader.fault !== undefined) return;
  reader.end = section;
  reader.at = end;
}

function decodeLocals({ reader, limits }: DecodeContext, params: Uint8Array): Uint8Array {
  const groups: { count: number; type: number }[] = [];
  let total = params.length;
  const groupCount = reader.count("wasm-too-many-locals", reader.bytes.length);
  for (let group = 0; group < groupCount && reader.fault === undefined; group++) {
    const offset = reader.at;
    const count = reader.u32();
    total += count;
    // Checked before the array of that size exists: one group of five bytes may claim 2^32 locals.
    const bound = { offset, value: total, valueMax: limits.localsMax };
    reader.within({ code: "wasm-too-many-locals", ...bound });
    groups.push({ count, type: decodeValueType(reader) });
  }
  if (reader.fault !== undefined) return params;
  const locals = new Uint8Array(total);
  locals.set(params);
  let at = params.length;
  for (const { count, type } of groups) {
    locals.fill(type, at, at + count);
    at += count;
  }
  return locals;
}

/** What can be said only when all sections are known. */
function checkWhole({ reader, module }: DecodeContext): void {
  const { bytes, bodies, functions, importedFunctions, dataCount, sections } = module;
  if (bodies.length !== functions.length - importedFunctions) {
    reader.fail("wasm-function-count-mismatch", bytes.length);
  }
  const segments = sections.find(({ id }) => id === sectionIds.data)?.count ?? 0;
  if (dataCount !== undefined && dataCount !== segments) {
    reader.fail("wasm-data-count-mismatch", bytes.length);
  }
  const exportSection = sections.find(({ id }) => id === sectionIds.export);
  if (new Set(module.exports.map(({ name }) => name)).size < module.exports.length) {
    reader.fail("wasm-export-twice", exportSection?.entries ?? 0);
  }
}
