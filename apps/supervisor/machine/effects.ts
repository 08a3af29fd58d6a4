import type { AccountName, MethodName } from "@kith/protocol/ids";
import type { AddedAction, AddedClaim } from "@kith/sdk/plugin-host";

/** An action, with the plugin that added it. */
type ActionBy = { readonly action: AddedAction; readonly by: AccountName };

/** A call of the supervisor's own functions that changes something once the call at the top has ended. */
export type Effect = {
  readonly host: AccountName;
  readonly method: MethodName;
  readonly args: Uint8Array;
};

/** What one attempt of a call has gathered. */
export type Gathered = {
  readonly actions: ActionBy[];
  readonly claims: AddedClaim[];
  readonly effects: Effect[];
};
