import {
  allowanceCodec,
  claimSponsorCodec,
  defaultAllowanceCodec,
  sponsorCodec,
  type Allowance,
} from "@kith/protocol/entry-points";
import { sha256 } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import { accountNumber } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import type { Rows } from "../overlay.ts";
import { placeOf, type Place } from "../place.ts";
import { spaceOf } from "../space.ts";
import { systemAccounts } from "../system-accounts.ts";
import { TwoGenerations } from "../two-generations.ts";

/** The tables of `quotas` that the node itself reads. */
const spaces = {
  defaults: spaceOf(0, 0),
  own: spaceOf(1, 0),
  sponsors: spaceOf(2, 0),
  claims: spaceOf(3, 0),
} as const;
const namesCachedMax = 4096;

const defaultsPlace = placeOf(systemAccounts.quotas, spaces.defaults, new Uint8Array(1));
const ownPlaces = new TwoGenerations<AccountName, Place>(namesCachedMax);
const sponsorPlaces = new TwoGenerations<AccountName, Place>(namesCachedMax);

/** What an account may use within the window. Undefined on a network without `quotas`: as much as it likes. */
export function allowanceOf(rows: Rows, account: AccountName): Allowance | undefined {
  const standard = rows.read(defaultsPlace);
  if (standard === undefined) return undefined;
  const own = rows.read(placeFor(ownPlaces, spaces.own, account));
  return own === undefined
    ? defaultAllowanceCodec.trustedUnpack(standard)
    : allowanceCodec.trustedUnpack(own);
}

/** Who pays for a transaction in place of its sender. */
export type Sponsored = {
  readonly by: AccountName;
  /** For guests and for claims the sponsor pays with half of what he has: whatever they do, the rest is his. */
  readonly share: "whole" | "half";
  /** Without it the transaction is refused when the sponsor has nothing left: its sender belongs to everybody. */
  readonly orSender: boolean;
};

/** Who pays for what this account does, when it is somebody else; `now` in microseconds, all claims proved. */
export function sponsorOf(
  rows: Rows,
  account: AccountName,
  { now, claims }: { readonly now: number; readonly claims: readonly Claim[] },
): Sponsored | undefined {
  const row = rows.read(placeFor(sponsorPlaces, spaces.sponsors, account));
  if (row === undefined) return undefined;
  const { sponsor: by, until, byClaims = false } = sponsorCodec.trustedUnpack(row);
  if (byClaims) return claimSponsorOf(rows, account, { now, claims });
  if (until === undefined) return { by, share: "whole", orSender: true };
  return until > now ? { by, share: "half", orSender: true } : undefined;
}

function claimSponsorOf(
  rows: Rows,
  account: AccountName,
  { now, claims }: { readonly now: number; readonly claims: readonly Claim[] },
): Sponsored | undefined {
  for (const claim of claims) {
    const key = new Uint8Array(40);
    key.set(accountKey(account));
    key.set(sha256(claimCodec.pack(claim)), 8);
    const row = rows.read(placeOf(systemAccounts.quotas, spaces.claims, key));
    if (row === undefined) continue;
    const { sponsor: by, until } = claimSponsorCodec.trustedUnpack(row);
    if (until > now) return { by, share: "half", orSender: false };
  }
  return undefined;
}

function placeFor(
  places: TwoGenerations<AccountName, Place>,
  space: number,
  account: AccountName,
): Place {
  const known = places.get(account);
  if (known !== undefined) return known;
  const place = placeOf(systemAccounts.quotas, space, accountKey(account));
  places.set(account, place);
  return place;
}

function accountKey(account: AccountName): Uint8Array<ArrayBuffer> {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, accountNumber(account));
  return key;
}
