import { methodNameConstant, parseMethodName } from "@kith/protocol/names";
import { err, ok, type Result } from "@kith/protocol/result";
import { compileSchema } from "@kith/protocol/schema";
import { parseServiceSchema, type ServiceSchema } from "@kith/protocol/service-schema";
import type { Action } from "@kith/protocol/transaction";

import type { Package, PostinstallAction } from "./package.ts";
import type { PlanError } from "./plan-error.ts";
import type { SchemaSource } from "./schema-source.ts";

/** The package's script as actions: what it gives as JSON is packed as the called service declares it. */
export function packPostinstall(
  { meta, postinstall }: Package,
  schemaOf: SchemaSource,
): Result<readonly Action[], PlanError> {
  const actions: Action[] = [];
  for (const scripted of postinstall) {
    const rawData = packData(meta.name, scripted, schemaOf);
    if (!rawData.ok) return rawData;
    const { sender, service, method } = scripted;
    actions.push({ sender, service, method, rawData: rawData.value });
  }
  return ok(actions);
}

function packData(
  packageName: string,
  { service, method, data, rawData }: PostinstallAction,
  schemaOf: SchemaSource,
): Result<Uint8Array, PlanError> {
  if (rawData !== undefined) return ok(rawData);
  const parsed = parseServiceSchema(schemaOf(service) ?? "");
  if (!parsed.ok) return err({ code: "schema-unknown", service, package: packageName });
  const { types, actions } = parsed.value;
  const declared = declaredAction(actions, method);
  if (declared === undefined) return err({ code: "action-unknown", service, method });
  const compiled = compileSchema({ ...types, [argumentsType]: declared.params });
  if (!compiled.ok) return err({ code: "schema-unknown", service, package: packageName });
  const packed = compiled.value.packJson(argumentsType, data ?? {});
  if (packed.ok) return packed;
  const { error } = packed;
  const fault =
    error.code === "json-does-not-fit"
      ? { path: error.path, expected: error.expected }
      : { path: "$", expected: error.typeName };
  return err({ code: "action-data-wrong", service, method, ...fault });
}

/** No type of a schema is called so: it would be no identifier. */
const argumentsType = "arguments of the action";

/** A script may spell a method in any way that has the same number. */
function declaredAction(
  actions: ServiceSchema["actions"],
  method: PostinstallAction["method"],
): ServiceSchema["actions"][string] | undefined {
  const found = Object.entries(actions).find(([name]) => {
    const declared = parseMethodName(name);
    return declared.ok && declared.value === methodNameConstant(method);
  });
  return found?.[1];
}
