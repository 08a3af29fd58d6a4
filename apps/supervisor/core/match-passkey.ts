import { parseWebAuthnClaim, webAuthnCheck } from "@kith/protocol/webauthn";

/** Which of the claims a passkey's proof proves, by its place: authenticators do not tell which key they used. */
export async function matchingClaim(
  claims: readonly Uint8Array[],
  message: Uint8Array,
  proof: Uint8Array,
): Promise<number | undefined> {
  for (const [place, packed] of claims.entries()) {
    const claim = parseWebAuthnClaim(packed);
    const checked = claim === undefined ? undefined : webAuthnCheck(claim, proof, message);
    if (checked?.ok === true && (await isSigned(checked.value))) return place;
  }
  return undefined;
}

type Signed = {
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
};

async function isSigned({ message, publicKey, signature }: Signed): Promise<boolean> {
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("spki", new Uint8Array(publicKey), kind, false, [
    "verify",
  ]);
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const [signed, data] = [new Uint8Array(signature), new Uint8Array(message)];
  return crypto.subtle.verify(algorithm, key, signed, data);
}
