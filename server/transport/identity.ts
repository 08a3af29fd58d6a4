import { signEd25519, verifyEd25519 } from "@kith/protocol/ed25519";
import { bytesOfTrustedHex, concatBytes } from "@kith/protocol/hashes";
import type { NodeId } from "@kith/protocol/ids";
import { ed25519Spki, nodeIdOfSpki } from "@kith/protocol/keys";
import { ed25519 } from "@noble/curves/ed25519.js";

import { keyPairOf, type KeyPair, type Role } from "./noise/handshake.ts";

/** A node's Ed25519 key; `secretKey` is the 32-byte seed. */
export type Identity = { readonly secretKey: Uint8Array; readonly nodeId: NodeId };

const publicKeyBytes = 32;
const proofBytes = publicKeyBytes + 64;

/** The Noise static key is the Montgomery form of the node's key (RFC 7748 section 4.1), so there is one key to keep. */
export function staticKeyOf(identity: Identity): KeyPair {
  return keyPairOf(ed25519.utils.toMontgomerySecret(identity.secretKey));
}

/**
 * The Ed25519 key and its signature over everything that was said before. The Montgomery form has lost the sign of
 * the key, so possession of the static key alone would leave two candidates.
 */
export function proveIdentity(
  identity: Identity,
  role: Role,
  handshakeHash: Uint8Array,
): Uint8Array {
  return concatBytes(
    bytesOfTrustedHex(identity.nodeId),
    signEd25519(signedText(role, handshakeHash), identity.secretKey),
  );
}

/** Undefined when `proof` does not show that the owner of `remoteStatic` is a node and spoke in this handshake. */
export function provenNode(
  proof: Uint8Array,
  role: Role,
  handshakeHash: Uint8Array,
  remoteStatic: Uint8Array,
): NodeId | undefined {
  if (proof.length !== proofBytes) return undefined;
  const publicKey = proof.slice(0, publicKeyBytes);
  const signature = proof.slice(publicKeyBytes);
  if (!isMontgomeryFormOf(remoteStatic, publicKey)) return undefined;
  if (!verifyEd25519(signedText(role, handshakeHash), publicKey, signature)) return undefined;
  const node = nodeIdOfSpki(ed25519Spki(publicKey));
  return node.ok ? node.value : undefined;
}

/** Text that no transaction and no block header starts with, and which end of the link speaks. */
function signedText(role: Role, handshakeHash: Uint8Array): Uint8Array {
  return concatBytes(new TextEncoder().encode(`kith link ${role} `), handshakeHash);
}

function isMontgomeryFormOf(montgomery: Uint8Array, edwards: Uint8Array): boolean {
  try {
    const expected = ed25519.utils.toMontgomery(edwards);
    return expected.every((byte, at) => byte === montgomery[at]);
  } catch {
    return false;
  }
}
