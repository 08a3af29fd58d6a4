import { latin1Of } from "./hashes.ts";
import { parseAccountName } from "./names.ts";
import type { RowAddress } from "./row-proof.ts";

/** Of what `packAddress` made; the key is a part of `bytes`. Undefined for anything else. */
export function unpackAddress(bytes: Uint8Array): RowAddress | undefined {
  const named = 1 + (bytes[0] ?? 0);
  const keyAt = named + spaceBytes;
  if (bytes.length < keyAt) return undefined;
  const service = parseAccountName(latin1Of(bytes.subarray(1, named)));
  if (!service.ok) return undefined;
  // A view for one number would cost more than all the rest.
  const high = ((bytes[named] ?? 0) << 8) | (bytes[named + 1] ?? 0);
  const space = high * 0x1_0000 + (((bytes[named + 2] ?? 0) << 8) | (bytes[named + 3] ?? 0));
  return { service: service.value, space, key: bytes.subarray(keyAt) };
}

const spaceBytes = 4;
