import { equalBytes, toHex } from "@kith/protocol/hashes";
import { checksumOf, type AccountName, type Checksum } from "@kith/protocol/ids";
import { parsePublicKey } from "@kith/protocol/keys";
import { claimBytesMax } from "@kith/protocol/limits";
import { accountNameConstant } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";
import { parseWebAuthnClaim } from "@kith/protocol/webauthn";

import type { QueryContext } from "./context.ts";

/** The verify services that the node carries out itself: signatures of Ed25519 and P-256 keys, and passkeys. */
export const verifySig: AccountName = accountNameConstant("verify-sig");
export const webAuthn: AccountName = accountNameConstant("webauthn");

/** That this key (SPKI) signs the transaction. */
export function keyClaim(key: Uint8Array): Claim {
  return { service: verifySig, rawData: key };
}

/** Whether the transaction makes this claim. All claims that a service sees are proved. */
export function provesClaim(claims: readonly Claim[], wanted: Claim): boolean {
  return claims.some(
    ({ service, rawData }) => service === wanted.service && equalBytes(rawData, wanted.rawData),
  );
}

/** Whether the transaction is signed with this key (SPKI). */
export function provesKey(claims: readonly Claim[], key: Uint8Array): boolean {
  return provesClaim(claims, keyClaim(key));
}

/** A claim's fingerprint, for keys of tables: claims themselves may be long. */
export function claimDigest(context: Pick<QueryContext, "sha256">, claim: Claim): Checksum {
  return checksumOf(toHex(context.sha256(claimCodec.pack(claim))));
}

/** The SPKI of an Ed25519 key. */
export function isEd25519Key(key: Uint8Array): boolean {
  const parsed = parsePublicKey(key);
  return parsed.ok && parsed.value.kind === "ed25519";
}

/** An SPKI under which signatures can be verified. */
export function isPublicKey(key: Uint8Array): boolean {
  return parsePublicKey(key).ok;
}

/** False for what the verify service named by the claim could never find proved, as far as that is known. */
export function isClaim({ service, rawData }: Claim): boolean {
  if (service === verifySig) return isPublicKey(rawData);
  if (service === webAuthn) return parseWebAuthnClaim(rawData) !== undefined;
  return rawData.length <= claimBytesMax;
}

export { claimCodec };
export type { Claim } from "@kith/protocol/transaction";
