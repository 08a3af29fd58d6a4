import { compileSchema } from "@kith/protocol/schema";
import type { AnyType } from "@kith/protocol/schema-types";
import { GraphQLError, GraphQLScalarType, Kind, type ConstValueNode } from "graphql";

/** Values that GraphQL has no type for. They look as in psibase's JSON, in answers and in arguments. */
export type ScalarName =
  | "U32"
  | "U64"
  | "I64"
  | "Double"
  | "AccountNumber"
  | "MethodNumber"
  | "TimePointSec"
  | "TimePointUSec"
  | "Hex"
  | "Checksum256"
  | "Json";

const byte: AnyType = { Int: { bits: 8, isSigned: false } };
const u64: AnyType = { Int: { bits: 64, isSigned: false } };

type ScalarFacts = { readonly type?: AnyType; readonly description: string };

const facts: Readonly<Record<ScalarName, ScalarFacts>> = {
  U32: {
    type: { Int: { bits: 32, isSigned: false } },
    description: "A whole number from 0 to 4294967295.",
  },
  U64: {
    type: u64,
    description: "A whole number from 0 to 2^64 - 1, as a text of decimal digits.",
  },
  I64: {
    type: { Int: { bits: 64, isSigned: true } },
    description: "A whole number from -2^63 to 2^63 - 1, as a text of decimal digits.",
  },
  Double: {
    type: { Float: { exp: 11, mantissa: 53 } },
    description: 'A floating-point number, or one of "Infinity", "-Infinity" and "NaN".',
  },
  AccountNumber: {
    type: { Custom: { type: u64, id: "AccountNumber" } },
    description: "The name of an account.",
  },
  MethodNumber: {
    type: { Custom: { type: u64, id: "MethodNumber" } },
    description: "The name of an action.",
  },
  TimePointSec: {
    type: { Custom: { type: { Int: { bits: 64, isSigned: true } }, id: "TimePointSec" } },
    description: "A time in ISO 8601, to the second.",
  },
  TimePointUSec: {
    type: { Custom: { type: { Int: { bits: 64, isSigned: true } }, id: "TimePointUSec" } },
    description: "A time in ISO 8601, to the microsecond.",
  },
  Hex: {
    type: { Custom: { type: { List: byte }, id: "hex" } },
    description: "Bytes as hexadecimal digits, two for each.",
  },
  Checksum256: {
    type: { Custom: { type: { Array: { type: byte, len: 32 } }, id: "hex" } },
    description: "32 bytes as hexadecimal digits.",
  },
  Json: { description: "Any JSON: of a type that GraphQL cannot describe." },
};

export const scalarNames: readonly ScalarName[] = [
  "U32",
  "U64",
  "I64",
  "Double",
  "AccountNumber",
  "MethodNumber",
  "TimePointSec",
  "TimePointUSec",
  "Hex",
  "Checksum256",
  "Json",
];

const made = new Map<ScalarName, GraphQLScalarType>();

export function scalar(name: ScalarName): GraphQLScalarType {
  const known = made.get(name);
  if (known !== undefined) return known;
  const { type, description } = facts[name];
  const accept = type === undefined ? undefined : acceptOf(name, type);
  const scalarType = new GraphQLScalarType<unknown, unknown>({
    name,
    description,
    coerceOutputValue: (value) => value,
    coerceInputValue: (value) => (accept === undefined ? value : accept(value)),
    coerceInputLiteral: (literal) => {
      const value = literalValue(literal);
      return accept === undefined ? value : accept(value);
    },
  });
  made.set(name, scalarType);
  return scalarType;
}

/** Lets values of the type through, by the protocol's own reading of its JSON. */
function acceptOf(name: ScalarName, type: AnyType): (value: unknown) => unknown {
  const compiled = compileSchema({ [name]: type });
  if (!compiled.ok) throw new Error(`the scalar ${name} does not compile`);
  return (value) => {
    const packed = compiled.value.packJson(name, value);
    if (packed.ok) return value;
    const expected = "expected" in packed.error ? packed.error.expected : name;
    throw new GraphQLError(`${name} has to be ${expected}`);
  };
}

/** Whole numbers of a query's text stay texts where JavaScript would round them. */
function literalValue(literal: ConstValueNode): unknown {
  if (literal.kind === Kind.INT) {
    const number = Number(literal.value);
    return Number.isSafeInteger(number) ? number : literal.value;
  }
  if (literal.kind === Kind.FLOAT) return Number(literal.value);
  if (literal.kind === Kind.STRING || literal.kind === Kind.BOOLEAN) return literal.value;
  throw new GraphQLError("a list or an object is no value of this type");
}
