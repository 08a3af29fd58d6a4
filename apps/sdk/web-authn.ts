import { p256SignatureOfDer } from "@kith/protocol/p256-der";
import type { Claim } from "@kith/protocol/transaction";
import {
  packWebAuthnClaim,
  packWebAuthnProof,
  parseWebAuthnClaim,
  type WebAuthnClaim,
} from "@kith/protocol/webauthn";

import { webAuthn } from "./claims.ts";

/**
 * For clients with passkeys. `prepareSigning` gives the message, which is the challenge of `navigator.credentials.get`;
 * its answer becomes the proof for `finishSigning`.
 */

/** That this passkey agrees to the transaction; undefined for a key or a page that could never prove it. */
export function passkeyClaim(passkey: WebAuthnClaim): Claim | undefined {
  const rawData = packWebAuthnClaim(passkey);
  return parseWebAuthnClaim(rawData) === undefined ? undefined : { service: webAuthn, rawData };
}

/** The parts of an AuthenticatorAssertionResponse, as bytes. */
export type Assertion = {
  readonly authenticatorData: Uint8Array;
  readonly clientDataJson: Uint8Array;
  /** ES256 in DER, as authenticators give it. */
  readonly signature: Uint8Array;
};

/** Undefined when the signature is no ES256 signature in DER. */
export function passkeyProof(assertion: Assertion): Uint8Array | undefined {
  const signature = p256SignatureOfDer(assertion.signature);
  if (signature === undefined) return undefined;
  const { authenticatorData, clientDataJson } = assertion;
  return packWebAuthnProof({ authenticatorData, clientDataJson, signature });
}

export { webAuthnChallenge } from "@kith/protocol/webauthn";
export type { WebAuthnClaim } from "@kith/protocol/webauthn";
