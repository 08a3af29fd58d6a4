import { object, type Codec, type Fields, type ObjectValue } from "@kith/protocol/fracpack";
import { methodNameConstant } from "@kith/protocol/names";
import type { EventKind } from "@kith/protocol/service-abi";

import type { Described } from "./described.ts";

/** Something that happened, for those who look at the history: it is not a row, and services cannot read it. */
export type EventDefinition<Value> = Described & {
  readonly name: string;
  readonly kind: EventKind;
  readonly type: Codec<Value>;
  /** Fields by whose values the event can be found. */
  readonly indexes: readonly string[];
};

/** An event of whatever fields. */
export type AnyEvent = Described & {
  readonly name: string;
  readonly kind: EventKind;
  readonly type: Pick<Codec<unknown>, "schema" | "prepare">;
  readonly indexes: readonly string[];
};

export type EventOptions<Name> = {
  /**
   * Fields by whose values the event can be found, at most 8: whole numbers, texts, names, byte strings, times, and
   * true or false, also where they are optional. Each costs every node that keeps events an entry in an index.
   */
  readonly indexes?: readonly Name[];
  /** What it says, for people. */
  readonly doc?: string;
};

/**
 * Declares an event that nodes keep for as long as each of them likes, and that nobody vouches for. Its name is a
 * method name, and the service's only one.
 *
 *     const posted = historyEvent("posted", { author: account, thread: u32 }, { indexes: ["author"] });
 *     context.emit(posted, { author: context.sender, thread: 7 });
 */
export function historyEvent<F extends Fields>(
  name: string,
  fields: F,
  options: EventOptions<keyof F & string> = {},
): EventDefinition<ObjectValue<F>> {
  return declare("history", name, fields, options);
}

/**
 * Declares an event that is kept like a history event and hashed into `eventRoot` as well: whoever trusts a header of
 * the network can be shown that it happened (`verifyEvent`). It costs each node a few hashes.
 */
export function merkleEvent<F extends Fields>(
  name: string,
  fields: F,
  options: EventOptions<keyof F & string> = {},
): EventDefinition<ObjectValue<F>> {
  return declare("merkle", name, fields, options);
}

function declare<F extends Fields>(
  kind: EventKind,
  name: string,
  fields: F,
  { indexes = [], doc }: EventOptions<keyof F & string>,
): EventDefinition<ObjectValue<F>> {
  // Throws where the author sees it, when no node could find the event by its name.
  methodNameConstant(name);
  const described = doc === undefined ? {} : { doc };
  return { name, kind, type: object(fields), indexes, ...described };
}
