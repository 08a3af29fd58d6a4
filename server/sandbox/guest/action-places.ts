import type { MethodName } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { parseServiceSchema } from "@kith/protocol/service-schema";

const placesByDefinition = new WeakMap<ServiceDefinition, ReadonlyMap<MethodName, number>>();

/** Where each action stands in the definition. */
export function placesOf(definition: ServiceDefinition): ReadonlyMap<MethodName, number> {
  const known = placesByDefinition.get(definition);
  if (known !== undefined) return known;
  const schema = parseServiceSchema(definition.schema);
  const names = schema.ok ? Object.keys(schema.value.actions) : [];
  const places = new Map(names.map((name, place) => [methodNameConstant(name), place] as const));
  placesByDefinition.set(definition, places);
  return places;
}
