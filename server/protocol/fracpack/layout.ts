import { fracpackDepthMax } from "../limits.ts";
import type { Plain } from "./plain.ts";
import type { Quick } from "./quick.ts";
import { giveWriter, takeWriter, type Writer } from "./writer.ts";

/** What can be wrong with packed bytes (psibase specification, data-formats/fracpack.md, "Safety Checking"). */
export type FracpackErrorCode =
  | "fracpack-out-of-bounds"
  | "fracpack-bad-pointer"
  | "fracpack-bad-size"
  | "fracpack-empty-container-has-pointer"
  | "fracpack-last-option-empty"
  | "fracpack-field-missing"
  | "fracpack-integer-out-of-range"
  | "fracpack-text-not-utf8"
  | "fracpack-unknown-alternative"
  | "fracpack-value-not-allowed"
  | "fracpack-too-long"
  | "fracpack-too-deep"
  | "fracpack-trailing-bytes";

export type FracpackError = {
  readonly code: FracpackErrorCode;
  /** Where in the bytes, counted from their start. */
  readonly offset: number;
};

/** Packed bytes that have been checked, or are trusted. */
export type Source = { readonly data: Uint8Array; readonly view: DataView };

/** The state of one validation. Nothing is allocated while it runs, whatever sizes the bytes claim. */
export type Reader = Source & {
  /** Where the next variable-size object has to start. */
  pos: number;
  /** False behind a field of a newer version, whose size nobody here knows: objects may start at `pos` or later. */
  known: boolean;
  end: number;
  depth: number;
  fault: FracpackError | undefined;
};

/**
 * How one type lies in bytes. "Embedded" is its place in the fixed area of a parent (for a variable-size type a
 * pointer), "whole" is the object itself. Positions count from the start of the bytes.
 */
export type Layout<T = unknown> = {
  /** Room in the fixed area of a parent: the size itself, or 4 for a pointer. */
  readonly fixedBytes: number;
  readonly variable: boolean;
  /** Optional: the pointer may be 1, and trailing ones are left out. */
  readonly optional: boolean;
  /** Container: the pointer of an empty one is 0. */
  readonly container: boolean;
  /** How to do without this layout, where that is possible. */
  readonly plain?: Plain | undefined;
  /** For objects of plain fields. */
  readonly quick?: Quick | undefined;
  put(out: Writer, at: number, value: T): void;
  append(out: Writer, value: T): void;
  isEmpty(value: T): boolean;
  check(input: Reader, at: number): boolean;
  checkWhole(input: Reader): boolean;
  get(source: Source, at: number): T;
  read(source: Source, at: number): T;
  /** Like `get` and `read`, but objects and lists come as views. */
  view(source: Source, at: number): unknown;
  viewWhole(source: Source, at: number): unknown;
};

/** A type whose size never changes; `put`, `check` and `get` work on its place. */
export function fixedLayout<T>(
  fixedBytes: number,
  parts: Pick<Layout<T>, "put" | "check" | "get" | "plain">,
): Layout<T> {
  const { put, check, get, plain } = parts;
  return {
    plain,
    fixedBytes,
    variable: false,
    optional: false,
    container: false,
    put,
    append: (out, value) => put(out, out.reserve(fixedBytes), value),
    isEmpty: () => fixedBytes === 0,
    check,
    checkWhole: (input) => {
      const at = input.pos;
      if (at + fixedBytes > input.end) return fail(input, "fracpack-out-of-bounds", at);
      input.pos = at + fixedBytes;
      input.known = true;
      return check(input, at);
    },
    get,
    read: get,
    view: get,
    viewWhole: get,
  };
}

export type VariableParts<T> = Pick<
  Layout<T>,
  "append" | "checkWhole" | "read" | "viewWhole" | "plain" | "quick"
> & {
  /** Containers only: whether the value is written as a zero pointer, and what a zero pointer stands for. */
  readonly empty?: { is(value: T): boolean; make(): T; view(): unknown; allowed(): boolean };
};

/** A type that a parent refers to by a pointer. */
export function variableLayout<T>(parts: VariableParts<T>): Layout<T> {
  const { append, checkWhole, read, viewWhole, empty, plain, quick } = parts;
  return {
    plain,
    quick,
    fixedBytes: 4,
    variable: true,
    optional: false,
    container: empty !== undefined,
    put: (out, at, value) => {
      if (empty?.is(value) === true) return out.setU32(at, 0);
      out.setU32(at, out.pos - at);
      append(out, value);
    },
    append,
    isEmpty: (value) => empty?.is(value) === true,
    check: (input, at) => checkEmbedded(input, at, parts),
    checkWhole,
    get: (source, at) => {
      const offset = source.view.getUint32(at, true);
      return offset === 0 && empty !== undefined ? empty.make() : read(source, at + offset);
    },
    read,
    view: (source, at) => {
      const offset = source.view.getUint32(at, true);
      return offset === 0 && empty !== undefined ? empty.view() : viewWhole(source, at + offset);
    },
    viewWhole,
  };
}

function checkEmbedded<T>(input: Reader, at: number, parts: VariableParts<T>): boolean {
  const offset = input.view.getUint32(at, true);
  if (offset === 0 && parts.empty?.allowed() === true) return true;
  if (!enterPointer(input, at, offset)) return false;
  const start = input.pos;
  if (!parts.checkWhole(input)) return false;
  if (parts.empty !== undefined && input.view.getUint32(start, true) === 0) {
    return fail(input, "fracpack-empty-container-has-pointer", at);
  }
  return true;
}

/** Every pointer leads to the end of what was read before, or behind it when that end is not known. */
export function enterPointer(input: Reader, at: number, offset: number): boolean {
  const target = at + offset;
  if (offset < 4 || (input.known ? target !== input.pos : target < input.pos)) {
    return fail(input, "fracpack-bad-pointer", at);
  }
  if (target > input.end) return fail(input, "fracpack-out-of-bounds", at);
  input.pos = target;
  input.known = true;
  return true;
}

/** The object that was being read ends here: what it claimed has to agree with what it held. */
export function finishAt(input: Reader, end: number): boolean {
  if (input.known ? input.pos !== end : input.pos > end) {
    return fail(input, "fracpack-bad-size", input.pos);
  }
  input.pos = end;
  input.known = true;
  return true;
}

export function fail(input: Reader, code: FracpackErrorCode, offset: number): false {
  input.fault ??= { code, offset };
  return false;
}

/** Runs `check` one level deeper; the limit keeps hostile nesting off the stack. */
export function deeper(input: Reader, check: (input: Reader) => boolean): boolean {
  if (input.depth >= fracpackDepthMax) return fail(input, "fracpack-too-deep", input.pos);
  input.depth++;
  const valid = check(input);
  input.depth--;
  return valid;
}

export function openSource(data: Uint8Array): Source {
  return { data, view: new DataView(data.buffer, data.byteOffset, data.byteLength) };
}

/** Validates `data` as exactly one value of this layout. Undefined when it is valid. */
export function checkBytes(source: Source, layout: Layout): FracpackError | undefined {
  const input: Reader = {
    data: source.data,
    view: source.view,
    pos: 0,
    known: true,
    end: source.data.length,
    depth: 0,
    fault: undefined,
  };
  if (!layout.checkWhole(input)) {
    return input.fault ?? { code: "fracpack-out-of-bounds", offset: input.pos };
  }
  if (input.pos > input.end) return { code: "fracpack-out-of-bounds", offset: input.pos };
  if (input.known && input.pos !== input.end) {
    return { code: "fracpack-trailing-bytes", offset: input.pos };
  }
  return undefined;
}

export function packBytes<T>(layout: Layout<T>, value: T): Uint8Array {
  const out = takeWriter();
  layout.append(out, value);
  const bytes = out.finish();
  giveWriter(out);
  return bytes;
}
