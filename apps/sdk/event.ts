import { object, type Codec, type Fields, type ObjectValue } from "@kith/protocol/fracpack";

/** Something that happened, for those who look at the history: it is hashed into `eventRoot`, not kept as a row. */
export type EventDefinition<Value> = { readonly name: string; readonly type: Codec<Value> };

export function event<F extends Fields>(name: string, fields: F): EventDefinition<ObjectValue<F>> {
  return { name, type: object(fields) };
}
