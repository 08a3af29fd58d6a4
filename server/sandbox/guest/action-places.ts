import type { MethodName } from "@kith/protocol/ids";
import { methodNameConstant } from "@kith/protocol/names";
import type { ServiceDefinition } from "@kith/protocol/service-abi";
import { parseServiceSchema } from "@kith/protocol/service-schema";

export type Places = ReadonlyMap<MethodName, number>;

const known = new WeakMap<
  ServiceDefinition,
  { readonly actions: Places; readonly queries: Places }
>();

/** Where each action stands in the definition, and each query. */
export function placesOf(definition: ServiceDefinition): {
  readonly actions: Places;
  readonly queries: Places;
} {
  const found = known.get(definition);
  if (found !== undefined) return found;
  const schema = parseServiceSchema(definition.schema);
  const { actions, queries } = schema.ok ? schema.value : { actions: {}, queries: {} };
  const places = { actions: placesIn(actions), queries: placesIn(queries) };
  known.set(definition, places);
  return places;
}

function placesIn(methods: object): Places {
  return new Map(Object.keys(methods).map((name, place) => [methodNameConstant(name), place]));
}
