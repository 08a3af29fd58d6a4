import { keysHost } from "../plugin-host.ts";
import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";

/** This browser's keys and its passkeys, for `accounts`, `auth-sig`, `auth-keys` and `invite`. */
export const keysPlugin: PluginInterface<(typeof keysHost)["functions"]> = pluginInterface(
  "keys",
  keysHost.functions,
);
