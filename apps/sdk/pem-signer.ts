import { ed25519PublicKey, signEd25519 } from "@kith/protocol/ed25519";
import { decodePem, ed25519Spki, parsePrivateKey, type KeyError } from "@kith/protocol/keys";
import { err, ok, type Result } from "@kith/protocol/result";

import type { Signer } from "./client/connection.ts";

/** A signer for clients from the text of a key file, as `kith key new` writes it: PKCS#8 in PEM form, Ed25519. */
export function signerOfPem(text: string): Result<Signer, KeyError> {
  const pem = decodePem("PRIVATE KEY", text);
  if (!pem.ok) return pem;
  const key = parsePrivateKey(pem.value);
  if (!key.ok) return key;
  if (key.value.kind !== "ed25519") return err({ code: "key-of-wrong-kind", kind: key.value.kind });
  const { secret } = key.value;
  const publicKey = ed25519Spki(ed25519PublicKey(secret));
  return ok({ publicKey, sign: (message) => signEd25519(message, secret) });
}
