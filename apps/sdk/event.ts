import { object, type Codec, type Fields, type ObjectValue } from "@kith/protocol/fracpack";

/** Something that happened, for those who look at the history: it is hashed into `eventRoot`, not kept as a row. */
export type EventDefinition<Value> = { readonly name: string; readonly type: Codec<Value> };

/** An event of whatever fields. */
export type AnyEvent = {
  readonly name: string;
  readonly type: Pick<Codec<unknown>, "schema">;
};

export function event<F extends Fields>(name: string, fields: F): EventDefinition<ObjectValue<F>> {
  return { name, type: object(fields) };
}
