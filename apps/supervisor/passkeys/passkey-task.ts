import type { AccountName } from "@kith/protocol/ids";

/** What a window with a passkey does. */
export type PasskeyTask =
  /** Gives the packed claim of a new one. */
  | { readonly kind: "create"; readonly account: AccountName; readonly networkName: string }
  /** Gives the packed proof for the message. */
  | { readonly kind: "prove"; readonly message: Uint8Array }
  /** Gives a `ChosenPasskey`. */
  | { readonly kind: "choose" };
