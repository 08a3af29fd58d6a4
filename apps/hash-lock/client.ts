import { fromHex } from "@kith/sdk/bytes";
import type { Claim } from "@kith/sdk/claims";
import type { Checksum } from "@kith/sdk/types";

import { hashLockInterface } from "./interface.ts";

/** That the transaction reveals what has this sha256. */
export function hashClaim(hash: Checksum): Claim {
  const rawData = fromHex(hash);
  if (!rawData.ok) throw new TypeError("a checksum is hex");
  return { service: hashLockInterface.name, rawData: rawData.value };
}

/** For `signTransactionWith`: proves the claim of a hash by its secret. */
export function revealing(secret: Uint8Array): () => Uint8Array {
  return () => secret;
}
