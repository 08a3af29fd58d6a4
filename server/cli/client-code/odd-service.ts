import { brandAccountName } from "@kith/protocol/ids";
import type { AnyType } from "@kith/protocol/schema-types";
import type { ServiceDefinition } from "@kith/protocol/service-abi";

const u8: AnyType = { Int: { bits: 8, isSigned: false } };
const text: AnyType = { Custom: { type: { List: u8 }, id: "string" } };

/** For tests: everything that a schema can have and that names and types can be strange about, packed like psibase's. */
export const oddService: ServiceDefinition = {
  name: brandAccountName("2048-odd"),
  tables: [{ name: "class", rowType: "Comment", indexes: [["id"]] }],
  schema: JSON.stringify({
    service: "2048-odd",
    types: {
      u8: "byte",
      byte: u8,
      string: text,
      bytes: { Custom: { type: { List: "u8" }, id: "hex" } },
      Comment: {
        Object: {
          id: "u8",
          text: "string",
          replies: { List: "Comment" },
          best: { Option: "Comment" },
        },
      },
      Term: { Variant: { number: "u8", sum: { List: "Term" }, "not this": { Struct: {} } } },
      Signature: { Struct: { default: "u8", "a-b": { Struct: { x: "u8" } } } },
    },
    actions: {
      delete: { params: { Object: {} }, result: null },
      constructor: {
        params: { Object: { class: "u8", readonly: { Option: "string" } } },
        result: "Term",
      },
      void: {
        params: { Object: { "0x": { Option: { Option: "u8" } } } },
        result: { Option: "Comment" },
      },
      "weird name!": { params: { Tuple: ["u8", { Option: "string" }] }, result: { Tuple: [] } },
      numbers: {
        params: {
          Object: {
            i8: { Int: { bits: 8, isSigned: true } },
            i64: { Int: { bits: 64, isSigned: true } },
            u64: { Int: { bits: 64, isSigned: false } },
            f32: { Float: { exp: 8, mantissa: 24 } },
            f64: { Float: { exp: 11, mantissa: 53 } },
            flag: { Custom: { type: { Int: { bits: 1, isSigned: false } }, id: "bool" } },
            time: { Custom: { type: { Int: { bits: 64, isSigned: true } }, id: "TimePointUSec" } },
          },
        },
        result: { Int: { bits: 64, isSigned: false } },
      },
      lists: {
        params: {
          Object: {
            options: { List: { Option: "u8" } },
            lists: { List: { List: "u8" } },
            pairs: { List: { Tuple: ["u8", "string"] } },
            three: { Array: { type: "Signature", len: "3" } },
            fixed: { Custom: { type: { Array: { type: "u8", len: 3 } }, id: "hex" } },
            loose: "bytes",
            packed: { FracPack: { Object: { x: "u8" } } },
            map: { Custom: { type: { List: { Tuple: ["string", "u8"] } }, id: "map" } },
          },
        },
        result: { List: "Term" },
      },
      names: {
        params: {
          Object: {
            who: { Custom: { type: { Int: { bits: 64, isSigned: false } }, id: "AccountNumber" } },
            what: { Custom: { type: { Int: { bits: 64, isSigned: false } }, id: "MethodNumber" } },
            neither: { Custom: { type: "u8", id: "AccountNumber" } },
            aVeryLongNameThatIsLongerThanAnyName: {
              Object: { anotherVeryLongNameOfSomethingInside: { Object: { deep: "u8" } } },
            },
          },
        },
        result: "Signature",
      },
    },
    queries: {
      delete: { params: { Object: {} }, result: "Comment" },
      "weird question?": { params: { Tuple: ["u8", "string"] }, result: { Option: "Term" } },
    },
    history: { happened: { type: "Signature", access: "public" } },
    merkle: { "was proved": { Object: { term: "Term" } } },
    docs: {
      actions: {
        delete: "Ends comments: */ alert(1) /*\n\n and lines.  ",
        void: "Not an operator.",
      },
      service: "Odd.",
    },
  }),
};
