import { concatBytes } from "@kith/protocol/hashes";
import { err, ok, type Result } from "@kith/protocol/result";
import { x25519 } from "@noble/curves/ed25519.js";

import type { CipherState } from "./cipher-state.ts";
import { SymmetricState } from "./symmetric-state.ts";

export const noiseProtocolName = "Noise_XX_25519_AESGCM_SHA256";

const keyBytes = 32;

export type Role = "initiator" | "responder";

export type KeyPair = { readonly secret: Uint8Array; readonly public: Uint8Array };

export type HandshakeOptions = {
  readonly role: Role;
  /** What both ends must agree on before they say a word. */
  readonly prologue: Uint8Array;
  readonly staticKey: KeyPair;
  readonly ephemeralKey: KeyPair;
};

export type NoiseError =
  | { readonly code: "handshake-too-short"; readonly sizeBytes: number }
  /** Another prologue, another key, or bytes that somebody changed. */
  | { readonly code: "not-authentic" }
  /** A key that leads to the same secret whatever the other side has (RFC 7748 section 6.1). */
  | { readonly code: "key-weak" };

/** What was read; `hash` is the handshake's hash before the payload, which the payload may therefore sign. */
export type ReadMessage = { readonly payload: Uint8Array; readonly hash: Uint8Array };

type Token = "e" | "s" | "ee" | "es" | "se";

/** Noise specification, section 7.5: XX, in which both static keys travel encrypted. */
const pattern: readonly (readonly Token[])[] = [["e"], ["e", "ee", "s", "es"], ["s", "se"]];

export function keyPairOf(secret: Uint8Array): KeyPair {
  return { secret, public: x25519.getPublicKey(secret) };
}

/** Noise specification, section 5.3, for the pattern XX: call `write` and `read` in turn until `done`. */
export class Handshake {
  readonly #symmetric = new SymmetricState(noiseProtocolName);
  readonly #options: HandshakeOptions;
  #remoteEphemeral: Uint8Array = new Uint8Array(0);
  #remoteStatic: Uint8Array = new Uint8Array(0);
  #step = 0;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#symmetric.mixHash(options.prologue);
  }

  get done(): boolean {
    return this.#step === pattern.length;
  }

  get remoteStatic(): Uint8Array {
    return this.#remoteStatic;
  }

  get hash(): Uint8Array {
    return this.#symmetric.hash;
  }

  /** `payload` is given the hash of everything said before it. */
  write(payload: (hash: Uint8Array) => Uint8Array): Result<Uint8Array, NoiseError> {
    const parts: Uint8Array[] = [];
    for (const token of this.#nextTokens()) {
      if (token === "e") {
        parts.push(this.#options.ephemeralKey.public);
        this.#symmetric.mixHash(this.#options.ephemeralKey.public);
      } else if (token === "s") {
        parts.push(this.#symmetric.encryptAndHash(this.#options.staticKey.public));
      } else if (!this.#mix(token)) {
        return err({ code: "key-weak" });
      }
    }
    parts.push(this.#symmetric.encryptAndHash(payload(this.#symmetric.hash)));
    return ok(concatBytes(...parts));
  }

  read(message: Uint8Array): Result<ReadMessage, NoiseError> {
    let rest = message;
    for (const token of this.#nextTokens()) {
      const sizeBytes =
        token === "e" ? keyBytes : token === "s" ? keyBytes + this.#symmetric.overheadBytes : 0;
      if (rest.length < sizeBytes) {
        return err({ code: "handshake-too-short", sizeBytes: message.length });
      }
      const part = rest.slice(0, sizeBytes);
      rest = rest.subarray(sizeBytes);
      if (token === "e") {
        this.#remoteEphemeral = part;
        this.#symmetric.mixHash(part);
      } else if (token === "s") {
        const key = this.#symmetric.decryptAndHash(part);
        if (key === undefined) return err({ code: "not-authentic" });
        this.#remoteStatic = key;
      } else if (!this.#mix(token)) {
        return err({ code: "key-weak" });
      }
    }
    const hash = this.#symmetric.hash;
    const payload = this.#symmetric.decryptAndHash(rest);
    return payload === undefined ? err({ code: "not-authentic" }) : ok({ payload, hash });
  }

  /** The ciphers for sending and for receiving. */
  split(): { readonly send: CipherState; readonly receive: CipherState } {
    const [initiator, responder] = this.#symmetric.split();
    return this.#options.role === "initiator"
      ? { send: initiator, receive: responder }
      : { send: responder, receive: initiator };
  }

  #nextTokens(): readonly Token[] {
    const tokens = pattern[this.#step];
    if (tokens === undefined) throw new Error("the handshake is over");
    this.#step += 1;
    return tokens;
  }

  /** `es`: the initiator's ephemeral key with the responder's static key; and so on. */
  #mix(token: "ee" | "es" | "se"): boolean {
    const { role, staticKey, ephemeralKey } = this.#options;
    const ownStatic = token === (role === "initiator" ? "se" : "es");
    const remoteStatic = token === (role === "initiator" ? "es" : "se");
    const secret = sharedSecret(
      ownStatic ? staticKey.secret : ephemeralKey.secret,
      remoteStatic ? this.#remoteStatic : this.#remoteEphemeral,
    );
    if (secret === undefined) return false;
    this.#symmetric.mixKey(secret);
    return true;
  }
}

function sharedSecret(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined {
  try {
    return x25519.getSharedSecret(secret, publicKey);
  } catch {
    return undefined;
  }
}
