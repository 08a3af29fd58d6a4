import { ByteWriter } from "./byte-writer.ts";

/** A small encoder for tests: entries are given as their bytes. */
export type TestParts = {
  readonly types?: readonly Bytes[];
  readonly imports?: readonly Bytes[];
  /** Type index of each function. */
  readonly functions?: readonly number[];
  readonly tables?: readonly Bytes[];
  readonly memories?: readonly Bytes[];
  readonly globals?: readonly Bytes[];
  readonly exports?: readonly Bytes[];
  readonly start?: number;
  readonly elements?: readonly Bytes[];
  readonly dataCount?: number;
  readonly bodies?: readonly Bytes[];
  readonly data?: readonly Bytes[];
};

export type Bytes = readonly number[];

const header: Bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export function encodeModule(parts: TestParts): Uint8Array<ArrayBuffer> {
  return rawModule(
    vectorSection(1, parts.types),
    vectorSection(2, parts.imports),
    vectorSection(3, parts.functions?.map(u32)),
    vectorSection(4, parts.tables),
    vectorSection(5, parts.memories),
    vectorSection(6, parts.globals),
    vectorSection(7, parts.exports),
    parts.start === undefined ? [] : section(8, u32(parts.start)),
    vectorSection(9, parts.elements),
    parts.dataCount === undefined ? [] : section(12, u32(parts.dataCount)),
    vectorSection(10, parts.bodies),
    vectorSection(11, parts.data),
  );
}

export function rawModule(...sections: readonly Bytes[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...header, ...sections.flat()]);
}

export function section(id: number, content: Bytes): Bytes {
  return [id, ...u32(content.length), ...content];
}

export function vectorSection(id: number, entries: readonly Bytes[] | undefined): Bytes {
  return entries === undefined ? [] : section(id, vector(entries));
}

export function vector(entries: readonly Bytes[]): Bytes {
  return [...u32(entries.length), ...entries.flat()];
}

export function u32(value: number): Bytes {
  return written((out) => out.u32(value));
}

export function s32(value: number): Bytes {
  return written((out) => out.s32(value));
}

function s64(value: bigint): Bytes {
  return written((out) => out.s64(value));
}

export function name(text: string): Bytes {
  return written((out) => out.name(text));
}

function written(write: (out: ByteWriter) => void): Bytes {
  const out = new ByteWriter(16);
  write(out);
  return [...out.finish()];
}

export const i32 = 0x7f;
export const i64 = 0x7e;
export const f32 = 0x7d;
export const f64 = 0x7c;
export const funcref = 0x70;

export function type(params: Bytes, results: Bytes): Bytes {
  return [0x60, ...u32(params.length), ...params, ...u32(results.length), ...results];
}

/** `code` without the last `end`. */
export function body(code: Bytes, locals: readonly (readonly [number, number])[] = []): Bytes {
  const groups = vector(locals.map(([count, of]) => [...u32(count), of]));
  const content = [...groups, ...code, 0x0b];
  return [...u32(content.length), ...content];
}

export function exported(text: string, kind: number, index: number): Bytes {
  return [...name(text), kind, ...u32(index)];
}

export function importedFunction(from: string, text: string, typeIndex: number): Bytes {
  return [...name(from), ...name(text), 0, ...u32(typeIndex)];
}

export function mutableGlobal(of: number, initial: Bytes): Bytes {
  return [of, 1, ...initial, 0x0b];
}

/** Short names for what hand-written tests use. */
export const op = {
  unreachable: [0x00],
  end: [0x0b],
  return: [0x0f],
  drop: [0x1a],
  select: [0x1b],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i32Eqz: [0x45],
  i64Add: [0x7c],
  memorySize: [0x3f, 0x00],
  memoryGrow: [0x40, 0x00],
  memoryCopy: [0xfc, 10, 0, 0],
  memoryFill: [0xfc, 11, 0],
  i32Load: [0x28, 2, 0],
  i32Store: [0x36, 2, 0],
  const: (value: number): Bytes => [0x41, ...s32(value)],
  const64: (value: bigint): Bytes => [0x42, ...s64(value)],
  get: (local: number): Bytes => [0x20, ...u32(local)],
  set: (local: number): Bytes => [0x21, ...u32(local)],
  tee: (local: number): Bytes => [0x22, ...u32(local)],
  globalGet: (index: number): Bytes => [0x23, ...u32(index)],
  globalSet: (index: number): Bytes => [0x24, ...u32(index)],
  branch: (depth: number): Bytes => [0x0c, ...u32(depth)],
  branchIf: (depth: number): Bytes => [0x0d, ...u32(depth)],
  branchTable: (...depths: readonly number[]): Bytes => [
    0x0e,
    ...u32(depths.length - 1),
    ...depths.flatMap(u32),
  ],
  call: (index: number): Bytes => [0x10, ...u32(index)],
  callIndirect: (typeIndex: number): Bytes => [0x11, ...u32(typeIndex), 0x00],
  /** `of` is a block type: 0x40, a value type, or a type index. */
  block: (of: number, ...code: readonly Bytes[]): Bytes => [0x02, of, ...code.flat(), 0x0b],
  loop: (of: number, ...code: readonly Bytes[]): Bytes => [0x03, of, ...code.flat(), 0x0b],
  if: (of: number, ...code: readonly Bytes[]): Bytes => [0x04, of, ...code.flat(), 0x0b],
} as const;
