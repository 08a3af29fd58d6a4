import { deeper, fail, finishAt, variableLayout, type Layout, type Reader } from "./layout.ts";

export type Alternative = { readonly name: string; readonly layout: Layout };

/** How a value in memory says which alternative it is. */
export type VariantShape<T> = {
  choose(value: T): { readonly index: number; readonly value: unknown };
  make(alternative: Alternative, value: unknown): T;
};

type Tagged = { readonly [name: string]: unknown };

/** One property, named after the alternative, as in psibase's JSON: `{ "String": "x" }`. */
export function taggedShape(alternatives: readonly Alternative[]): VariantShape<Tagged> {
  const indexOf = new Map(alternatives.map(({ name }, index) => [name, index]));
  return {
    choose: (value) => {
      for (const name of Object.keys(value)) {
        const index = indexOf.get(name);
        if (index !== undefined) return { index, value: value[name] };
      }
      throw new TypeError(`the value is none of ${[...indexOf.keys()].join(", ")}`);
    },
    make: ({ name }, value) => ({ [name]: value }),
  };
}

/** A u8 that numbers the alternative, the u32 size of what follows, the alternative itself. */
export function variantLayout<T>(
  alternatives: readonly Alternative[],
  shape: VariantShape<T>,
): Layout<T> {
  const at = (index: number): Alternative => {
    const alternative = alternatives[index];
    if (alternative === undefined) throw new RangeError(`there is no alternative ${index}`);
    return alternative;
  };
  return variableLayout<T>({
    append: (out, value) => {
      const chosen = shape.choose(value);
      const start = out.reserve(5);
      out.view.setUint8(start, chosen.index);
      at(chosen.index).layout.append(out, chosen.value);
      out.setU32(start + 1, out.pos - start - 5);
    },
    checkWhole: (input) => deeper(input, (reader) => checkVariant(reader, alternatives)),
    read: (source, start) => {
      const alternative = at(source.view.getUint8(start));
      return shape.make(alternative, alternative.layout.read(source, start + 5));
    },
    viewWhole: (source, start) => {
      const alternative = at(source.view.getUint8(start));
      return shape.make(alternative, alternative.layout.viewWhole(source, start + 5));
    },
  });
}

function checkVariant(input: Reader, alternatives: readonly Alternative[]): boolean {
  const at = input.pos;
  if (at + 5 > input.end) return fail(input, "fracpack-out-of-bounds", at);
  const alternative = alternatives[input.view.getUint8(at)];
  if (alternative === undefined) return fail(input, "fracpack-unknown-alternative", at);
  const end = at + 5 + input.view.getUint32(at + 1, true);
  if (end > input.end) return fail(input, "fracpack-out-of-bounds", at);
  const outerEnd = input.end;
  input.pos = at + 5;
  input.end = end;
  input.known = true;
  const valid = alternative.layout.checkWhole(input) && finishAt(input, end);
  input.end = outerEnd;
  return valid;
}
