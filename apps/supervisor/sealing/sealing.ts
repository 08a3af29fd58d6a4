import { cryptoHost } from "@kith/sdk/plugin-host";

import { Failure } from "../core/failure.ts";
import { answering, type HostAnswers } from "../core/host-answers.ts";
import { encapsulatedBytes, sealedBytesMin } from "./limits.ts";

/** Whose a sealing key is: one plugin's, for one user. */
export type SealingHolder = { readonly owner: string; readonly user?: string };

export type SealingKeyStore = {
  readonly find: (holder: SealingHolder) => Promise<CryptoKeyPair | undefined>;
  /** Gives the one that counts: two pages may make one at the same time. */
  readonly keep: (holder: SealingHolder, made: CryptoKeyPair) => Promise<CryptoKeyPair>;
};

/** Seals and opens with X25519 keys that the browser makes and nobody reads (decision 0198). */
export class Sealing {
  readonly #keys: SealingKeyStore;

  constructor(keys: SealingKeyStore) {
    this.#keys = keys;
  }

  /** 32 bytes, the same ones each time. */
  async publicKeyOf(holder: SealingHolder): Promise<Uint8Array> {
    const { publicKey } = (await this.#keys.find(holder)) ?? (await this.#make(holder));
    return new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  }

  async seal(publicKey: Uint8Array, info: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
    if (publicKey.length !== encapsulatedBytes) throw malformedKey();
    await importPublic(publicKey);
    const { sealTo } = await import("./hpke.ts");
    return sealTo(publicKey, info, message).catch(() => {
      throw malformedKey();
    });
  }

  /** Undefined for whatever this holder cannot read in this browser. */
  async open(
    holder: SealingHolder,
    info: Uint8Array,
    sealed: Uint8Array,
  ): Promise<Uint8Array | undefined> {
    if (sealed.length < sealedBytesMin) {
      throw new Failure(
        "sealed-malformed",
        `what is sealed has at least ${sealedBytesMin} bytes, not ${sealed.length}`,
      );
    }
    const key = await this.#keys.find(holder);
    if (key === undefined) return undefined;
    const { openWith } = await import("./hpke.ts");
    return openWith(key, info, sealed);
  }

  async #make(holder: SealingHolder): Promise<CryptoKeyPair> {
    const isExtractable = false;
    const made = await crypto.subtle
      .generateKey("X25519", isExtractable, ["deriveBits"])
      .catch(unsupported);
    if (!("privateKey" in made)) return unsupported();
    return this.#keys.keep(holder, made);
  }
}

export function sealingAnswers(sealing: Sealing): HostAnswers {
  return answering(cryptoHost, {
    random: ({ sizeBytes }) => crypto.getRandomValues(new Uint8Array(sizeBytes)),
    sealingKey: (holder) => sealing.publicKeyOf(holder),
    seal: ({ publicKey, info, message }) => sealing.seal(publicKey, info, message),
    open: ({ info, sealed, ...holder }) => sealing.open(holder, info, sealed),
  });
}

/** Any 32 bytes are a point of the curve, so this fails where the browser does not know the curve. */
async function importPublic(publicKey: Uint8Array): Promise<void> {
  const isExtractable = true;
  const raw = new Uint8Array(publicKey);
  await crypto.subtle.importKey("raw", raw, "X25519", isExtractable, []).catch(unsupported);
}

function unsupported(): never {
  throw new Failure("sealing-unsupported", "this browser does not know X25519");
}

/** RFC 9180, section 7.1.4: a point of small order shares a secret that everybody knows. */
function malformedKey(): Failure {
  return new Failure("key-malformed", "this is not an X25519 public key to which one can seal");
}
