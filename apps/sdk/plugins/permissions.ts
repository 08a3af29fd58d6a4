import type { NoArguments } from "@kith/protocol/entry-points";
import { list, object, option, str, u64Number, type Codec } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import { nothing, signature, type Signature } from "../signature.ts";

/** A call that needs somebody's trust: who wants to call what, and how much that takes (`TrustLevel`). */
export type WantedCall = {
  readonly caller: AccountName;
  readonly callee: AccountName;
  /** Of the callee. */
  readonly called: string;
  readonly level: string;
  /** What the callee says about that function. */
  readonly doc?: string;
};

/** What a user has decided, until it is revoked. */
export type Grant = {
  readonly caller: AccountName;
  readonly callee: AccountName;
  /** Calls of this level and lower ones are meant. */
  readonly level: string;
  /** `session`, `always` or `never`. */
  readonly answer: string;
  /** Microseconds since the Unix epoch. */
  readonly since: number;
};

const grant: Codec<Grant> = object({
  caller: accountCodec,
  callee: accountCodec,
  level: str,
  answer: str,
  since: u64Number,
});

/** Who may call whose plugin in the user's name (psibase, default-apps/permissions.md). */
export const permissionsPlugin: PluginInterface<{
  /** By the supervisor, before every call that needs trust. Aborts with `permission-denied`. */
  readonly authorize: Signature<WantedCall, void>;
  /** The user's own. */
  readonly grants: Signature<NoArguments, readonly Grant[]>;
  readonly revoke: Signature<Pick<Grant, "caller" | "callee">, void>;
}> = pluginInterface("perms", {
  authorize: signature(
    { caller: accountCodec, callee: accountCodec, called: str, level: str, doc: option(str) },
    nothing,
  ),
  grants: signature({}, list(grant)),
  revoke: signature({ caller: accountCodec, callee: accountCodec }, nothing),
});
