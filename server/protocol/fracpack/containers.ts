import {
  checkBytes,
  deeper,
  enterPointer,
  fail,
  finishAt,
  openSource,
  variableLayout,
  fixedLayout,
  type Layout,
  type Reader,
  type Source,
} from "./layout.ts";

/** What a view shows for a list: elements are read one by one, when they are asked for. */
export type ListView<V> = {
  readonly length: number;
  /** Undefined outside of 0 to length-1. */
  at(index: number): V | undefined;
  [Symbol.iterator](): Iterator<V>;
};

/** At most `lengthMax` elements. */
export function listLayout<T>(element: Layout<T>, lengthMax: number): Layout<readonly T[]> {
  return variableLayout<readonly T[]>({
    append: (out, values) => {
      const { fixedBytes } = element;
      const at = out.reserve(4 + fixedBytes * values.length);
      out.setU32(at, fixedBytes * values.length);
      let place = at + 4;
      for (const value of values) {
        element.put(out, place, value);
        place += fixedBytes;
      }
    },
    checkWhole: (input) => deeper(input, (reader) => checkList(reader, element, lengthMax)),
    read: (source, at) => {
      const end = at + 4 + source.view.getUint32(at, true);
      const values: T[] = [];
      for (let place = at + 4; place < end; place += element.fixedBytes) {
        values.push(element.get(source, place));
      }
      return values;
    },
    viewWhole: (source, at) => listView(source, at, element),
    empty: {
      is: (values) => values.length === 0,
      make: () => [],
      view: () => emptyListView,
      allowed: () => true,
    },
  });
}

function checkList<T>(input: Reader, element: Layout<T>, lengthMax: number): boolean {
  const at = input.pos;
  if (at + 4 > input.end) return fail(input, "fracpack-out-of-bounds", at);
  const size = input.view.getUint32(at, true);
  const end = at + 4 + size;
  if (end > input.end) return fail(input, "fracpack-out-of-bounds", at);
  const { fixedBytes } = element;
  if (fixedBytes === 0 ? size !== 0 : size % fixedBytes !== 0) {
    return fail(input, "fracpack-bad-size", at);
  }
  if (size > lengthMax * fixedBytes) return fail(input, "fracpack-too-long", at);
  input.pos = end;
  input.known = true;
  for (let place = at + 4; place < end; place += fixedBytes) {
    if (!element.check(input, place)) return false;
  }
  return true;
}

/** A fixed number of elements; packing throws when there are more or fewer. */
export function arrayLayout<T>(element: Layout<T>, length: number): Layout<readonly T[]> {
  const fixedBytes = element.fixedBytes * length;
  const putAll = (out: Parameters<Layout<T>["put"]>[0], at: number, values: readonly T[]): void => {
    if (values.length !== length) throw new RangeError(`${values.length} elements, not ${length}`);
    for (const [i, value] of values.entries()) element.put(out, at + i * element.fixedBytes, value);
  };
  const checkAll = (input: Reader, at: number): boolean => {
    for (let i = 0; i < length; i++) {
      if (!element.check(input, at + i * element.fixedBytes)) return false;
    }
    return true;
  };
  const getAll = (source: Source, at: number): readonly T[] =>
    Array.from({ length }, (_, i) => element.get(source, at + i * element.fixedBytes));
  if (!element.variable) {
    return fixedLayout<readonly T[]>(fixedBytes, { put: putAll, check: checkAll, get: getAll });
  }
  return variableLayout<readonly T[]>({
    append: (out, values) => putAll(out, out.reserve(fixedBytes), values),
    checkWhole: (input) =>
      deeper(input, (reader) => {
        const at = reader.pos;
        if (at + fixedBytes > reader.end) return fail(reader, "fracpack-out-of-bounds", at);
        reader.pos = at + fixedBytes;
        reader.known = true;
        return checkAll(reader, at);
      }),
    read: getAll,
    viewWhole: (source, at) => elementsView(source, at, element, length),
  });
}

function listView<T>(source: Source, at: number, element: Layout<T>): ListView<unknown> {
  const length = source.view.getUint32(at, true) / element.fixedBytes;
  return elementsView(source, at + 4, element, length);
}

function elementsView<T>(
  source: Source,
  start: number,
  element: Layout<T>,
  length: number,
): ListView<unknown> {
  return {
    length,
    at: (index) =>
      Number.isInteger(index) && index >= 0 && index < length
        ? element.view(source, start + index * element.fixedBytes)
        : undefined,
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i++) yield element.view(source, start + i * element.fixedBytes);
    },
  };
}

const emptyListView: ListView<unknown> = {
  length: 0,
  at: () => undefined,
  [Symbol.iterator]: () => [].values(),
};

/** `absent` is what stands for no value: undefined in programs, null in JSON. */
export function optionLayout<T, A extends undefined | null>(
  inner: Layout<T>,
  absent: A,
): Layout<T | A> {
  const zeroIsEmpty = (): boolean => inner.container && !inner.optional;
  // A member that JSON leaves out is not null.
  const isPresent = (value: T | A): value is T => value !== absent && value !== undefined;
  const put: Layout<T | A>["put"] = (out, at, value) => {
    if (!isPresent(value)) return out.setU32(at, 1);
    if (zeroIsEmpty() && inner.isEmpty(value)) return out.setU32(at, 0);
    out.setU32(at, out.pos - at);
    inner.append(out, value);
  };
  const check: Layout["check"] = (input, at) => {
    const offset = input.view.getUint32(at, true);
    if (offset === 1) return true;
    if (zeroIsEmpty()) return inner.check(input, at);
    return enterPointer(input, at, offset) && deeper(input, (reader) => inner.checkWhole(reader));
  };
  const get = (source: Source, at: number): T | A => {
    const offset = source.view.getUint32(at, true);
    if (offset === 1) return absent;
    return zeroIsEmpty() ? inner.get(source, at) : inner.read(source, at + offset);
  };
  const view = (source: Source, at: number): unknown => {
    const offset = source.view.getUint32(at, true);
    if (offset === 1) return absent;
    return zeroIsEmpty() ? inner.view(source, at) : inner.viewWhole(source, at + offset);
  };
  return {
    fixedBytes: 4,
    variable: true,
    optional: true,
    container: false,
    put,
    append: (out, value) => put(out, out.reserve(4), value),
    isEmpty: () => false,
    check,
    checkWhole: (input) => {
      const at = input.pos;
      if (at + 4 > input.end) return fail(input, "fracpack-out-of-bounds", at);
      input.pos = at + 4;
      input.known = true;
      return check(input, at);
    },
    get,
    read: get,
    view,
    viewWhole: view,
  };
}

/** A packed value inside a byte string (schema: FracPack). */
export function nestedLayout<T>(inner: Layout<T>): Layout<T> {
  const emptySource = openSource(new Uint8Array(0));
  let packsToNothing: boolean | undefined;
  /** Types like the empty struct, whose one value takes no bytes. Known when the inner type is complete. */
  const isEmptyType = (): boolean => {
    packsToNothing ??= checkBytes(emptySource, inner) === undefined;
    return packsToNothing;
  };
  return variableLayout<T>({
    append: (out, value) => {
      const at = out.reserve(4);
      inner.append(out, value);
      out.setU32(at, out.pos - at - 4);
    },
    checkWhole: (input) => deeper(input, (reader) => checkNested(reader, inner)),
    read: (source, at) => inner.read(source, at + 4),
    viewWhole: (source, at) => inner.viewWhole(source, at + 4),
    empty: {
      is: isEmptyType,
      make: () => inner.read(emptySource, 0),
      view: () => inner.viewWhole(emptySource, 0),
      allowed: isEmptyType,
    },
  });
}

function checkNested<T>(input: Reader, inner: Layout<T>): boolean {
  const at = input.pos;
  if (at + 4 > input.end) return fail(input, "fracpack-out-of-bounds", at);
  const end = at + 4 + input.view.getUint32(at, true);
  if (end > input.end) return fail(input, "fracpack-out-of-bounds", at);
  const outerEnd = input.end;
  input.pos = at + 4;
  input.end = end;
  input.known = true;
  const valid = inner.checkWhole(input) && finishAt(input, end);
  input.end = outerEnd;
  return valid;
}
