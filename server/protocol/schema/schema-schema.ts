import type { SchemaTypes } from "../schema-types.ts";

/** The type of schemas themselves (psibase specification, data-formats/schema.md, "Schema Schema"). */
export const schemaSchema: SchemaTypes = {
  schema: {
    Custom: { id: "map", type: { List: { Object: { name: "@string", type: "@type" } } } },
  },
  "@typemap": {
    Custom: { id: "map", type: { List: { Object: { name: "@string", type: "@type" } } } },
  },
  "@type": {
    Variant: {
      Struct: "@typemap",
      Object: "@typemap",
      Array: { Object: { type: "@type", len: "@u64" } },
      List: "@type",
      Option: "@type",
      Variant: "@typemap",
      Tuple: { List: "@type" },
      Int: { Object: { bits: "@u32", isSigned: "@bool" } },
      Float: { Object: { exp: "@u32", mantissa: "@u32" } },
      FracPack: "@type",
      Custom: { Object: { type: "@type", id: "@string" } },
      "@Type": "@string",
    },
  },
  "@u8": { Int: { bits: 8, isSigned: false } },
  "@u32": { Int: { bits: 32, isSigned: false } },
  "@u64": { Int: { bits: 64, isSigned: false } },
  "@bool": { Custom: { id: "bool", type: { Int: { bits: 1, isSigned: false } } } },
  "@string": { Custom: { id: "string", type: { List: "@u8" } } },
};
