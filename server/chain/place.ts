import { latin1Of, sha256 } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";

import type { RowAddress } from "./ports.ts";

/** A row's address with the texts under which maps keep it. */
export type Place = {
  readonly address: RowAddress;
  /** Service and space. */
  readonly space: string;
  /** One character a byte, so that the order of texts is the order of bytes. */
  readonly key: string;
};

export function placeOf(service: AccountName, space: number, key: Uint8Array): Place {
  return { address: { service, space, key }, space: spaceText(service, space), key: keyText(key) };
}

export function spaceText(service: AccountName, space: number): string {
  return `${service}/${space}`;
}

export function keyText(key: Uint8Array): string {
  return latin1Of(key);
}

/** Where the state tree keeps a row: sha256 of the name's length, the name, the space (big-endian) and the key. */
export function addressHash({ service, space, key }: RowAddress): Uint8Array {
  const named = 1 + service.length;
  const bytes = new Uint8Array(named + 4 + key.length);
  bytes[0] = service.length;
  for (let at = 0; at < service.length; at++) bytes[1 + at] = service.charCodeAt(at);
  bytes[named] = space >>> 24;
  bytes[named + 1] = (space >>> 16) & 0xff;
  bytes[named + 2] = (space >>> 8) & 0xff;
  bytes[named + 3] = space & 0xff;
  bytes.set(key, named + 4);
  return sha256(bytes);
}
