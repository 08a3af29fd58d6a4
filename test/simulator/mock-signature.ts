import type { ConsensusCrypto } from "@kith/consensus/core/config";
import { bytesOfTrustedHex } from "@kith/protocol/hashes";
import type { BlockId, NodeId } from "@kith/protocol/ids";
import type { VerifierPort } from "@kith/replica/ports";

/**
 * Signatures that cost nothing: a checksum of message and key. The simulator looks for mistakes in order and
 * durability, and real signatures would take nine tenths of its time.
 */
export function mockSign(message: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const signature = new Uint8Array(64);
  new DataView(signature.buffer).setUint32(0, checksum(message, checksum(publicKey, 1)));
  return signature;
}

/** The same for what consensus signs; a node's key is its id. */
export function mockCrypto(chain: BlockId, self: NodeId): ConsensusCrypto {
  const key = bytesOfTrustedHex(self);
  return {
    chain,
    sign: (statement) => mockSign(statement, key),
    isSigned: (node, statement, signature) => {
      const expected = checksum(statement, checksum(bytesOfTrustedHex(node), 1));
      return new DataView(signature.buffer, signature.byteOffset).getUint32(0) === expected;
    },
  };
}

export const mockVerifier: VerifierPort = {
  verify(checks, done) {
    done(
      checks.every(({ message, publicKey, signature }) => {
        const expected = checksum(message, checksum(publicKey, 1));
        const { buffer, byteOffset } = signature;
        return new DataView(buffer, byteOffset).getUint32(0) === expected;
      }),
    );
  },
};

function checksum(bytes: Uint8Array, start: number): number {
  let hash = start;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
