import { actionCodec } from "./action-codec.ts";
import { list, object, type Codec } from "./fracpack.ts";
import type { AccountName } from "./ids.ts";
import { accountCodec } from "./names.ts";
import type { Action } from "./transaction.ts";

/**
 * What `staged-tx` asks the node to run in the name of the action's sender, and who agreed to that. A file of its own:
 * every service has what it takes to ask, and what it does not need would be a part of its memory.
 */
export type RunAs = { readonly action: Action; readonly by: readonly AccountName[] };
export const runAsCodec: Codec<RunAs> = object({ action: actionCodec, by: list(accountCodec) });
