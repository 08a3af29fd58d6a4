/** Words for people about an action, a table or an event; they become comments of generated clients. */
export type Described = { readonly doc?: string };

/**
 * Says what an action, a table or an event is for. Part of the service's schema, so it costs a little state.
 *
 *     const rename = described("Gives the sender another name.", action({ name: str }, nothing, ...));
 */
export function described<T extends object>(doc: string, thing: T): T & Described {
  return { ...thing, doc };
}
