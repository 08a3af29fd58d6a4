import { customKindOf } from "@kith/protocol/schema-custom-kind";
import type { AnyType, Members, SchemaTypes } from "@kith/protocol/schema-types";

import {
  type Identifiers,
  literalOf,
  propertyName,
  typeNameOf,
  valueNameOf,
} from "./identifiers.ts";
import { callOf, commentOf, flatten, layOut, widthMax, type Group, type Piece } from "./layout.ts";

/** How one type is written: as a type, and as a value that packs it. */
export type Written = {
  readonly type: Piece;
  readonly codec: Piece;
  /** The inner type, where the value may be missing: a member then is optional. */
  readonly optional?: Piece;
  /** A union, which needs brackets in front of `[]`. */
  readonly isUnion?: boolean;
};

export type TypeFault = {
  readonly code: "type-unsupported" | "type-unknown" | "type-contains-itself";
  /** As in `actions.mint.params.amount`. */
  readonly path: string;
};

/** Stops the writing of a client whose types cannot be written. */
export class UnwritableType extends Error {
  readonly fault: TypeFault;
  constructor(fault: TypeFault) {
    super(fault.code);
    this.fault = fault;
  }
}

type Custom = { readonly type: AnyType; readonly id: string };
type Import = { readonly module: string; readonly name: string };

/**
 * Writes the types of a schema. Objects, structs and variants get a declaration each, under the name that the schema
 * has for them or one made from where they stand; everything else is written in place.
 */
export class ClientTypes {
  /** Code of all declarations, in an order in which each uses only earlier ones. */
  readonly declarations: string[] = [];
  /** Types that contain themselves, by their names in the schema, with the name of the value that packs them. */
  readonly recursive = new Map<string, string>();
  private readonly types: SchemaTypes;
  private readonly names: Identifiers;
  private readonly imports = new Map<string, Import>();
  private readonly written = new Map<string, Written>();
  /** Named types that are being written, with the name of the declaration to come, if they have one. */
  private readonly underWay = new Map<string, string | undefined>();

  constructor(types: SchemaTypes, names: Identifiers) {
    this.types = types;
    this.names = names;
  }

  /** `name` is what a declaration would be called. */
  write(type: AnyType, name: string, path: string): Written {
    if (typeof type === "string") return this.writeNamed(type, path);
    if ("Object" in type || "Struct" in type || "Variant" in type) {
      return this.declare(type, this.names.take(name), path);
    }
    return this.writeInPlace(type, name, path);
  }

  /** What has to be imported, by module. */
  importsByModule(): ReadonlyMap<string, readonly string[]> {
    const byModule = new Map<string, string[]>();
    for (const { module, name } of this.imports.values()) {
      byModule.set(module, [...(byModule.get(module) ?? []), name]);
    }
    return byModule;
  }

  use(module: keyof typeof modules, name: string): string {
    this.imports.set(`${module} ${name}`, { module: modules[module], name });
    return name.replace(/^type /, "");
  }

  private writeNamed(name: string, path: string): Written {
    const known = this.written.get(name);
    if (known !== undefined) return known;
    if (this.underWay.has(name)) return this.writeItself(name, path);
    const type = Object.hasOwn(this.types, name) ? this.types[name] : undefined;
    if (type === undefined) throw new UnwritableType({ code: "type-unknown", path });
    const declared = isDeclared(type) ? this.names.take(typeNameOf(name)) : undefined;
    this.underWay.set(name, declared);
    const written =
      declared === undefined
        ? this.write(type, typeNameOf(name), path)
        : this.declare(type, declared, path);
    this.underWay.delete(name);
    this.written.set(name, written);
    return written;
  }

  /** The declaration that is being written is used inside of itself. */
  private writeItself(name: string, path: string): Written {
    const declared = this.underWay.get(name);
    if (declared === undefined) throw new UnwritableType({ code: "type-contains-itself", path });
    const codec = codecNameOf(declared);
    this.recursive.set(name, codec);
    const later = callOf(this.use("clientTypes", "lazy"), literalOf(name), `() => ${codec}`);
    return { type: declared, codec: later };
  }

  private declare(type: AnyType, name: string, path: string): Written {
    if (typeof type === "string") return this.writeNamed(type, path);
    const written = { type: name, codec: codecNameOf(name) };
    if ("Object" in type) this.declareMembers(name, { make: "object", members: type.Object, path });
    else if ("Struct" in type) {
      this.declareMembers(name, { make: "struct", members: type.Struct, path });
    } else if ("Variant" in type) this.declareVariant(name, type.Variant, path);
    return written;
  }

  private declareMembers(
    name: string,
    {
      make,
      members,
      path,
    }: { readonly make: "object" | "struct"; readonly members: Members; readonly path: string },
  ): void {
    const fields: string[] = [];
    const codecs: string[] = [];
    for (const [member, type] of Object.entries(members)) {
      const {
        type: text,
        codec,
        optional,
      } = this.write(type, typeNameOf(name, member), `${path}.${member}`);
      const property = propertyName(member);
      const prefix = `readonly ${property}${optional === undefined ? "" : "?"}: `;
      fields.push(`  ${layOut(optional ?? text, { prefix, suffix: ";", indent: 2 })}\n`);
      codecs.push(memberCode(property, codec));
    }
    const type = fields.length === 0 ? "Readonly<Record<string, never>>" : `{\n${fields.join("")}}`;
    const value = codecs.length === 0 ? "{}" : `{\n${codecs.join("")}}`;
    this.addDeclaration(name, type, `${this.use("types", make)}(${value})`);
  }

  private declareVariant(name: string, members: Members, path: string): void {
    const alternatives: Alternative[] = [];
    const codecs: string[] = [];
    for (const [member, type] of Object.entries(members)) {
      const written = this.write(type, typeNameOf(name, member), `${path}.${member}`);
      const property = propertyName(member);
      alternatives.push({ property, type: written.type });
      codecs.push(memberCode(property, written.codec));
    }
    if (alternatives.length === 0) throw new UnwritableType({ code: "type-unsupported", path });
    const type = unionCode(`export type ${name} = `, alternatives);
    this.addDeclaration(name, type, `${this.use("types", "variant")}({\n${codecs.join("")}})`);
  }

  private addDeclaration(name: string, type: string, value: string): void {
    const codec = this.use("types", "type Codec");
    const equals = type.startsWith("\n") ? " =" : " = ";
    this.declarations.push(
      `export type ${name}${equals}${type};\n`,
      `const ${codecNameOf(name)}: ${codec}<${name}> = ${value};\n`,
    );
  }

  private writeInPlace(type: Exclude<AnyType, string>, name: string, path: string): Written {
    if ("Int" in type) return this.writeInt(type.Int.bits, type.Int.isSigned, path);
    if ("Float" in type) return this.writeFloat(type.Float.exp, type.Float.mantissa, path);
    if ("Option" in type) {
      const inner = this.write(type.Option, name, path);
      const bare = inner.optional ?? inner.type;
      const codec = callOf(this.use("types", "option"), inner.codec);
      return { type: `${flatten(bare)} | undefined`, codec, optional: bare, isUnion: true };
    }
    if ("List" in type) {
      const inner = this.write(type.List, typeNameOf(name, "Item"), `${path}[]`);
      return { type: listOf(inner), codec: callOf(this.use("types", "list"), inner.codec) };
    }
    if ("Array" in type) {
      const inner = this.write(type.Array.type, typeNameOf(name, "Item"), `${path}[]`);
      const codec = callOf(this.use("types", "array"), inner.codec, String(Number(type.Array.len)));
      return { type: listOf(inner), codec };
    }
    if ("FracPack" in type) {
      const inner = this.write(type.FracPack, name, path);
      const codec = callOf(this.use("clientTypes", "nested"), inner.codec);
      return { ...withoutOptional(inner), codec };
    }
    if ("Tuple" in type) return this.writeTuple(type.Tuple, name, path);
    if ("Custom" in type) return this.writeCustom(type.Custom, name, path);
    throw new UnwritableType({ code: "type-unsupported", path });
  }

  private writeTuple(types: readonly AnyType[], name: string, path: string): Written {
    const members = types.map((type, at) =>
      this.write(type, typeNameOf(name, String(at)), `${path}.${at}`),
    );
    const type: Group = {
      open: "readonly [",
      pieces: members.map((member) => member.type),
      close: "]",
      comma: true,
    };
    const open = `${this.use("types", "tuple")}([`;
    const codec: Group = {
      open,
      pieces: members.map((member) => member.codec),
      close: "])",
      comma: true,
    };
    return { type, codec };
  }

  private writeInt(bits: number, isSigned: boolean, path: string): Written {
    if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) {
      throw new UnwritableType({ code: "type-unsupported", path });
    }
    const codec = this.use("types", `${isSigned ? "i" : "u"}${bits}`);
    return { type: bits === 64 ? "bigint" : "number", codec };
  }

  private writeFloat(exp: number, mantissa: number, path: string): Written {
    const bits = exp + mantissa;
    if (bits !== 32 && bits !== 64) throw new UnwritableType({ code: "type-unsupported", path });
    return { type: "number", codec: this.use("clientTypes", bits === 32 ? "f32" : "f64") };
  }

  /** Representations that programs see; of others they see the type behind them. */
  private writeCustom(custom: Custom, name: string, path: string): Written {
    switch (customKindOf(this.types, custom)) {
      case "bool":
        return { type: "boolean", codec: this.use("types", "bool") };
      case "string":
        return { type: "string", codec: this.use("types", "str") };
      case "AccountNumber":
        return {
          type: this.use("types", "type AccountName"),
          codec: this.use("types", "account"),
        };
      case "MethodNumber":
        return { type: this.use("types", "type MethodName"), codec: this.use("types", "method") };
      case "hex":
        return this.writeBytes(custom.type) ?? this.write(custom.type, name, path);
      case "map":
      case "TimePointSec":
      case "TimePointUSec":
      case undefined:
        return this.write(custom.type, name, path);
    }
  }

  private writeBytes(type: AnyType): Written | undefined {
    if (typeof type === "string") return undefined;
    if ("List" in type && isByte(this.types, type.List)) {
      return { type: "Uint8Array", codec: this.use("types", "bytes") };
    }
    if (!("Array" in type) || !isByte(this.types, type.Array.type)) return undefined;
    const size = String(Number(type.Array.len));
    return { type: "Uint8Array", codec: callOf(this.use("types", "fixedBytes"), size) };
  }
}

const modules = {
  types: "@kith/sdk/types",
  clientTypes: "@kith/sdk/client-types",
  signature: "@kith/sdk/signature",
  client: "@kith/sdk/client",
  pluginInterface: "@kith/sdk/plugin-interface",
} as const;

function codecNameOf(typeName: string): string {
  return `${valueNameOf(typeName)}Codec`;
}

export function memberCode(property: string, value: Piece): string {
  return `  ${layOut(value, { prefix: `${property}: `, suffix: ",", indent: 2 })}\n`;
}

export function fieldCode(property: string, type: Piece, doc?: string): string {
  const line = layOut(type, { prefix: `readonly ${property}: `, suffix: ";", indent: 2 });
  return `${commentOf(doc, 2)}  ${line}\n`;
}

type Alternative = { readonly property: string; readonly type: Piece };

/** A union on one line, or on one for each alternative; those that are too long get lines of their own inside. */
function unionCode(start: string, alternatives: readonly Alternative[]): string {
  const flat = alternatives.map(
    ({ property, type }) => `{ readonly ${property}: ${flatten(type)} }`,
  );
  const line = flat.join(" | ");
  if (`${start}${line};`.length <= widthMax) return line;
  const [only] = alternatives;
  if (only !== undefined && alternatives.length === 1) {
    return `{\n${fieldCode(only.property, only.type)}}`;
  }
  const lines = alternatives.map(({ property, type }, at) => {
    const fits = `  | ${flat[at]}`.length <= widthMax;
    if (fits) return `\n  | ${flat[at]}`;
    const inner = layOut(type, { prefix: `readonly ${property}: `, suffix: ";", indent: 6 });
    return `\n  | {\n      ${inner}\n    }`;
  });
  return lines.join("");
}

function listOf({ type, isUnion }: Written): string {
  return isUnion === true
    ? `readonly (${flatten(type)})[]`
    : `readonly ${wrapped(flatten(type))}[]`;
}

/** `readonly` of an element would belong to the list. */
function wrapped(type: string): string {
  return type.startsWith("readonly ") ? `(${type})` : type;
}

function withoutOptional({ type, codec, isUnion }: Written): Written {
  return isUnion === true ? { type, codec, isUnion } : { type, codec };
}

function isDeclared(type: AnyType): boolean {
  return typeof type === "object" && ("Object" in type || "Struct" in type || "Variant" in type);
}

function isByte(types: SchemaTypes, type: AnyType): boolean {
  let current = type;
  for (let steps = 0; typeof current === "string" && steps < 256; steps++) {
    const named = Object.hasOwn(types, current) ? types[current] : undefined;
    if (named === undefined) return false;
    current = named;
  }
  return (
    typeof current === "object" &&
    "Int" in current &&
    current.Int.bits === 8 &&
    !current.Int.isSigned
  );
}
