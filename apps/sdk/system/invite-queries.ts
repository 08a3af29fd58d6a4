import type { NoArguments } from "@kith/protocol/entry-points";
import {
  bool,
  bytes,
  list,
  object,
  option,
  str,
  u16,
  u64Number,
  type Codec,
} from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import { question, type Question } from "../query.ts";
import { word } from "../word.ts";
import { acceptance, type Acceptance, type Invite } from "./invite.ts";

type OfKey = { readonly key: Uint8Array };

const invite: Codec<Invite> = object({
  key: bytes,
  inviter: accountCodec,
  app: accountCodec,
  createdAt: u64Number,
  expiresAt: u64Number,
  usesMax: u16,
  uses: u16,
  memo: str,
  state: word("open", "expired", "used-up", "revoked"),
});

/** What pages ask. Lists are of the newest hundred. */
export const inviteQueries: {
  /** The newest first. */
  readonly invitesOf: Question<{ readonly inviter: AccountName }, readonly Invite[]>;
  /** For the page that the link leads to. */
  readonly inviteOf: Question<OfKey, Invite | undefined>;
  /** By whom an account came to the network; nothing for those who came by themselves. */
  readonly invitedBy: Question<{ readonly account: AccountName }, Acceptance | undefined>;
  /** Who came by the invites of this account. The newest first. */
  readonly guestsOf: Question<{ readonly inviter: AccountName }, readonly Acceptance[]>;
  /** Whether this account may invite into the app. */
  readonly mayInvite: Question<
    { readonly account: AccountName; readonly app: AccountName },
    boolean
  >;
  readonly ownerOnly: Question<NoArguments, boolean>;
} = {
  invitesOf: question({ inviter: accountCodec }, list(invite)),
  inviteOf: question({ key: bytes }, option(invite)),
  invitedBy: question({ account: accountCodec }, option(acceptance)),
  guestsOf: question({ inviter: accountCodec }, list(acceptance)),
  mayInvite: question({ account: accountCodec, app: accountCodec }, bool),
  ownerOnly: question({}, bool),
};
