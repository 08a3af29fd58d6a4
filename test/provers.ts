import { signEd25519 } from "@kith/protocol/ed25519";
import { concatBytes, sha256 } from "@kith/protocol/hashes";
import { spkiOf } from "@kith/protocol/keys";
import { p256PublicKey, signP256 } from "@kith/protocol/p256";
import { packText } from "@kith/protocol/texts";
import type { Claim } from "@kith/protocol/transaction";
import { keyClaim } from "@kith/sdk/claims";
import { publicKeyOf } from "@kith/sdk/transaction";
import {
  passkeyClaim,
  passkeyProof,
  webAuthnChallenge,
  type WebAuthnClaim,
} from "@kith/sdk/web-authn";

/** How tests prove claims: by keys, and by an authenticator with a browser around it, as far as signatures show them. */

/** A claim and how it is proved. */
export type Prover = {
  readonly claim: Claim;
  readonly prove: (message: Uint8Array) => Uint8Array;
};

/** Signs with an Ed25519 key. */
export function signerOf(secretKey: Uint8Array): Prover {
  const claim = keyClaim(publicKeyOf(secretKey));
  return { claim, prove: (message) => signEd25519(message, secretKey) };
}

export type Asked = {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly flags?: number;
  readonly challenge?: string;
};

const passkeySecret: Uint8Array = new Uint8Array(32).fill(77);

export const passkey: WebAuthnClaim = passkeyOf(passkeySecret);

/** The passkey with this secret key. */
export function passkeyOf(secretKey: Uint8Array): WebAuthnClaim {
  return {
    key: spkiOf({ kind: "p256", raw: p256PublicKey(secretKey) }),
    rpId: "kith.localhost",
    origin: "http://supervisor.kith.localhost:8080",
    userVerification: true,
  };
}

/** Proves the claim by an assertion that is asked for as `asked` says. */
export function passkeyProver(
  asked: Asked = {},
  wanted: WebAuthnClaim = passkey,
  secretKey: Uint8Array = passkeySecret,
): Prover {
  const claim = passkeyClaim(wanted);
  if (claim === undefined) throw new Error("no claim");
  return { claim, prove: (message) => assertion(message, { ...asked, secretKey }, wanted) };
}

function assertion(
  message: Uint8Array,
  asked: Asked & { readonly secretKey: Uint8Array },
  wanted: WebAuthnClaim,
): Uint8Array {
  const clientDataJson = packText(
    JSON.stringify({
      type: asked.type ?? "webauthn.get",
      challenge: asked.challenge ?? webAuthnChallenge(message),
      origin: asked.origin ?? wanted.origin,
      crossOrigin: false,
    }),
  );
  const authenticatorData = concatBytes(
    sha256(packText(asked.rpId ?? wanted.rpId)),
    Uint8Array.of(asked.flags ?? 0x05, 0, 0, 0, 1),
  );
  const raw = signP256(concatBytes(authenticatorData, sha256(clientDataJson)), asked.secretKey);
  const proof = passkeyProof({ authenticatorData, clientDataJson, signature: derOf(raw) });
  if (proof === undefined) throw new Error("no proof");
  return proof;
}

/** ES256 as authenticators give it. */
function derOf(raw: Uint8Array): Uint8Array {
  const integers = [raw.subarray(0, 32), raw.subarray(32)].map((half) => {
    const from = half.findIndex((byte) => byte !== 0);
    const digits = half.subarray(from);
    const sign = (digits[0] ?? 0) > 0x7f ? Uint8Array.of(0) : new Uint8Array();
    return concatBytes(Uint8Array.of(2, digits.length + sign.length), sign, digits);
  });
  const body = concatBytes(...integers);
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}
