import { hmacSha256, sha256 } from "@kith/protocol/hashes";

import { CipherState } from "./cipher-state.ts";

const none = new Uint8Array(0);

/** Noise specification, section 5.2: the running hash and the chaining key of one handshake. */
export class SymmetricState {
  #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #cipher: CipherState | undefined;

  constructor(protocolName: string) {
    const name = new TextEncoder().encode(protocolName);
    this.#hash = name.length <= 32 ? paddedTo32(name) : sha256(name);
    this.#chainingKey = this.#hash;
  }

  get hash(): Uint8Array {
    return this.#hash;
  }

  mixHash(data: Uint8Array): void {
    const joined = new Uint8Array(32 + data.length);
    joined.set(this.#hash);
    joined.set(data, 32);
    this.#hash = sha256(joined);
  }

  mixKey(secret: Uint8Array): void {
    const [chainingKey, key] = deriveTwo(this.#chainingKey, secret);
    this.#chainingKey = chainingKey;
    this.#cipher = new CipherState(key);
  }

  /** Before the first key the text stays readable, but is bound by the hash. */
  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const sealed = this.#cipher?.encrypt(plaintext, this.#hash) ?? plaintext;
    this.mixHash(sealed);
    return sealed;
  }

  decryptAndHash(sealed: Uint8Array): Uint8Array | undefined {
    const plaintext =
      this.#cipher === undefined ? sealed : this.#cipher.decrypt(sealed, this.#hash);
    if (plaintext !== undefined) this.mixHash(sealed);
    return plaintext;
  }

  get overheadBytes(): number {
    return this.#cipher === undefined ? 0 : 16;
  }

  /** The first cipher is for what the initiator says, the second for what the responder says. */
  split(): readonly [CipherState, CipherState] {
    const [first, second] = deriveTwo(this.#chainingKey, none);
    return [new CipherState(first), new CipherState(second)];
  }
}

/** Section 4.3 `HKDF` with two outputs (RFC 5869 without info). */
function deriveTwo(chainingKey: Uint8Array, input: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const secret = hmacSha256(chainingKey, input);
  const first = hmacSha256(secret, Uint8Array.of(1));
  const tail = new Uint8Array(33);
  tail.set(first);
  tail[32] = 2;
  return [first, hmacSha256(secret, tail)];
}

function paddedTo32(name: Uint8Array): Uint8Array {
  const padded = new Uint8Array(32);
  padded.set(name);
  return padded;
}
