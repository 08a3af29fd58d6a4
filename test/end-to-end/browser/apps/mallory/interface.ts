import { pluginInterface } from "@kith/sdk/plugin-interface";
import { nothing, signature } from "@kith/sdk/signature";
import { account, list } from "@kith/sdk/types";

/** What its author says that the plugin has; whoever calls it believes that. */
export const malloryPlugin = pluginInterface("mallory", {
  friends: signature({}, list(account)),
  endless: signature({}, nothing),
  keys: signature({}, nothing),
  data: signature({}, nothing),
  trust: signature({}, nothing),
  write: signature({}, nothing),
  writeAs: signature({}, nothing),
});
