import { pluginInterface } from "@kith/sdk/plugin-interface";
import { nothing, serviceInterface, signature } from "@kith/sdk/signature";
import { table } from "@kith/sdk/table";
import { account, bytes, list, object, option, str, u32 } from "@kith/sdk/types";

export const noteFields = { id: u32, by: account, text: str };

export const notes = table("notes", noteFields, { key: ["id"] });

export const notebookService = serviceInterface("notebook", {
  write: signature({ text: str }, u32),
});

export const notebookQueries = {
  recent: signature({ limit: u32 }, list(object(noteFields))),
  whoAsks: signature({}, list(account)),
};

export const notebookPlugin = pluginInterface("notebook", {
  add: signature({ text: str }, nothing),
  addTwice: signature({ text: str }, nothing),
  caller: signature({}, account),
  letterbox: signature({}, bytes),
  read: signature({ letter: bytes }, option(str)),
  spin: signature({ rounds: u32 }, u32),
  hop: signature({ times: u32 }, u32),
});
