import type { Layout } from "../fracpack/layout.ts";
import {
  fracpackFixedAreaBytesMax,
  schemaDepthMax,
  schemaEmptyValuesMax,
  schemaTypesMax,
} from "../limits.ts";
import { err, ok, type Result } from "../result.ts";
import type { AnyType, Members, SchemaTypes } from "../schema-types.ts";
import {
  arrayType,
  listType,
  nestedType,
  objectType,
  optionType,
  structType,
  tupleType,
  variantType,
  type Member,
} from "./composite-types.ts";
import type { JsonType } from "./json-type.ts";
import { customType } from "./match-custom.ts";
import { resolveType, type Definition } from "./resolve.ts";
import { floatType, intType } from "./scalar-types.ts";

/** Why a schema cannot be used. */
export type SchemaError = {
  readonly code:
    | "schema-malformed"
    | "schema-type-unknown"
    | "schema-type-contains-itself"
    | "schema-type-unsupported"
    | "schema-too-large";
  /** The named type in which it was found. */
  readonly typeName: string;
};

type Compiler = {
  readonly types: SchemaTypes;
  readonly named: Map<string, JsonType | "under-way">;
  /** The named type that is being compiled, for errors. */
  typeName: string;
  seen: number;
  depth: number;
  error: SchemaError | undefined;
};

/** Compiles every named type. Types may refer to each other, and to themselves through anything of variable size. */
export function compileTypes(
  types: SchemaTypes,
): Result<ReadonlyMap<string, JsonType>, SchemaError> {
  const compiler: Compiler = {
    types,
    named: new Map(),
    typeName: "",
    seen: 0,
    depth: 0,
    error: undefined,
  };
  const compiled = new Map<string, JsonType>();
  for (const name of Object.keys(types)) {
    const type = compileNamed(compiler, name);
    if (type === undefined) {
      return err(compiler.error ?? { code: "schema-malformed", typeName: name });
    }
    compiled.set(name, type);
  }
  return ok(compiled);
}

function compileNamed(compiler: Compiler, name: string): JsonType | undefined {
  const known = compiler.named.get(name);
  if (known === "under-way") return refuse(compiler, "schema-type-contains-itself");
  if (known !== undefined) return known;
  const definition = Object.hasOwn(compiler.types, name) ? compiler.types[name] : undefined;
  if (definition === undefined) return refuse(compiler, "schema-type-unknown");
  const outerName = compiler.typeName;
  compiler.typeName = name;
  const resolved = resolveType(compiler.types, definition);
  const ahead = resolved === undefined ? undefined : placeholderOf(resolved);
  compiler.named.set(name, ahead ?? "under-way");
  const type = compileType(compiler, definition);
  if (type === undefined) return undefined;
  compiler.typeName = outerName;
  if (ahead === undefined) {
    compiler.named.set(name, type);
    return type;
  }
  Object.assign(ahead.layout, type.layout);
  return Object.assign(ahead, type, { layout: ahead.layout });
}

function compileType(compiler: Compiler, type: AnyType): JsonType | undefined {
  if (++compiler.seen > schemaTypesMax || compiler.depth >= schemaDepthMax) {
    return refuse(compiler, "schema-too-large");
  }
  compiler.depth++;
  const compiled =
    typeof type === "string" ? compileNamed(compiler, type) : compileDefinition(compiler, type);
  compiler.depth--;
  if (compiled === undefined) return undefined;
  const { layout, fixedValues = 0 } = compiled;
  // Values that take no room could be claimed without end.
  if (fixedValues > layout.fixedBytes + schemaEmptyValuesMax) {
    return refuse(compiler, "schema-too-large");
  }
  return compiled;
}

function compileDefinition(
  compiler: Compiler,
  type: Exclude<AnyType, string>,
): JsonType | undefined {
  if ("Int" in type) {
    const { bits, isSigned } = type.Int;
    return intType(bits, isSigned) ?? refuse(compiler, "schema-type-unsupported");
  }
  if ("Float" in type) {
    const { exp, mantissa } = type.Float;
    return floatType(exp, mantissa) ?? refuse(compiler, "schema-type-unsupported");
  }
  if ("Object" in type) return mapped(membersOf(compiler, type.Object), objectType);
  if ("Struct" in type) return mapped(membersOf(compiler, type.Struct), structType);
  if ("Variant" in type) return mapped(membersOf(compiler, type.Variant), variantType);
  if ("Tuple" in type) return mapped(typesOf(compiler, type.Tuple), tupleType);
  if ("List" in type) return mapped(compileType(compiler, type.List), listType);
  if ("Option" in type) return mapped(compileType(compiler, type.Option), optionType);
  if ("FracPack" in type) return mapped(compileType(compiler, type.FracPack), nestedType);
  if ("Array" in type) {
    const { type: element, len } = type.Array;
    return mapped(compileType(compiler, element), (known) => arrayType(known, Number(len)));
  }
  const { Custom: custom } = type;
  const inner = compileType(compiler, custom.type);
  return mapped(inner, (known) => customType(compiler.types, custom, known));
}

function membersOf(compiler: Compiler, members: Members): readonly Member[] | undefined {
  const names = Object.keys(members);
  const types = typesOf(compiler, Object.values(members));
  return types?.map((type, i) => ({ name: names[i] ?? "", type }));
}

function typesOf(compiler: Compiler, types: readonly AnyType[]): readonly JsonType[] | undefined {
  const compiled: JsonType[] = [];
  let fixedBytes = 0;
  for (const type of types) {
    const known = compileType(compiler, type);
    if (known === undefined) return undefined;
    fixedBytes += known.layout.fixedBytes;
    compiled.push(known);
  }
  if (fixedBytes > fracpackFixedAreaBytesMax) return refuse(compiler, "schema-too-large");
  return compiled;
}

function mapped<T, U>(value: T | undefined, map: (value: T) => U): U | undefined {
  return value === undefined ? undefined : map(value);
}

/** Stands for a type until it is compiled; undefined for those whose size is theirs to say. */
function placeholderOf(definition: Definition): JsonType | undefined {
  const isOption = "Option" in definition;
  const isContainer = "List" in definition || "FracPack" in definition;
  const isPointer = "Object" in definition || "Tuple" in definition || "Variant" in definition;
  if (!isOption && !isContainer && !isPointer) return undefined;
  const layout: Layout = {
    fixedBytes: 4,
    variable: true,
    optional: isOption,
    container: isContainer,
    put: unfinished,
    append: unfinished,
    isEmpty: unfinished,
    check: unfinished,
    checkWhole: unfinished,
    get: unfinished,
    read: unfinished,
    view: unfinished,
    viewWhole: unfinished,
  };
  return { layout, accepts: unfinished };
}

function unfinished(): never {
  throw new Error("a type was used before its schema was compiled");
}

function refuse(compiler: Compiler, code: SchemaError["code"]): undefined {
  compiler.error ??= { code, typeName: compiler.typeName };
  return undefined;
}
