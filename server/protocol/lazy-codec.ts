import { codecOf, type Codec } from "./fracpack.ts";
import type { Layout } from "./fracpack/layout.ts";

/**
 * For a type that contains itself: stands for an object, a tuple or a variant whose codec is made later. `name` is what
 * the schema calls the type.
 *
 *     const comment: Codec<Comment> = object({ text: str, replies: list(lazy("Comment", () => comment)) });
 */
export function lazy<T>(name: string, later: () => Codec<T>): Codec<T> {
  const of = (): Layout<T> => later().layout;
  const layout: Layout<T> = {
    // How every object, tuple and variant stands in its parent: a pointer that always leads somewhere.
    fixedBytes: 4,
    variable: true,
    optional: false,
    container: false,
    put: (out, at, value) => of().put(out, at, value),
    append: (out, value) => of().append(out, value),
    isEmpty: (value) => of().isEmpty(value),
    check: (input, at) => of().check(input, at),
    checkWhole: (input) => of().checkWhole(input),
    get: (source, at) => of().get(source, at),
    read: (source, at) => of().read(source, at),
    view: (source, at) => of().view(source, at),
    viewWhole: (source, at) => of().viewWhole(source, at),
  };
  return codecOf(layout, name);
}
