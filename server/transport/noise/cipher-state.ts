import { nonceMax, rekeyAfterMessages } from "../limits.ts";
import { open, seal } from "./aead.ts";

const none: Uint8Array = new Uint8Array(0);

export type CipherLimits = { readonly nonceMax: number; readonly rekeyAfterMessages: number };

const defaultCipherLimits: CipherLimits = { nonceMax, rekeyAfterMessages };

/**
 * Noise specification, section 5.1: a key and a counter, which is the nonce. Frames of a WebSocket arrive in order and
 * once, so a frame that is repeated, left out or moved meets another nonce and is not authentic.
 */
export class CipherState {
  #key: Uint8Array;
  #count: number;
  readonly #limits: CipherLimits;

  constructor(key: Uint8Array, limits = defaultCipherLimits, count = 0) {
    this.#key = key;
    this.#count = count;
    this.#limits = limits;
  }

  get exhausted(): boolean {
    return this.#count >= this.#limits.nonceMax;
  }

  /** Throws when the nonces are used up; ask `exhausted` first. */
  encrypt(plaintext: Uint8Array, associated = none): Uint8Array {
    if (this.exhausted) throw new RangeError("no nonce is left for this key");
    const sealed = seal(this.#key, nonceOf(this.#count), associated, plaintext);
    this.#advance();
    return sealed;
  }

  /** Undefined when the message is not authentic; the state is then as before. */
  decrypt(sealed: Uint8Array, associated = none): Uint8Array | undefined {
    if (this.exhausted) return undefined;
    const plaintext = open(this.#key, nonceOf(this.#count), associated, sealed);
    if (plaintext !== undefined) this.#advance();
    return plaintext;
  }

  /** Section 4.2 `REKEY`: the first 32 bytes of zeros sealed under the last nonce. The counter goes on. */
  #advance(): void {
    this.#count += 1;
    if (this.#count % this.#limits.rekeyAfterMessages !== 0) return;
    const lastNonce = new Uint8Array(12).fill(0xff, 4);
    this.#key = seal(this.#key, lastNonce, none, new Uint8Array(32)).slice(0, 32);
  }
}

/** Section 12.4: 32 zero bits, then the counter as 64 bits, big-endian. */
function nonceOf(count: number): Uint8Array {
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setUint32(4, Math.floor(count / 2 ** 32));
  view.setUint32(8, count >>> 0);
  return nonce;
}
