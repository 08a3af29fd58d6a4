import { installedCodeCodec } from "@kith/protocol/entry-points";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { accountNumber } from "@kith/protocol/names";

import type { Overlay, Rows } from "./overlay.ts";
import { placeOf, type Place } from "./place.ts";
import { systemAccounts } from "./system-accounts.ts";
import { TwoGenerations } from "./two-generations.ts";

/** The table of `transact` that says which code is installed on an account; the one table that the node itself reads. */
const codeSpace = 0;
const namesCachedMax = 4096;

const places = new TwoGenerations<AccountName, Place>(namesCachedMax);
/** Rows come out of memory as the same bytes again and again. */
const hashes = new WeakMap<Uint8Array, Checksum>();

export function installedCode(rows: Rows, service: AccountName): Checksum | undefined {
  const row = rows.read(placeOfCode(service));
  if (row === undefined) return undefined;
  const known = hashes.get(row);
  if (known !== undefined) return known;
  const installed = installedCodeCodec.unpack(row);
  if (!installed.ok) return undefined;
  hashes.set(row, installed.value.codeHash);
  return installed.value.codeHash;
}

/** Genesis writes the row itself: before it, there is no service that could. */
export function installAtGenesis(rows: Overlay, account: AccountName, codeHash: Checksum): void {
  rows.write(placeOfCode(account), installedCodeCodec.pack({ account, codeHash }));
}

function placeOfCode(service: AccountName): Place {
  const known = places.get(service);
  if (known !== undefined) return known;
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, accountNumber(service));
  const place = placeOf(systemAccounts.transact, codeSpace, key);
  places.set(service, place);
  return place;
}
