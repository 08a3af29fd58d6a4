import type { NoArguments } from "@kith/protocol/entry-points";
import { list, option, str, u16, u32, type Codec } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import { nothing, signature, type Signature } from "../signature.ts";
import { word } from "../word.ts";

/** `recovery` is what is printed on paper: it adds a key or stops a recovery by friends, and does nothing else. */
export type KeyRole = "device" | "passkey" | "recovery";
export const keyRole: Codec<KeyRole> = word("device", "passkey", "recovery");

export type Friends = {
  readonly friends: readonly AccountName[];
  /** So many of them have to agree. */
  readonly threshold: number;
  /** How long the owner can object once they agree. */
  readonly delaySeconds: number;
};

type OfAccount = { readonly account: AccountName };
type Label = { readonly label: string };
type WithClaim = { readonly claim: Claim };

/** What people do in `auth-keys` about their own accounts and those of their friends: all that its plugin needs. */
export type OwnKeysActions = {
  /** The sender's: an old key signs, the new one need not. Gives its id. */
  readonly addKey: Signature<WithClaim & Label & { readonly role: KeyRole }, number>;
  /** Ends all sessions, too: whoever lost a device lost its login tokens. */
  readonly removeKey: Signature<{ readonly id: number }, void>;
  readonly renameKey: Signature<Label & { readonly id: number }, void>;
  /** Who may add a key when all are lost. Ends a recovery that is under way. */
  readonly setFriends: Signature<Friends, void>;
  readonly clearFriends: Signature<NoArguments, void>;
  /** By a friend, whose word counts for it. Again by the same friend replaces it. */
  readonly startRecovery: Signature<OfAccount & WithClaim & Label, void>;
  /** By another friend; for exactly this claim, so that nobody agrees to what was put in its place. */
  readonly supportRecovery: Signature<OfAccount & WithClaim, void>;
  readonly withdrawSupport: Signature<OfAccount, void>;
  /** By the owner, with any of his keys. */
  readonly vetoRecovery: Signature<NoArguments, void>;
  /** By anybody once the delay is over; also by the account itself with the key that is waiting. */
  readonly finishRecovery: Signature<OfAccount, void>;
  /** Login tokens issued before now do not count: those for one app, or all. For accounts of any auth service. */
  readonly endSessions: Signature<{ readonly app?: AccountName }, void>;
};

export const ownKeysActions: OwnKeysActions = {
  addKey: signature({ claim: claimCodec, role: keyRole, label: str }, u32),
  removeKey: signature({ id: u32 }, nothing),
  renameKey: signature({ id: u32, label: str }, nothing),
  setFriends: signature(
    { friends: list(accountCodec), threshold: u16, delaySeconds: u32 },
    nothing,
  ),
  clearFriends: signature({}, nothing),
  startRecovery: signature({ account: accountCodec, claim: claimCodec, label: str }, nothing),
  supportRecovery: signature({ account: accountCodec, claim: claimCodec }, nothing),
  withdrawSupport: signature({ account: accountCodec }, nothing),
  vetoRecovery: signature({}, nothing),
  finishRecovery: signature({ account: accountCodec }, nothing),
  endSessions: signature({ app: option(accountCodec) }, nothing),
};
