/**
 * Modules that every plugin finds in its machine instead of bringing them along (decision 0160). A plugin that was made for
 * this list runs on any later one that only adds to it; another list is another number in `plugin.json`.
 */
export const pluginSdk = 1;

export const pluginRuntimeModules: readonly string[] = [
  "@kith/protocol/action-codec",
  "@kith/protocol/checksums",
  "@kith/protocol/fracpack",
  "@kith/protocol/guest-abi",
  "@kith/protocol/guest-region",
  "@kith/protocol/hashes",
  "@kith/protocol/ids",
  "@kith/protocol/lazy-codec",
  "@kith/protocol/names",
  "@kith/protocol/result",
  "@kith/protocol/service-abi",
  "@kith/protocol/texts",
  "@kith/protocol/transactions",
  "@kith/sdk/abort",
  "@kith/sdk/acting",
  "@kith/sdk/bytes",
  "@kith/sdk/callers",
  "@kith/sdk/claims",
  "@kith/sdk/described",
  "@kith/sdk/guest",
  "@kith/sdk/plugin",
  "@kith/sdk/plugin-host",
  "@kith/sdk/plugin-interface",
  "@kith/sdk/plugins/auth",
  "@kith/sdk/plugins/client-data",
  "@kith/sdk/plugins/crypto",
  "@kith/sdk/plugins/http",
  "@kith/sdk/plugins/json-shape",
  "@kith/sdk/plugins/keys",
  "@kith/sdk/plugins/prompt",
  "@kith/sdk/plugins/prompt-kinds",
  "@kith/sdk/plugins/transact",
  "@kith/sdk/signature",
  "@kith/sdk/texts",
  "@kith/sdk/types",
  "@kith/sdk/word",
];
