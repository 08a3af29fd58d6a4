import { decodeBase64, encodeBase64 } from "./base64.ts";
import {
  ed25519OfPkcs8,
  ed25519OfSpki,
  ed25519Pkcs8Of,
  ed25519SpkiOf,
  p256OfPkcs8,
  p256OfSpki,
  p256Pkcs8Of,
  p256SpkiOf,
} from "./der.ts";
import { ed25519KeyAdmissible } from "./ed25519-form.ts";
import { bytesOfTrustedHex, toHex } from "./hashes.ts";
import { nodeIdOf, type NodeId } from "./ids.ts";
import { isOnP256 } from "./p256-form.ts";
import { err, ok, type Result } from "./result.ts";

/** Raw: 32 bytes for Ed25519; 65 bytes (04 || x || y) for P-256. */
export type PublicKey = {
  readonly kind: "ed25519" | "p256";
  readonly raw: Uint8Array;
};

/** 32 bytes: the seed of Ed25519, the big-endian scalar of P-256. */
export type PrivateKey = {
  readonly kind: "ed25519" | "p256";
  readonly secret: Uint8Array;
  /** In the file where there was one; nobody has checked that it belongs to `secret`. */
  readonly publicKey?: Uint8Array;
};

export type KeyError =
  | { readonly code: "key-format-unknown"; readonly sizeBytes: number }
  | { readonly code: "key-not-admissible"; readonly kind: PublicKey["kind"] }
  | { readonly code: "key-of-wrong-kind"; readonly kind: PublicKey["kind"] }
  | { readonly code: "pem-malformed"; readonly label: PemLabel };

export type PemLabel = "PUBLIC KEY" | "PRIVATE KEY";

/**
 * SubjectPublicKeyInfo in DER (RFC 5280 section 4.1): Ed25519 (RFC 8410) and P-256 as an uncompressed point (RFC
 * 5480), each in its one shortest form. Ed25519 keys that no signature could verify under are refused here.
 */
export function parsePublicKey(spki: Uint8Array): Result<PublicKey, KeyError> {
  const ed25519 = ed25519OfSpki(spki);
  if (ed25519 !== undefined) {
    if (!ed25519KeyAdmissible(ed25519)) return err({ code: "key-not-admissible", kind: "ed25519" });
    return ok({ kind: "ed25519", raw: ed25519 });
  }
  const p256 = p256OfSpki(spki);
  if (p256 !== undefined) {
    if (!isOnP256(p256)) return err({ code: "key-not-admissible", kind: "p256" });
    return ok({ kind: "p256", raw: p256 });
  }
  return err({ code: "key-format-unknown", sizeBytes: spki.length });
}

/** PKCS#8 in DER (RFC 5958), of the same two kinds. */
export function parsePrivateKey(pkcs8: Uint8Array): Result<PrivateKey, KeyError> {
  const seed = ed25519OfPkcs8(pkcs8);
  if (seed !== undefined) return ok({ kind: "ed25519", secret: seed });
  const p256 = p256OfPkcs8(pkcs8);
  if (p256 !== undefined) return ok({ kind: "p256", ...p256 });
  return err({ code: "key-format-unknown", sizeBytes: pkcs8.length });
}

export function spkiOf(key: PublicKey): Uint8Array {
  return key.kind === "ed25519" ? ed25519SpkiOf(key.raw) : p256SpkiOf(key.raw);
}

export function pkcs8Of(key: PrivateKey): Uint8Array {
  if (key.kind === "ed25519") return ed25519Pkcs8Of(key.secret);
  return p256Pkcs8Of(key.secret, key.publicKey);
}

/** The SPKI of a raw 32-byte Ed25519 key. */
export function ed25519Spki(raw: Uint8Array): Uint8Array {
  return ed25519SpkiOf(raw);
}

/** A node's key is always Ed25519. */
export function nodeIdOfSpki(spki: Uint8Array): Result<NodeId, KeyError> {
  const key = parsePublicKey(spki);
  if (!key.ok) return key;
  if (key.value.kind !== "ed25519") return err({ code: "key-of-wrong-kind", kind: key.value.kind });
  return ok(nodeIdOf(toHex(key.value.raw)));
}

export function spkiOfNodeId(id: NodeId): Uint8Array {
  return ed25519SpkiOf(bytesOfTrustedHex(id));
}

/** RFC 7468: lines of 64 characters between the two markers, without a final newline. */
export function encodePem(label: PemLabel, der: Uint8Array): string {
  const lines = encodeBase64(der).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join("\n");
}

/** Takes exactly one PEM block of this label; white space around and inside it is ignored. */
export function decodePem(label: PemLabel, text: string): Result<Uint8Array, KeyError> {
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  const trimmed = text.trim();
  if (trimmed.length > pemCharsMax || !trimmed.startsWith(begin) || !trimmed.endsWith(end)) {
    return err({ code: "pem-malformed", label });
  }
  const body = trimmed.slice(begin.length, trimmed.length - end.length).replaceAll(/\s/g, "");
  const der = decodeBase64(body);
  return der === undefined ? err({ code: "pem-malformed", label }) : ok(der);
}

const pemCharsMax = 4096;
