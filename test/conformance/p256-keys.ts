import { toHex } from "@kith/protocol/hashes";
import {
  decodePem,
  encodePem,
  parsePrivateKey,
  parsePublicKey,
  pkcs8Of,
  spkiOf,
} from "@kith/protocol/keys";
import { p256PublicKey, signP256, verifyP256 } from "@kith/protocol/p256";

import { isObject, objectOf, textsAt } from "./json.ts";
import { expectEqual, runCase, type CaseResult, type Shape } from "./shape.ts";

/** `{pem: [private key, its public key, ...]}` */
export const p256KeysShape: Shape = {
  name: "P-256 keys",
  matches: ({ json }) => isObject(json) && Array.isArray(json["pem"]),
  run: ({ json }) => {
    const pems = textsAt(objectOf(json), "pem").map((pem) => pem.trim());
    const encodings = pems.map((pem, index) =>
      runCase(`key ${index} is read and written`, () => expectEqual(rewrite(pem), pem)),
    );
    return [...encodings, ...pairCases(pems)];
  },
};

function rewrite(pem: string): string {
  if (pem.includes("PRIVATE KEY")) return encodePem("PRIVATE KEY", pkcs8Of(privateKey(pem)));
  return encodePem("PUBLIC KEY", spkiOf(publicKey(pem)));
}

function pairCases(pems: readonly string[]): CaseResult[] {
  return pems.flatMap((pem, index) => {
    const other = pems[index + 1];
    const isPair = pem.includes("PRIVATE KEY") && other?.includes("PUBLIC KEY") === true;
    return isPair
      ? [runCase(`keys ${index} and ${index + 1} are a pair`, () => pair(pem, other))]
      : [];
  });
}

function pair(privatePem: string, publicPem: string): string | undefined {
  const { secret } = privateKey(privatePem);
  const { raw } = publicKey(publicPem);
  const message = new TextEncoder().encode("Kith");
  const isSigned = verifyP256(message, raw, signP256(message, secret));
  return expectEqual([toHex(p256PublicKey(secret)), isSigned], [toHex(raw), true]);
}

function privateKey(pem: string): {
  readonly kind: "ed25519" | "p256";
  readonly secret: Uint8Array;
} {
  const der = decodePem("PRIVATE KEY", pem);
  if (!der.ok) throw new TypeError(der.error.code);
  const key = parsePrivateKey(der.value);
  if (!key.ok) throw new TypeError(key.error.code);
  return key.value;
}

function publicKey(pem: string): { readonly kind: "ed25519" | "p256"; readonly raw: Uint8Array } {
  const der = decodePem("PUBLIC KEY", pem);
  if (!der.ok) throw new TypeError(der.error.code);
  const key = parsePublicKey(der.value);
  if (!key.ok) throw new TypeError(key.error.code);
  return key.value;
}
