import { latin1Of } from "@kith/protocol/hashes";
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
