import { latin1Of } from "./hashes.ts";
import { parseAccountName } from "./names.ts";
import type { RowAddress } from "./row-proof.ts";

/** Of what `packAddress` made; the key is a part of `bytes`. Undefined for anything else. */
export function unpackAddress(bytes: Uint8Array): RowAddress | undefined {
  const named = 1 + (bytes[0] ?? 0);
  if (bytes.length < named + spaceBytes) return undefined;
  const service = parseAccountName(latin1Of(bytes.subarray(1, named)));
  if (!service.ok) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const key = bytes.subarray(named + spaceBytes);
  return { service: service.value, space: view.getUint32(named), key };
}

const spaceBytes = 4;
