import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

import { compileMethods } from "./compiled-methods.ts";
import type { AnyMethod } from "./signature.ts";

/** A plugin as its callers see it: the account that it belongs to, and the signatures of its functions. */
export type PluginInterface<Functions> = {
  readonly name: AccountName;
  readonly functions: Functions;
};

/** A plugin with functions of whatever types. */
export type AnyPlugin = PluginInterface<Readonly<Record<string, AnyMethod>>>;

/**
 * Declares a plugin that is written somewhere else, so that it can be called.
 *
 *     const board = pluginInterface("board", { post: signature({ thread: u32, text: str }, u32) });
 */
export function pluginInterface<const Functions extends Readonly<Record<string, AnyMethod>>>(
  name: string,
  functions: Functions,
): PluginInterface<Functions> {
  compileMethods(functions);
  return { name: accountNameConstant(name), functions };
}
