import { bytes, option, str } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import { nothing, signature, type Signature } from "../signature.ts";

export type NewAccount = {
  readonly name: AccountName;
  /** As SPKI; empty where `claim` has the passkey. */
  readonly key: Uint8Array;
  /** What to call the first device: with it the account gets many keys (`auth-keys`), else this one (`auth-sig`). */
  readonly devices?: string;
  /** A passkey as the first key, in place of `key`. Only with `devices`. */
  readonly claim?: Claim;
};

/** `accounts::create`, which is all that the plugin of `accounts` does there. */
export const createAccount: Signature<NewAccount, void> = signature(
  { name: accountCodec, key: bytes, devices: option(str), claim: option(claimCodec) },
  nothing,
);
