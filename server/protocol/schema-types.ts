/** The psibase schema format as JSON (psibase specification, data-formats/schema.md). */
export type AnyType =
  | { readonly Struct: Members }
  | { readonly Object: Members }
  | { readonly Array: { readonly type: AnyType; readonly len: string | number } }
  | { readonly List: AnyType }
  | { readonly Option: AnyType }
  | { readonly Variant: Members }
  | { readonly Tuple: readonly AnyType[] }
  | { readonly Int: { readonly bits: number; readonly isSigned: boolean } }
  | { readonly Float: { readonly exp: number; readonly mantissa: number } }
  | { readonly FracPack: AnyType }
  | { readonly Custom: { readonly type: AnyType; readonly id: string } }
  /** A type of the schema, by name. */
  | string;

/** In the order of the JSON text. */
export type Members = { readonly [name: string]: AnyType };

/** The named types of a schema. */
export type SchemaTypes = { readonly [name: string]: AnyType };
