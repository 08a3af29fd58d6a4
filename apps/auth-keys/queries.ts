import { claimDigest } from "@kith/sdk/claims";
import { answering } from "@kith/sdk/query";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authKeysQueries } from "@kith/sdk/system/auth-keys-queries";

import { friendsOfAccount } from "./friends.ts";
import { keysOfAccount, shownKey } from "./keys.ts";
import { listedMax } from "./limits.ts";
import { recoveryOfAccount } from "./recovery.ts";
import { validFrom } from "./sessions.ts";
import { friends, keys } from "./tables.ts";

export const keysOf = answering(authKeysQueries.keysOf, (context, args) =>
  keysOfAccount(context, args.account).slice(0, listedMax).map(shownKey),
);

/** Accounts that have left this auth service are no longer those of their keys. */
export const accountsOf = answering(authKeysQueries.accountsOf, (context, { claim }) => {
  const digest = claimDigest(context, claim);
  const rows = context
    .table(keys)
    .range({ index: "byClaim", prefix: { digest }, limit: listedMax });
  const names = rows.map((row) => row.account);
  const authServices = context.call(accountsInterface).authServicesOf({ names });
  return rows
    .filter((_, i) => authServices[i] === context.self)
    .map(({ account, id, role, label, addedAt }) => ({ account, id, role, label, addedAt }));
});

export const friendsOf = answering(authKeysQueries.friendsOf, (context, args) =>
  friendsOfAccount(context, args.account),
);

export const recoveryOf = answering(authKeysQueries.recoveryOf, (context, args) =>
  recoveryOfAccount(context, args.account),
);

export const recoveriesAskedOf = answering(authKeysQueries.recoveriesAskedOf, (context, args) => {
  const { friend } = args;
  const rows = context.table(friends).range({
    index: "byAsking",
    prefix: { friend },
    from: { askedAt: 1 },
    reverse: true,
    limit: listedMax,
  });
  return rows.flatMap(({ account }) => recoveryOfAccount(context, account) ?? []);
});

export const tokensValidFrom = answering(authKeysQueries.tokensValidFrom, validFrom);
