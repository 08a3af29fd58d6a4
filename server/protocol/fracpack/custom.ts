import { fail, type Layout } from "./layout.ts";

export type Conversion<T, U> = {
  encode(value: T): U;
  /** Undefined for a packed value that is not allowed. */
  decode(packed: U): T | undefined;
};

/** The same bytes as `inner`, seen as another type. */
export function customLayout<T, U>(inner: Layout<U>, conversion: Conversion<T, U>): Layout<T> {
  const decode = (packed: U): T => {
    const value = conversion.decode(packed);
    if (value === undefined) throw new RangeError("a packed value that was never validated");
    return value;
  };
  return {
    fixedBytes: inner.fixedBytes,
    variable: inner.variable,
    optional: inner.optional,
    container: inner.container,
    put: (out, at, value) => inner.put(out, at, conversion.encode(value)),
    append: (out, value) => inner.append(out, conversion.encode(value)),
    isEmpty: (value) => inner.isEmpty(conversion.encode(value)),
    check: (input, at) =>
      inner.check(input, at) &&
      (conversion.decode(inner.get(input, at)) !== undefined ||
        fail(input, "fracpack-value-not-allowed", at)),
    checkWhole: (input) => {
      const at = input.pos;
      return (
        inner.checkWhole(input) &&
        (conversion.decode(inner.read(input, at)) !== undefined ||
          fail(input, "fracpack-value-not-allowed", at))
      );
    },
    get: (source, at) => decode(inner.get(source, at)),
    read: (source, at) => decode(inner.read(source, at)),
    view: (source, at) => decode(inner.get(source, at)),
    viewWhole: (source, at) => decode(inner.read(source, at)),
  };
}
