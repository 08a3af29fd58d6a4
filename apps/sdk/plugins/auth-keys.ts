import type { NoArguments } from "@kith/protocol/entry-points";
import {
  bool,
  bytes,
  list,
  object,
  option,
  str,
  u16,
  u32,
  u64Number,
} from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import { nothing, signature, type Signature } from "../signature.ts";
import { word } from "../word.ts";
import { authFunctions, type AuthFunctions } from "./auth.ts";

type OfAccount = { readonly account: AccountName };

/** One of the user's keys. */
export type Device = {
  readonly id: number;
  readonly role: "device" | "passkey" | "recovery";
  readonly label: string;
  /** Microseconds since the Unix epoch, as all times here. */
  readonly addedAt: number;
  /** Before this time it may not touch older keys, friends, or who decides about the account. */
  readonly matureAt: number;
  readonly claim: Claim;
};

/** As its owner sees it. */
type OwnDevice = Device & {
  /** The key is this browser's: who removes it signs himself out. */
  readonly isThis: boolean;
};

type NewKey = {
  readonly claim: Claim;
  readonly role: Device["role"];
  readonly label: string;
};

export type FriendsOfUser = {
  readonly friends: readonly AccountName[];
  /** So many of them have to agree. */
  readonly threshold: number;
  /** How long the owner can object once they do. */
  readonly delaySeconds: number;
};

const newKey = { claim: claimCodec, role: word("device", "passkey", "recovery"), label: str };

const device = {
  id: u32,
  role: newKey.role,
  label: str,
  addedAt: u64Number,
  matureAt: u64Number,
  claim: claimCodec,
};

/** Accounts with several keys, and friends for when all of those are lost. */
export const authKeysPlugin: PluginInterface<
  AuthFunctions & {
    /** By `accounts`: the user's, who is signed in. */
    readonly addKey: Signature<NewKey, void>;
    /** By `accounts`: into an account that another of its keys proves, which is `by`. `kept` as in `prove`. */
    readonly addKeyAs: Signature<
      NewKey & OfAccount & { readonly by: Claim; readonly kept?: Uint8Array },
      void
    >;
    /** By `accounts`. */
    readonly keysOf: Signature<OfAccount, readonly Device[]>;
    /**
     * By `accounts`: the account gets the key that its friends have agreed to, if there is one and its time has come. False when
     * not.
     */
    readonly finishAs: Signature<OfAccount & { readonly claim: Claim }, boolean>;

    /** All that follows is for `home`, and by `accounts`. */
    readonly devices: Signature<NoArguments, readonly OwnDevice[]>;
    readonly removeDevice: Signature<{ readonly id: number }, void>;
    readonly renameDevice: Signature<{ readonly id: number; readonly label: string }, void>;
    /** Ends login tokens: those for one app, or all. */
    readonly endSessions: Signature<{ readonly app?: AccountName }, void>;
    readonly setFriends: Signature<FriendsOfUser, void>;
    readonly clearFriends: Signature<NoArguments, void>;
    /**
     * As a friend: of a link that the owner's new device shows, what follows the `#`. Starts a recovery, or supports the one for
     * the same device, once its code has been typed.
     */
    readonly helpRecover: Signature<{ readonly fragment: string }, void>;
    readonly withdrawSupport: Signature<OfAccount, void>;
    /** As the owner, who is not locked out at all. */
    readonly vetoRecovery: Signature<NoArguments, void>;
    /** As anybody, once the delay is over. */
    readonly finishRecovery: Signature<OfAccount, void>;
  }
> = pluginInterface("auth-keys", {
  ...authFunctions,
  addKey: signature(newKey, nothing),
  addKeyAs: signature(
    { ...newKey, account: accountCodec, by: claimCodec, kept: option(bytes) },
    nothing,
  ),
  keysOf: signature({ account: accountCodec }, list(object(device))),
  finishAs: signature({ account: accountCodec, claim: claimCodec }, bool),
  devices: signature({}, list(object({ ...device, isThis: bool }))),
  removeDevice: signature({ id: u32 }, nothing),
  renameDevice: signature({ id: u32, label: str }, nothing),
  endSessions: signature({ app: option(accountCodec) }, nothing),
  setFriends: signature(
    { friends: list(accountCodec), threshold: u16, delaySeconds: u32 },
    nothing,
  ),
  clearFriends: signature({}, nothing),
  helpRecover: signature({ fragment: str }, nothing),
  withdrawSupport: signature({ account: accountCodec }, nothing),
  vetoRecovery: signature({}, nothing),
  finishRecovery: signature({ account: accountCodec }, nothing),
});
