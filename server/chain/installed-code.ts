import {
  codeContentCodec,
  installedCodeCodec,
  storedCodeCodec,
  type GenesisService,
  type InstalledCode,
} from "@kith/protocol/entry-points";
import { bytesOfTrustedHex, sha256Hex } from "@kith/protocol/hashes";
import type { AccountName, Checksum } from "@kith/protocol/ids";
import { accountNameOf, accountNumber } from "@kith/protocol/names";

import { rangeRowsMax } from "./limits.ts";
import type { Overlay, Rows } from "./overlay.ts";
import { placeOf, type Place } from "./place.ts";
import type { CodeReference, RowAddress, RowReader } from "./ports.ts";
import { spaceOf } from "./space.ts";
import { systemAccounts } from "./system-accounts.ts";
import { TwoGenerations } from "./two-generations.ts";

/** The tables of `setcode` that the node itself reads, and writes at genesis. */
const spaces = {
  installed: spaceOf(0, 0),
  stored: spaceOf(1, 0),
  contents: spaceOf(2, 0),
  /** What ran on an account where nothing runs now. */
  former: spaceOf(5, 0),
} as const;
const namesCachedMax = 4096;
const accountBytes = 8;

const places = new TwoGenerations<AccountName, Place>(namesCachedMax);
/** Rows come out of memory as the same bytes again and again. */
const unpacked = new WeakMap<Uint8Array, InstalledCode>();

/** Which code an account has; undefined when it is no service. */
export function installedCode(rows: Rows, service: AccountName): CodeReference | undefined {
  return referenceIn(rows, placeOfCode(service));
}

/** Which code knows what the rows of an account mean: what it has, or had until it was removed. */
export function codeOfRows(rows: Rows, service: AccountName): CodeReference | undefined {
  const former = placeOf(systemAccounts.setcode, spaces.former, accountKey(service));
  return installedCode(rows, service) ?? referenceIn(rows, former);
}

function referenceIn(rows: Rows, place: Place): CodeReference | undefined {
  const row = rows.read(place);
  if (row === undefined) return undefined;
  const known = unpacked.get(row);
  if (known !== undefined) return referenceTo(rows, known);
  const installed = installedCodeCodec.unpack(row);
  if (!installed.ok) return undefined;
  unpacked.set(row, installed.value);
  return referenceTo(rows, installed.value);
}

/** Whose code the row at this address says; undefined for all other rows. */
export function serviceOfCode({ service, space, key }: RowAddress): AccountName | undefined {
  if (service !== systemAccounts.setcode || space !== spaces.installed) return undefined;
  return accountIn(key);
}

function accountIn(key: Uint8Array): AccountName | undefined {
  if (key.length !== accountBytes) return undefined;
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const account = accountNameOf(view.getBigUint64(0));
  return account.ok ? account.value : undefined;
}

/** Every account that is a service, then every one that was. */
export function servicesWithRows(rows: RowReader): readonly AccountName[] {
  return [...accountsIn(rows, spaces.installed), ...accountsIn(rows, spaces.former)];
}

function accountsIn(rows: RowReader, space: number): readonly AccountName[] {
  const range = { service: systemAccounts.setcode, space, reverse: false };
  const services: AccountName[] = [];
  let from = new Uint8Array();
  for (;;) {
    const page = rows.rangeRows({ ...range, from, limit: rangeRowsMax });
    for (const { key } of page) {
      const service = accountIn(key);
      if (service !== undefined) services.push(service);
    }
    const last = page.at(-1);
    if (last === undefined) return services;
    from = Uint8Array.from([...last.key, 0]);
  }
}

function referenceTo(rows: Rows, { account, codeHash, vm }: InstalledCode): CodeReference {
  return { service: account, codeHash, vm, read: () => readCode(rows, codeHash) };
}

function readCode(rows: Rows, codeHash: Checksum): Uint8Array | undefined {
  const row = rows.read(placeOfHash(spaces.contents, codeHash));
  const content = row === undefined ? undefined : codeContentCodec.unpack(row);
  return content?.ok === true ? content.value.code : undefined;
}

/** Genesis writes the rows itself: before it, there is no service that could. */
export function installAtGenesis(rows: Overlay, { account, vm, code }: GenesisService): void {
  const hash = sha256Hex(code);
  rows.write(placeOfCode(account), installedCodeCodec.pack({ account, codeHash: hash, vm }));
  const stored = placeOfHash(spaces.stored, hash);
  const before = rows.read(stored);
  const known = before === undefined ? undefined : storedCodeCodec.trustedUnpack(before);
  const references = (known?.references ?? 0) + 1;
  rows.write(stored, storedCodeCodec.pack({ hash, vm, sizeBytes: code.length, references }));
  rows.write(placeOfHash(spaces.contents, hash), codeContentCodec.pack({ hash, code }));
}

function placeOfHash(space: number, hash: Checksum): Place {
  return placeOf(systemAccounts.setcode, space, bytesOfTrustedHex(hash));
}

function placeOfCode(service: AccountName): Place {
  const known = places.get(service);
  if (known !== undefined) return known;
  const place = placeOf(systemAccounts.setcode, spaces.installed, accountKey(service));
  places.set(service, place);
  return place;
}

function accountKey(account: AccountName): Uint8Array {
  const key = new Uint8Array(accountBytes);
  new DataView(key.buffer).setBigUint64(0, accountNumber(account));
  return key;
}
