import { bool, bytes, object, option, u64Number } from "@kith/protocol/fracpack";
import type { Codec } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";
import { authActions, type AuthActions } from "./auth.ts";
import { invitingActions, type InvitingActions } from "./inviting.ts";

/** `open` is the only one that can be accepted. */
export type InviteState = "open" | "expired" | "used-up" | "revoked";

export type Invite = {
  /** SPKI of the Ed25519 key whose secret is in the link. */
  readonly key: Uint8Array;
  /** Who invites, and pays. */
  readonly inviter: AccountName;
  /** Where the page leads that accepts it. */
  readonly app: AccountName;
  /** Microseconds since the Unix epoch, as all times here. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usesMax: number;
  readonly uses: number;
  /** For everybody to read, as all of this. */
  readonly memo: string;
  /** At the newest block: on a network where nothing happens, `expiresAt` says more. */
  readonly state: InviteState;
};

/** That somebody came by an invite. */
export type Acceptance = {
  readonly account: AccountName;
  readonly app: AccountName;
  readonly inviter: AccountName;
  readonly key: Uint8Array;
  readonly at: number;
  /** The account was made by it; else it was there before. */
  readonly isNew: boolean;
};

export const acceptance: Codec<Acceptance> = object({
  account: accountCodec,
  app: accountCodec,
  inviter: accountCodec,
  key: bytes,
  at: u64Number,
  isNew: bool,
});

/**
 * Links that carry a one-time key. Whoever holds it may have the account `invite` make an account for him, and pays
 * nothing: the inviter does.
 */
export const inviteInterface: ServiceInterface<
  AuthActions &
    InvitingActions & {
      /** By an app: whether only its own service (or whoever acts for its account) invites into it. */
      readonly setRules: Signature<{ readonly byServiceOnly: boolean }, void>;
      /** By the owner of the network: whether nobody else invites. */
      readonly setOwnerOnly: Signature<{ readonly ownerOnly: boolean }, void>;
      /** For apps: whether somebody was invited into them, and by whom. */
      readonly acceptanceOf: Signature<
        { readonly account: AccountName; readonly app: AccountName },
        Acceptance | undefined
      >;
    }
> = serviceInterface("invite", {
  ...authActions,
  ...invitingActions,
  setRules: signature({ byServiceOnly: bool }, nothing),
  setOwnerOnly: signature({ ownerOnly: bool }, nothing),
  acceptanceOf: signature({ account: accountCodec, app: accountCodec }, option(acceptance)),
});

/** Invites of one account that can be accepted at a time. */
export const openInvitesMax = 50;
export const invitesPerHourMax = 20;
export const inviteUsesMax = 100;
export const inviteSecondsMax: number = 30 * 24 * 3600;
export const inviteMemoCharsMax = 140;
/** How long the inviter pays for what a newcomer does, unless he ends it. */
export const guestSeconds: number = 24 * 3600;
