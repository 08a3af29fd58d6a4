import { bytesLayout, fixedBlobLayout, fixedHexLayout, textLayout } from "./fracpack/blobs.ts";
import {
  arrayLayout,
  listLayout,
  nestedLayout,
  optionLayout,
  type ListView,
} from "./fracpack/containers.ts";
import { customLayout, type Conversion } from "./fracpack/custom.ts";
import {
  checkBytes,
  openSource,
  packBytes,
  type FracpackError,
  type Layout,
} from "./fracpack/layout.ts";
import {
  boolLayout,
  f32Layout,
  f64Layout,
  i16Layout,
  i32Layout,
  i64Layout,
  i8Layout,
  u16Layout,
  u32Layout,
  u64Layout,
  u64NumberLayout,
  u8Layout,
} from "./fracpack/numbers.ts";
import { extensibleLayout, structLayout, type Field } from "./fracpack/objects.ts";
import type { Exchanged, Quick } from "./fracpack/quick.ts";
import { taggedShape, variantLayout } from "./fracpack/variants.ts";
/**
 * fracpack (psibase specification, data-formats/fracpack.md): typed builders of codecs. A codec validates bytes in
 * full before it allocates anything, and reads single fields without unpacking the rest.
 */
import { err, ok, type Result } from "./result.ts";
import type { AnyType } from "./schema-types.ts";

export type { FracpackError } from "./fracpack/layout.ts";

/** What a view shows of a `T`: lists and objects read their parts when they are asked for. */
export type View<T> = unknown extends T
  ? unknown
  : T extends string | number | bigint | boolean | null | undefined | Uint8Array
    ? T
    : T extends readonly (infer E)[]
      ? number extends T["length"]
        ? ListView<View<E>>
        : { readonly [I in keyof T]: View<T[I]> }
      : { readonly [K in keyof T]: View<T[K]> };

export type Codec<T> = {
  readonly schema: AnyType;
  readonly layout: Layout<T>;
  /** Throws when the value breaks its own type, which is a broken invariant of the caller. */
  pack(value: T): Uint8Array;
  /** Byte strings inside of the value are parts of `packed`, not copies. */
  unpack(packed: Uint8Array): Result<T, FracpackError>;
  /** Validates, then reads only what is asked for. What a view shows is no hint at what `T` is: lists look like others. */
  view(packed: Uint8Array): Result<View<NoInfer<T>>, FracpackError>;
  /** For bytes that were validated before, such as rows of the node's own state. */
  trustedView(packed: Uint8Array): View<NoInfer<T>>;
  /** Like `unpack`, for bytes that were validated before. */
  trustedUnpack(packed: Uint8Array): T;
  /** Makes ready now what is otherwise made when it is first needed: for a program that starts once and runs often. */
  readonly prepare?: () => void;
  /** Only inside of service machines, for types of plain fields: see `quick.ts`. */
  readonly exchanged?: Exchanged<T>;
  /** Undefined when the bytes are valid. */
  validate(packed: Uint8Array): FracpackError | undefined;
};

/** An optional value; as a member of an object it may be left out. */
export type OptionCodec<T> = Codec<T | undefined> & { readonly isOption: true };

/** A codec of whatever type. */
export type AnyCodec = { readonly schema: AnyType; readonly layout: Layout };
export type Fields = { readonly [name: string]: AnyCodec };

type ValueOf<C> = C extends { unpack(packed: Uint8Array): Result<infer T, FracpackError> }
  ? T
  : never;
type OptionKeys<F> = {
  [K in keyof F]: F[K] extends { readonly isOption: true } ? K : never;
}[keyof F];
type Flat<T> = { readonly [K in keyof T]: T[K] };

/** The type of an object codec's value: optional members are optional properties. */
export type ObjectValue<F extends Fields> = Flat<
  { [K in Exclude<keyof F, OptionKeys<F>>]: ValueOf<F[K]> } & {
    [K in OptionKeys<F>]?: Exclude<ValueOf<F[K]>, undefined>;
  }
>;
type TupleValue<M extends readonly AnyCodec[]> = { readonly [I in keyof M]: ValueOf<M[I]> };
/** One property, named after the alternative. */
export type VariantValue<F extends Fields> = {
  [K in keyof F]: { readonly [P in K]: ValueOf<F[K]> };
}[keyof F];

const u8Type: AnyType = { Int: { bits: 8, isSigned: false } };
const u64Type: AnyType = { Int: { bits: 64, isSigned: false } };
const programOptions = { absent: undefined, isTuple: false } as const;
const tupleOptions = { absent: undefined, isTuple: true } as const;
const noLimit = 0xffff_ffff;

export const u8: Codec<number> = codecOf(u8Layout, u8Type);
export const u16: Codec<number> = codecOf(u16Layout, { Int: { bits: 16, isSigned: false } });
export const u32: Codec<number> = codecOf(u32Layout, { Int: { bits: 32, isSigned: false } });
export const u64: Codec<bigint> = codecOf(u64Layout, u64Type);
/** A u64 that fits a number exactly; anything above 2^53-1 is an error. */
export const u64Number: Codec<number> = codecOf(u64NumberLayout, u64Type);
export const i8: Codec<number> = codecOf(i8Layout, { Int: { bits: 8, isSigned: true } });
export const i16: Codec<number> = codecOf(i16Layout, { Int: { bits: 16, isSigned: true } });
export const i32: Codec<number> = codecOf(i32Layout, { Int: { bits: 32, isSigned: true } });
export const i64: Codec<bigint> = codecOf(i64Layout, { Int: { bits: 64, isSigned: true } });
export const f32: Codec<number> = codecOf(f32Layout, { Float: { exp: 8, mantissa: 24 } });
export const f64: Codec<number> = codecOf(f64Layout, { Float: { exp: 11, mantissa: 53 } });
export const bool: Codec<boolean> = codecOf(boolLayout, {
  Custom: { type: { Int: { bits: 1, isSigned: false } }, id: "bool" },
});
/** Text as UTF-8. */
export const str: Codec<string> = strUpTo(noLimit);
/** A byte string, hex in JSON. Unpacked it is a part of the packed bytes. */
export const bytes: Codec<Uint8Array> = bytesUpTo(noLimit);

/** `bytesMax` is the size as UTF-8. */
export function strUpTo(bytesMax: number): Codec<string> {
  return codecOf(textLayout(bytesMax), { Custom: { type: { List: u8Type }, id: "string" } });
}

export function bytesUpTo(bytesMax: number): Codec<Uint8Array> {
  return codecOf(bytesLayout(bytesMax), { Custom: { type: { List: u8Type }, id: "hex" } });
}

export function fixedBytes(size: number): Codec<Uint8Array> {
  return codecOf(fixedBlobLayout(size), hexArrayType(size));
}

/** `size` bytes, which in memory are lower-case hex. */
export function fixedHex(size: number): Codec<string> {
  return codecOf(fixedHexLayout(size), hexArrayType(size));
}

/** At most `lengthMax` elements. */
export function list<T>(element: Codec<T>, lengthMax: number = noLimit): Codec<readonly T[]> {
  return codecOf(listLayout(element.layout, lengthMax), { List: element.schema });
}

export function array<T>(element: Codec<T>, length: number): Codec<readonly T[]> {
  const schema: AnyType = { Array: { type: element.schema, len: String(length) } };
  return codecOf(arrayLayout(element.layout, length), schema);
}

export function option<T>(inner: Codec<T>): OptionCodec<T> {
  const codec = codecOf<T | undefined>(optionLayout(inner.layout, undefined), {
    Option: inner.schema,
  });
  return { ...codec, isOption: true };
}

/** A packed value inside a byte string. */
export function nested<T>(inner: Codec<T>): Codec<T> {
  return codecOf(nestedLayout(inner.layout), { FracPack: inner.schema });
}

/** Extensible: later versions may add optional members at the end. */
export function object<F extends Fields>(fields: F): Codec<ObjectValue<F>>;
export function object(fields: Fields): AnyCodec {
  return codecOf<unknown>(extensibleLayout(namedFields(fields), programOptions), {
    Object: schemasOf(fields),
  });
}

/** Never gains a member. */
export function struct<F extends Fields>(fields: F): Codec<ObjectValue<F>>;
export function struct(fields: Fields): AnyCodec {
  return codecOf<unknown>(structLayout(namedFields(fields), programOptions), {
    Struct: schemasOf(fields),
  });
}

export function tuple<const M extends readonly AnyCodec[]>(members: M): Codec<TupleValue<M>>;
export function tuple(members: readonly AnyCodec[]): AnyCodec {
  const fields = members.map(({ layout }, key) => ({ key, layout }));
  return codecOf<unknown>(extensibleLayout(fields, tupleOptions), {
    Tuple: members.map(({ schema }) => schema),
  });
}

/** The value has one property, which is named after the alternative. Alternatives are numbered in order. */
export function variant<F extends Fields>(fields: F): Codec<VariantValue<F>>;
export function variant(fields: Fields): AnyCodec {
  const alternatives = Object.entries(fields).map(([name, { layout }]) => ({ name, layout }));
  return codecOf<unknown>(variantLayout(alternatives, taggedShape(alternatives)), {
    Variant: schemasOf(fields),
  });
}

/**
 * A type that programs see otherwise than it is packed. `decode` returns undefined for packed values that are not
 * allowed; it must be cheap, because it runs in validation and again in reading. `id` names it in the schema.
 */
export function custom<T, U>(inner: Codec<U>, conversion: Conversion<T, U>, id?: string): Codec<T> {
  const schema: AnyType = id === undefined ? inner.schema : { Custom: { type: inner.schema, id } };
  return codecOf(customLayout(inner.layout, conversion), schema);
}

/** For layouts that are written by hand. */
export function codecOf<T>(layout: Layout<T>, schema: AnyType): Codec<T>;
export function codecOf(layout: Layout, schema: AnyType): AnyCodec {
  const { quick } = layout;
  if (quick !== undefined) return quickCodec(layout, schema, quick);
  return closureCodec(layout, schema);
}

/** First the quick way, which knows the plain case only. */
function quickCodec(layout: Layout, schema: AnyType, quick: Quick): AnyCodec {
  const codec = closureCodec(layout, schema);
  const whole: Codec<unknown> = {
    ...codec,
    // oxlint-disable-next-line no-unsafe-type-assertion -- the codec's own type is what `quick` was made for
    pack: (value) => quick.pack(value as never) ?? codec.pack(value),
    unpack: (data) => {
      const value = quick.unpack(data);
      return value === undefined ? codec.unpack(data) : ok(value);
    },
    trustedUnpack: (data) => quick.unpack(data) ?? codec.trustedUnpack(data),
    prepare: () => quick.prepare(),
    ...(quick.exchanged === undefined ? {} : { exchanged: quick.exchanged }),
  };
  return whole;
}

function closureCodec(layout: Layout, schema: AnyType): Codec<unknown> {
  const codec: Codec<unknown> = {
    schema,
    layout,
    pack: (value) => packBytes(layout, value),
    unpack: (data) => {
      const source = openSource(data);
      const fault = checkBytes(source, layout);
      return fault === undefined ? ok(layout.read(source, 0)) : err(fault);
    },
    view: (data) => {
      const source = openSource(data);
      const fault = checkBytes(source, layout);
      return fault === undefined ? ok(layout.viewWhole(source, 0)) : err(fault);
    },
    trustedView: (data) => layout.viewWhole(openSource(data), 0),
    trustedUnpack: (data) => layout.read(openSource(data), 0),
    validate: (data) => checkBytes(openSource(data), layout),
  };
  return codec;
}

function namedFields(fields: Fields): readonly Field[] {
  return Object.entries(fields).map(([key, { layout }]) => ({ key, layout }));
}

function schemasOf(fields: Fields): { readonly [name: string]: AnyType } {
  return Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]));
}

function hexArrayType(size: number): AnyType {
  return { Custom: { type: { Array: { type: u8Type, len: String(size) } }, id: "hex" } };
}
