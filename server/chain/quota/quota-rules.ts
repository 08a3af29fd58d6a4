import {
  allowanceCodec,
  defaultAllowanceCodec,
  sponsorCodec,
  type Allowance,
} from "@kith/protocol/entry-points";
import type { AccountName } from "@kith/protocol/ids";
import { accountNumber } from "@kith/protocol/names";

import type { Rows } from "../overlay.ts";
import { placeOf, type Place } from "../place.ts";
import { spaceOf } from "../space.ts";
import { systemAccounts } from "../system-accounts.ts";
import { TwoGenerations } from "../two-generations.ts";

/** The tables of `quotas` that the node itself reads. */
const spaces = { defaults: spaceOf(0, 0), own: spaceOf(1, 0), sponsors: spaceOf(2, 0) } as const;
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

/** Who pays for what this account does, when it is somebody else. */
export function sponsorOf(rows: Rows, account: AccountName): AccountName | undefined {
  const row = rows.read(placeFor(sponsorPlaces, spaces.sponsors, account));
  return row === undefined ? undefined : sponsorCodec.trustedUnpack(row).sponsor;
}

function placeFor(
  places: TwoGenerations<AccountName, Place>,
  space: number,
  account: AccountName,
): Place {
  const known = places.get(account);
  if (known !== undefined) return known;
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, accountNumber(account));
  const place = placeOf(systemAccounts.quotas, space, key);
  places.set(account, place);
  return place;
}
