import { check } from "@kith/sdk/abort";
import { query } from "@kith/sdk/query";
import { action, service } from "@kith/sdk/service";
import { account, list, object, str, u32 } from "@kith/sdk/types";

import { noteFields, notes } from "../interface.ts";

const write = action({ text: str }, u32, (context, { text }) => {
  check(text.trim() !== "", "note-empty", "a note says something");
  const rows = context.table(notes);
  const [last] = rows.range({ reverse: true, limit: 1 });
  const id = (last?.id ?? 0) + 1;
  rows.put({ id, by: context.sender, text });
  return id;
});

const recent = query({ limit: u32 }, list(object(noteFields)), (context, { limit }) =>
  context.table(notes).range({ reverse: true, limit }),
);

/** Whose question it is, as far as the service knows. */
const whoAsks = query({}, list(account), ({ user }) => (user === undefined ? [] : [user]));

export const notebook = service("notebook", {
  tables: [notes],
  actions: { write },
  queries: { recent, whoAsks },
});
