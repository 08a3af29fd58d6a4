import type { ActionType } from "@kith/protocol/service-schema";

import { fieldCode, memberCode, type ClientTypes } from "./client-types.ts";
import { propertyName, typeNameOf } from "./identifiers.ts";
import type { Piece } from "./layout.ts";

/** A member of one of the lists that generated code has: actions, queries, rows, events, functions of a plugin. */
export type Member = {
  readonly property: string;
  readonly type: Piece;
  readonly value: Piece;
  readonly doc?: string | undefined;
};

type Method = {
  readonly name: string;
  readonly types: ActionType;
  /** Where it stands in the schema, for faults. */
  readonly path: string;
  /** In front of what its types are called. */
  readonly prefix?: string;
  readonly doc: string | undefined;
};

export function methodOf(
  written: ClientTypes,
  { name, types: { params, result }, path, prefix = "", doc }: Method,
): Member {
  const signature = written.use("signature", "type Signature");
  const args = written.write(params, typeNameOf(name, `${prefix}Arguments`), `${path}.params`);
  const given =
    result === undefined
      ? { type: "void", codec: written.use("signature", "nothing") }
      : written.write(result, typeNameOf(name, `${prefix}Result`), `${path}.result`);
  const codecs: readonly Piece[] = [named("args", args.codec), named("result", given.codec)];
  return {
    property: propertyName(name),
    type: { open: `${signature}<`, pieces: [args.type, given.type], close: ">", comma: false },
    value: { open: "{", pieces: codecs, close: "}", comma: true, spaced: true },
    doc,
  };
}

type List = {
  readonly type: string;
  readonly value: string;
  readonly members: readonly Member[];
};

/** A type with all members, and the value that packs them, which is of that type or of `wrapper` around it. */
export function listCode({ type, value, members }: List, wrapper?: string): string {
  const valueType = wrapper === undefined ? type : `${wrapper}<${type}>`;
  if (members.length === 0) {
    return `export type ${type} = Readonly<Record<string, never>>;\nconst ${value}: ${valueType} = {};\n`;
  }
  const fields = members.map((member) => fieldCode(member.property, member.type, member.doc));
  const values = members.map((member) => memberCode(member.property, member.value));
  return `export type ${type} = {\n${fields.join("")}};\nconst ${value}: ${valueType} = {\n${values.join("")}};\n`;
}

/** One import a module, modules and names in the order of the formatter. */
export function importsCode(types: ClientTypes): string {
  const lines: string[] = [];
  const modules = [...types.importsByModule()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [module, names] of modules) {
    const sorted = names.toSorted(byNameTypesLast);
    const onlyTypes = sorted.every((name) => name.startsWith("type "));
    const listed = onlyTypes ? sorted.map((name) => name.slice("type ".length)) : sorted;
    const keyword = onlyTypes ? "import type" : "import";
    const line = `${keyword} { ${listed.join(", ")} } from "${module}";`;
    if (line.length <= 100) lines.push(line);
    else {
      const inner = listed.map((name) => `  ${name},\n`).join("");
      lines.push(`${keyword} {\n${inner}} from "${module}";`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function named(name: string, codec: Piece): Piece {
  if (typeof codec === "string") return `${name}: ${codec}`;
  return { ...codec, open: `${name}: ${codec.open}` };
}

function byNameTypesLast(a: string, b: string): number {
  const [isTypeA, isTypeB] = [a, b].map((name) => name.startsWith("type "));
  if (isTypeA !== isTypeB) return isTypeA === true ? 1 : -1;
  return a < b ? -1 : 1;
}
