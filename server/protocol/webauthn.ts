import { encodeBase64Url } from "./base64.ts";
import { parseClientData } from "./client-data.ts";
import { bool, bytes, object, strUpTo, type Codec } from "./fracpack.ts";
import { concatBytes, equalBytes, sha256 } from "./hashes.ts";
import { parsePublicKey } from "./keys.ts";
import { p256SignatureBytes } from "./p256-form.ts";
import { err, ok, type Result } from "./result.ts";
import { packText } from "./texts.ts";

/**
 * Assertions of passkeys (WebAuthn Level 2, section 7.2) as proofs of claims. The claim says which passkey, and on
 * which page it has to be used: every app's page may ask for passkeys of the whole network's domain, so the origin
 * belongs to what an account trusts.
 */
export type WebAuthnClaim = {
  /** SPKI of the passkey, which is P-256 (ES256). */
  readonly key: Uint8Array;
  /** The domain that the passkey belongs to: `kith.localhost`. */
  readonly rpId: string;
  /** The page that may ask for it: `https://supervisor.example.org`, on `rpId` or below. */
  readonly origin: string;
  /** The person has to be recognised (PIN, finger, face), not only present. */
  readonly userVerification: boolean;
};

/** What the browser gives back, in parts. */
export type WebAuthnProof = {
  /** 37 bytes, or more with extensions. */
  readonly authenticatorData: Uint8Array;
  readonly clientDataJson: Uint8Array;
  /** r || s, 64 bytes. Authenticators give DER; clients turn it into this one form (`p256SignatureOfDer`). */
  readonly signature: Uint8Array;
};

export type WebAuthnError = { readonly code: WebAuthnErrorCode };
export type WebAuthnErrorCode =
  | "proof-malformed"
  | "signature-malformed"
  | "authenticator-data-malformed"
  | "client-data-malformed"
  | "wrong-type"
  | "wrong-challenge"
  | "wrong-origin"
  | "cross-origin"
  | "wrong-relying-party"
  | "user-not-present"
  | "user-not-verified";

/** A signature that has to hold for the proof to hold. */
type SignatureToCheck = {
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
};

const domainCharsMax = 253;
const originCharsMax = 300;

const claimCodec: Codec<WebAuthnClaim> = object({
  key: bytes,
  rpId: strUpTo(domainCharsMax),
  origin: strUpTo(originCharsMax),
  userVerification: bool,
});

const proofCodec: Codec<WebAuthnProof> = object({
  authenticatorData: bytes,
  clientDataJson: bytes,
  signature: bytes,
});

export function packWebAuthnClaim(claim: WebAuthnClaim): Uint8Array {
  return claimCodec.pack(claim);
}

export function packWebAuthnProof(proof: WebAuthnProof): Uint8Array {
  return proofCodec.pack(proof);
}

/** Undefined for anything but the one packed form of a claim that somebody could prove. */
export function parseWebAuthnClaim(rawData: Uint8Array): WebAuthnClaim | undefined {
  const unpacked = claimCodec.unpack(rawData);
  if (!unpacked.ok || !equalBytes(claimCodec.pack(unpacked.value), rawData)) return undefined;
  const { key, rpId, origin } = unpacked.value;
  const parsed = parsePublicKey(key);
  if (!parsed.ok || parsed.value.kind !== "p256") return undefined;
  const host = /^https?:\/\/([a-z0-9.-]+)(?::[1-9][0-9]{0,4})?$/.exec(origin)?.[1];
  if (host === undefined || !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(rpId)) return undefined;
  return host === rpId || host.endsWith(`.${rpId}`) ? unpacked.value : undefined;
}

/** What an authenticator has to be asked for: the signing message itself, in base64url. */
export function webAuthnChallenge(signingMessage: Uint8Array): string {
  return encodeBase64Url(signingMessage);
}

/**
 * Everything about an assertion but its signature, which is given back to be checked (section 7.2, steps 11 to 20). The
 * counter is not looked at: synchronised passkeys have none, and a challenge is good for one transaction only.
 */
export function webAuthnCheck(
  claim: WebAuthnClaim,
  proof: Uint8Array,
  signingMessage: Uint8Array,
): Result<SignatureToCheck, WebAuthnError> {
  const unpacked = proofCodec.unpack(proof);
  if (!unpacked.ok) return err({ code: "proof-malformed" });
  const { authenticatorData, clientDataJson, signature } = unpacked.value;
  const wrong =
    wrongClientData(claim, clientDataJson, signingMessage) ??
    wrongAuthenticatorData(claim, authenticatorData);
  if (wrong !== undefined) return err({ code: wrong });
  if (signature.length !== p256SignatureBytes) return err({ code: "signature-malformed" });
  const message = concatBytes(authenticatorData, sha256(clientDataJson));
  return ok({ message, publicKey: claim.key, signature });
}

function wrongClientData(
  claim: WebAuthnClaim,
  clientDataJson: Uint8Array,
  signingMessage: Uint8Array,
): WebAuthnErrorCode | undefined {
  const clientData = parseClientData(clientDataJson);
  if (clientData === undefined) return "client-data-malformed";
  if (clientData.type !== "webauthn.get") return "wrong-type";
  if (clientData.challenge !== webAuthnChallenge(signingMessage)) return "wrong-challenge";
  if (clientData.origin !== claim.origin) return "wrong-origin";
  return clientData.crossOrigin ? "cross-origin" : undefined;
}

/** Section 6.1: 32 bytes of sha256(rpId), a byte of flags, 4 of counter, then what the flags announce. */
const headBytes = 37;
const flagsAt = 32;
const userPresent = 0x01;
const userVerified = 0x04;
const attestedCredential = 0x40;
const extensions = 0x80;

function wrongAuthenticatorData(
  claim: WebAuthnClaim,
  data: Uint8Array,
): WebAuthnErrorCode | undefined {
  const flags = data[flagsAt] ?? 0;
  const hasMore = (flags & extensions) !== 0;
  // Only a new credential is attested, and extensions are the only thing that may follow an assertion's counter.
  const wellFormed = hasMore ? data.length > headBytes : data.length === headBytes;
  if (!wellFormed || (flags & attestedCredential) !== 0) return "authenticator-data-malformed";
  if (!equalBytes(data.subarray(0, flagsAt), sha256(packText(claim.rpId)))) {
    return "wrong-relying-party";
  }
  if ((flags & userPresent) === 0) return "user-not-present";
  if (claim.userVerification && (flags & userVerified) === 0) return "user-not-verified";
  return undefined;
}
