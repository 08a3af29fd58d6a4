import { bytes, str, u16, u64Number } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import { nothing, signature, type Signature } from "../signature.ts";

type OfKey = { readonly key: Uint8Array };
type NewInvite = OfKey & {
  readonly app: AccountName;
  readonly expiresAt: number;
  /** 1 to 100. */
  readonly uses: number;
  readonly memo: string;
};

/** What people do with invites: all that their plugin needs. */
export type InvitingActions = {
  /** In the sender's name, who pays for those who come; an account's, or an app's own service. */
  readonly createInvite: Signature<NewInvite, void>;
  /** By the inviter, or by the app that it leads to. */
  readonly revokeInvite: Signature<OfKey, void>;
  /**
   * By the account `invite`, in a transaction that proves the invite's key and the new account's first key: makes the
   * account, which is then under `auth-keys`.
   */
  readonly accept: Signature<
    { readonly name: AccountName; readonly claim: Claim; readonly label: string },
    void
  >;
  /** By an account that is there already, in a transaction that proves the invite's key as well. */
  readonly join: Signature<OfKey, void>;
};

export const invitingActions: InvitingActions = {
  createInvite: signature(
    { key: bytes, app: accountCodec, expiresAt: u64Number, uses: u16, memo: str },
    nothing,
  ),
  revokeInvite: signature({ key: bytes }, nothing),
  accept: signature({ name: accountCodec, claim: claimCodec, label: str }, nothing),
  join: signature({ key: bytes }, nothing),
};
