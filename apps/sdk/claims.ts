import { equalBytes } from "@kith/protocol/hashes";
import { parsePublicKey } from "@kith/protocol/keys";
import type { Claim } from "@kith/protocol/transaction";

/** The verify service that the node carries out itself: Ed25519 and P-256 signatures. */
const verifySig = "verify-sig";

/** Whether the transaction is signed with this key (SPKI): what it claims is proved. */
export function provesKey(claims: readonly Claim[], key: Uint8Array): boolean {
  return claims.some(({ service, rawData }) => service === verifySig && equalBytes(rawData, key));
}

/** An SPKI under which signatures can be verified. */
export function isPublicKey(key: Uint8Array): boolean {
  return parsePublicKey(key).ok;
}
