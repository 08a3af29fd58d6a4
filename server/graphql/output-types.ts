import { customKindOf, type CustomKind } from "@kith/protocol/schema-custom-kind";
import { resolveType } from "@kith/protocol/schema-resolve";
import type { AnyType, Members, SchemaTypes } from "@kith/protocol/schema-types";
import {
  getNamedType,
  isNonNullType,
  isScalarType,
  GraphQLBoolean,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfig,
  type GraphQLNullableOutputType,
  type GraphQLOutputType,
  type GraphQLScalarType,
} from "graphql";

import { graphqlName, NameScope, typeNameOf } from "./field-names.ts";
import { schemaFieldsMax, schemaTypesMax } from "./limits.ts";
import type { RunContext } from "./run-context.ts";
import { scalar, type ScalarName } from "./scalars.ts";

export type OutputField = GraphQLFieldConfig<unknown, RunContext>;

/** A schema that is too large, or that has a type without a definition. */
export class SchemaUnusable extends Error {}

const scalarOfKind: Readonly<Record<Exclude<CustomKind, "bool" | "string" | "hex">, ScalarName>> = {
  map: "Json",
  AccountNumber: "AccountNumber",
  MethodNumber: "MethodNumber",
  TimePointSec: "TimePointSec",
  TimePointUSec: "TimePointUSec",
};

/**
 * GraphQL types of a service's schema. Values are psibase's JSON throughout, so a field only picks a member: objects and
 * structs have their members, tuples `_0`, `_1`..., and a variant has a field for each alternative of which one is there,
 * beside `_is`, its name. What GraphQL cannot describe is `Json`: maps, alternatives without a tag, objects without members,
 * and lists that contain themselves without an object in between.
 */
export class OutputTypes {
  readonly names: NameScope;
  fieldCount = 0;
  private readonly types: SchemaTypes;
  private readonly named = new Map<string, GraphQLOutputType>();
  private readonly underWay = new Set<string>();
  private typeCount = 0;

  constructor(types: SchemaTypes, names: NameScope) {
    this.types = types;
    this.names = names;
  }

  /** The type of a value; not null unless the type is an option. `hint` names what has no name of its own. */
  of(type: AnyType, hint: string): GraphQLOutputType {
    if (typeof type === "string") return this.ofNamed(type);
    if ("Option" in type) return bare(this.of(type.Option, hint));
    return new GraphQLNonNull(this.nullableOf(type, hint));
  }

  /** An object type whose fields are counted. */
  object(
    wanted: string,
    fields: () => Readonly<Record<string, OutputField>>,
  ): GraphQLObjectType<unknown, RunContext> {
    if (++this.typeCount > schemaTypesMax) throw new SchemaUnusable("it has too many types");
    return new GraphQLObjectType<unknown, RunContext>({
      name: this.names.take(typeNameOf(wanted)),
      fields: () => {
        const made = fields();
        this.fieldCount += Object.keys(made).length;
        if (this.fieldCount > schemaFieldsMax) throw new SchemaUnusable("it has too many fields");
        return made;
      },
    });
  }

  /** One field for each member, which picks it out of the JSON of the whole. */
  fieldsOf(members: Members, hint: string): Record<string, OutputField> {
    const scope = new NameScope();
    return Object.fromEntries(
      Object.entries(members).map(([member, type]) => [
        scope.take(member),
        pick(this.of(type, `${hint}_${graphqlName(member)}`), member),
      ]),
    );
  }

  /** A member of an object by which something is found; a text where that is no single value. */
  inputOfMember(type: AnyType, member: string): GraphQLScalarType {
    const whole = resolveType(this.types, type);
    const members =
      whole === undefined
        ? {}
        : "Object" in whole
          ? whole.Object
          : "Struct" in whole
            ? whole.Struct
            : {};
    const found = Object.hasOwn(members, member) ? members[member] : undefined;
    const made = found === undefined ? GraphQLString : bare(this.of(found, member));
    return isScalarType(made) ? made : GraphQLString;
  }

  private ofNamed(name: string): GraphQLOutputType {
    const known = this.named.get(name);
    if (known !== undefined) return known;
    const definition = Object.hasOwn(this.types, name) ? this.types[name] : undefined;
    if (definition === undefined) throw new SchemaUnusable(`there is no type ${name}`);
    if (this.underWay.has(name)) return scalar("Json");
    this.underWay.add(name);
    const made = this.of(definition, name);
    this.underWay.delete(name);
    this.named.set(name, made);
    return made;
  }

  private nullableOf(type: Exclude<AnyType, string>, hint: string): GraphQLNullableOutputType {
    if ("Int" in type) return intType(type.Int);
    if ("Float" in type) return scalar("Double");
    if ("Custom" in type) return this.customOf(type.Custom, hint);
    if ("List" in type) return this.listOf(type.List, hint);
    if ("Array" in type) return this.listOf(type.Array.type, hint);
    if ("FracPack" in type) return bare(this.of(type.FracPack, hint));
    if ("Option" in type) return bare(this.of(type.Option, hint));
    if ("Variant" in type) return this.variantOf(type.Variant, hint);
    if ("Tuple" in type) return this.tupleOf(type.Tuple, hint);
    return this.membersOf("Object" in type ? type.Object : type.Struct, hint);
  }

  private listOf(element: AnyType, hint: string): GraphQLNullableOutputType {
    return new GraphQLList<GraphQLOutputType>(this.of(element, hint));
  }

  private customOf(
    custom: { readonly type: AnyType; readonly id: string },
    hint: string,
  ): GraphQLNullableOutputType {
    const kind = customKindOf(this.types, custom);
    if (kind === undefined) return bare(this.of(custom.type, hint));
    if (kind === "bool") return GraphQLBoolean;
    if (kind === "string") return GraphQLString;
    if (kind !== "hex") return scalar(scalarOfKind[kind]);
    const inner = resolveType(this.types, custom.type);
    const isChecksum =
      inner !== undefined &&
      "Array" in inner &&
      Number(inner.Array.len) === 32 &&
      isByte(resolveType(this.types, inner.Array.type));
    return scalar(isChecksum ? "Checksum256" : "Hex");
  }

  private membersOf(members: Members, hint: string): GraphQLNullableOutputType {
    if (Object.keys(members).length === 0) return scalar("Json");
    return this.object(hint, () => this.fieldsOf(members, hint));
  }

  private tupleOf(types: readonly AnyType[], hint: string): GraphQLNullableOutputType {
    if (types.length === 0) return scalar("Json");
    return this.object(hint, () =>
      Object.fromEntries(
        types.map((type, at) => [`_${at}`, pick(this.of(type, `${hint}_${at}`), at)]),
      ),
    );
  }

  private variantOf(members: Members, hint: string): GraphQLNullableOutputType {
    const names = Object.keys(members);
    if (names.length === 0 || names.some((name) => name.startsWith("@"))) return scalar("Json");
    return this.object(hint, () => {
      const scope = new NameScope(["_is"]);
      const fields: Record<string, OutputField> = {
        _is: {
          type: new GraphQLNonNull(GraphQLString),
          description: "Which of the alternatives it is.",
          resolve: (source, _arguments, { budget }) => budget.count(firstName(source)),
        },
      };
      for (const [name, type] of Object.entries(members)) {
        const inner = bare(this.of(type, `${hint}_${graphqlName(name)}`));
        fields[scope.take(name)] = pick(inner, name);
      }
      return fields;
    });
  }
}

/** Without its outermost "not null". */
export function bare(type: GraphQLOutputType): GraphQLNullableOutputType {
  return isNonNullType(type) ? type.ofType : type;
}

function pick(type: GraphQLOutputType, member: string | number): OutputField {
  const isWhole = getNamedType(type) === scalar("Json");
  return {
    type,
    resolve: (source, _arguments, { budget }) => {
      const value = memberOf(source, member);
      return isWhole ? budget.countWhole(value) : budget.count(value);
    },
  };
}

function memberOf(source: unknown, member: string | number): unknown {
  if (typeof source !== "object" || source === null || !Object.hasOwn(source, member)) return null;
  const value: unknown = Reflect.get(source, member);
  return value;
}

function firstName(source: unknown): unknown {
  return typeof source === "object" && source !== null ? Object.keys(source)[0] : undefined;
}

/** GraphQL's own integers have 32 bits with a sign. */
function intType({
  bits,
  isSigned,
}: {
  readonly bits: number;
  readonly isSigned: boolean;
}): GraphQLNullableOutputType {
  if (bits < 32 || (bits === 32 && isSigned)) return GraphQLInt;
  if (bits === 32) return scalar("U32");
  return scalar(isSigned ? "I64" : "U64");
}

function isByte(type: AnyType | undefined): boolean {
  return typeof type === "object" && "Int" in type && type.Int.bits === 8;
}
