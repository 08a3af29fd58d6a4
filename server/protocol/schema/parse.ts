import { schemaDepthMax, schemaTypesMax } from "../limits.ts";
import { err, ok, type Result } from "../result.ts";
import type { AnyType, Members, SchemaTypes } from "../schema-types.ts";
import type { SchemaError } from "./compile.ts";
import { isList, isRecord } from "./json-type.ts";

/** How much has been looked at, and in which named type. */
type Look = { seen: number; depth: number; typeName: string };

/** The named types of a schema from JSON that came from outside. */
export function parseTypes(json: unknown): Result<SchemaTypes, SchemaError> {
  const look: Look = { seen: 0, depth: 0, typeName: "" };
  if (isTypes(json, look)) return ok(json);
  const code = look.seen > schemaTypesMax ? "schema-too-large" : "schema-malformed";
  return err({ code, typeName: look.typeName });
}

function isTypes(json: unknown, look: Look): json is SchemaTypes {
  if (!isRecord(json)) return false;
  return Object.entries(json).every(([name, type]) => {
    look.typeName = name;
    return isName(name) && isType(type, look);
  });
}

function isType(json: unknown, look: Look): json is AnyType {
  if (typeof json === "string") return true;
  if (++look.seen > schemaTypesMax || look.depth >= schemaDepthMax || !isRecord(json)) return false;
  const [kind, ...more] = Object.keys(json);
  if (kind === undefined || more.length > 0) return false;
  look.depth++;
  const valid = isBody(kind, json[kind], look);
  look.depth--;
  return valid;
}

function isBody(kind: string, body: unknown, look: Look): boolean {
  switch (kind) {
    case "Struct":
    case "Object":
    case "Variant":
      return isMembers(body, look);
    case "Tuple":
      return isList(body) && body.every((member) => isType(member, look));
    case "List":
    case "Option":
    case "FracPack":
      return isType(body, look);
    case "Array":
      return isRecord(body) && isType(body["type"], look) && isLength(body["len"]);
    case "Custom":
      return isRecord(body) && isType(body["type"], look) && typeof body["id"] === "string";
    case "Int":
      return isRecord(body) && isBits(body["bits"]) && typeof body["isSigned"] === "boolean";
    case "Float":
      return isRecord(body) && isBits(body["exp"]) && isBits(body["mantissa"]);
    default:
      return false;
  }
}

/** Names like "7" would lose their place: JavaScript puts them first. */
function isMembers(body: unknown, look: Look): body is Members {
  if (!isRecord(body)) return false;
  return Object.entries(body).every(([name, type]) => isName(name) && isType(type, look));
}

function isName(name: string): boolean {
  return name !== "__proto__" && !/^(?:0|[1-9][0-9]{0,9})$/.test(name);
}

function isLength(value: unknown): boolean {
  const length = typeof value === "string" && /^[0-9]{1,10}$/.test(value) ? Number(value) : value;
  return typeof length === "number" && Number.isInteger(length) && length >= 0 && length < 2 ** 32;
}

function isBits(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 1024;
}
