import type { AnyType } from "@kith/protocol/schema-types";
import * as fc from "fast-check";

const name = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,5}$/);
const text = fc.string({ unit: "grapheme", maxLength: 20 });
const u8Type: AnyType = { Int: { bits: 8, isSigned: false } };

const scalarTypes: fc.Arbitrary<AnyType> = fc.oneof(
  fc
    .record({ bits: fc.constantFrom(8, 16, 32, 64), isSigned: fc.boolean() })
    .map((Int): AnyType => ({ Int })),
  fc.constantFrom<AnyType>(
    { Int: { bits: 1, isSigned: false } },
    { Float: { exp: 8, mantissa: 24 } },
    { Float: { exp: 11, mantissa: 53 } },
    { Custom: { type: { Int: { bits: 1, isSigned: false } }, id: "bool" } },
    { Custom: { type: { List: u8Type }, id: "string" } },
    { Custom: { type: { List: u8Type }, id: "hex" } },
    { Custom: { type: { Array: { type: u8Type, len: 3 } }, id: "hex" } },
  ),
);

/** Types of any form, at most `depth` levels deep. */
export function anyType(depth: number): fc.Arbitrary<AnyType> {
  if (depth === 0) return scalarTypes;
  const inner = anyType(depth - 1);
  const members = fc
    .uniqueArray(name, { maxLength: 4 })
    .chain((names) =>
      fc
        .tuple(...names.map(() => inner))
        .map((types) => Object.fromEntries(names.map((key, i) => [key, types[i] ?? u8Type]))),
    );
  return fc.oneof(
    scalarTypes,
    members.map((Struct): AnyType => ({ Struct })),
    members.map((fields): AnyType => ({ Object: fields })),
    members
      .filter((fields) => Object.keys(fields).length > 0)
      .map((Variant): AnyType => ({ Variant })),
    fc.array(inner, { maxLength: 4 }).map((Tuple): AnyType => ({ Tuple })),
    inner.map((List): AnyType => ({ List })),
    inner.map((Option): AnyType => ({ Option })),
    inner.map((FracPack): AnyType => ({ FracPack })),
    fc.tuple(inner, fc.nat(3)).map(([type, len]): AnyType => ({ Array: { type, len } })),
    inner.map((value): AnyType => ({
      Custom: {
        type: {
          List: {
            Object: {
              first: { Custom: { type: { List: u8Type }, id: "string" } },
              second: value,
            },
          },
        },
        id: "map",
      },
    })),
  );
}

/** JSON values of a type without names, in the form in which unpacking gives them. */
export function jsonOf(type: AnyType): fc.Arbitrary<unknown> {
  if (typeof type === "string") throw new Error("types by name are not generated");
  if ("Int" in type) return integerOf(type.Int.bits, type.Int.isSigned);
  if ("Float" in type) {
    const float = type.Float.exp === 8 ? fc.float({ noNaN: true }) : fc.double({ noNaN: true });
    return fc.oneof(
      float.map((value) => (Number.isFinite(value) ? value : String(value))),
      fc.constantFrom("NaN", "Infinity", "-Infinity"),
    );
  }
  if ("Struct" in type) return recordOf(type.Struct);
  if ("Object" in type) return recordOf(type.Object);
  if ("Variant" in type) {
    const alternatives = Object.entries(type.Variant).map(([key, member]) =>
      jsonOf(member).map((value) => ({ [key]: value })),
    );
    return fc.oneof(...alternatives);
  }
  if ("Tuple" in type) return fc.tuple(...type.Tuple.map(jsonOf));
  if ("List" in type) return listOf(type.List);
  if ("Option" in type) return fc.oneof(fc.constant(null), jsonOf(type.Option));
  if ("FracPack" in type) return jsonOf(type.FracPack);
  if ("Array" in type) {
    const length = Number(type.Array.len);
    return fc.array(jsonOf(type.Array.type), { minLength: length, maxLength: length });
  }
  return customOf(type.Custom.id, type.Custom.type);
}

function customOf(id: string, type: AnyType): fc.Arbitrary<unknown> {
  if (id === "bool") return fc.boolean();
  if (id === "string") return text;
  if (id === "map" && typeof type === "object" && "List" in type) {
    const pair = type.List;
    const value = typeof pair === "object" && "Object" in pair ? pair.Object["second"] : undefined;
    return fc.dictionary(name, jsonOf(value ?? u8Type), { maxKeys: 4, noNullPrototype: true });
  }
  const isArray = typeof type === "object" && "Array" in type;
  return fc
    .uint8Array({ minLength: isArray ? 3 : 0, maxLength: isArray ? 3 : 12 })
    .map((data) => Buffer.from(data).toString("hex").toUpperCase());
}

/** Lists of values without any size have to be empty. */
function listOf(type: AnyType): fc.Arbitrary<unknown> {
  return fc.array(jsonOf(type), { maxLength: isEmptyType(type) ? 0 : 4 });
}

function isEmptyType(type: AnyType): boolean {
  if (typeof type === "string") return false;
  if ("Struct" in type) return Object.values(type.Struct).every(isEmptyType);
  return "Array" in type && (Number(type.Array.len) === 0 || isEmptyType(type.Array.type));
}

function recordOf(members: { readonly [name: string]: AnyType }): fc.Arbitrary<unknown> {
  return fc.record(
    Object.fromEntries(Object.entries(members).map(([key, type]) => [key, jsonOf(type)])),
    { noNullPrototype: true },
  );
}

function integerOf(bits: number, isSigned: boolean): fc.Arbitrary<unknown> {
  const max = 1n << BigInt(isSigned ? bits - 1 : bits);
  const value = fc.bigInt({ min: isSigned ? -max : 0n, max: max - 1n });
  return value.map((number) => (bits === 64 ? String(number) : Number(number)));
}
