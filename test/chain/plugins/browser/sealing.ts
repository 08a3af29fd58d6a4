import { cryptoHost } from "@kith/sdk/plugin-host";

import { answering, type HostAnswers } from "./host-answers.ts";

const keyBytes = 32;

/** Seals as HPKE does as far as plugins can tell: to one key, with `info`, and nobody else opens it. */
export class BrowserSealing {
  readonly #keys = new Map<string, Promise<CryptoKeyPair>>();
  readonly answers: HostAnswers = answering(cryptoHost, {
    random: ({ sizeBytes }) => crypto.getRandomValues(new Uint8Array(sizeBytes)),
    sealingKey: async (holder) => publicOf(await this.#keyOf(holder)),
    seal: async ({ publicKey, info, message }) => {
      const once = await makeKey();
      const key = await sharedKey(once.privateKey, publicKey, info);
      const sealed = await crypto.subtle.encrypt(cipher, key, new Uint8Array(message));
      return new Uint8Array([...(await publicOf(once)), ...new Uint8Array(sealed)]);
    },
    open: async ({ owner, user, info, sealed }) => {
      const { privateKey } = await this.#keyOf({ owner, ...(user === undefined ? {} : { user }) });
      try {
        const key = await sharedKey(privateKey, sealed.subarray(0, keyBytes), info);
        const body = new Uint8Array(sealed.subarray(keyBytes));
        return new Uint8Array(await crypto.subtle.decrypt(cipher, key, body));
      } catch {
        return undefined;
      }
    },
  });

  #keyOf({
    owner,
    user,
  }: {
    readonly owner: string;
    readonly user?: string;
  }): Promise<CryptoKeyPair> {
    const name = `${owner} ${user ?? ""}`;
    const made = this.#keys.get(name) ?? makeKey();
    this.#keys.set(name, made);
    return made;
  }
}

/** Every key is used once. */
const cipher = { name: "AES-GCM", iv: new Uint8Array(12) };

async function makeKey(): Promise<CryptoKeyPair> {
  const made = await crypto.subtle.generateKey("X25519", true, ["deriveBits"]);
  if (!("privateKey" in made)) throw new Error("no pair");
  return made;
}

async function publicOf({ publicKey }: CryptoKeyPair): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
}

async function sharedKey(
  privateKey: CryptoKey,
  publicKey: Uint8Array,
  info: Uint8Array,
): Promise<CryptoKey> {
  const own = new Uint8Array(publicKey);
  const peer = await crypto.subtle.importKey("raw", own, "X25519", true, []);
  const secret = await crypto.subtle.deriveBits({ name: "X25519", public: peer }, privateKey, 256);
  const hash = await crypto.subtle.digest(
    "SHA-256",
    new Uint8Array([...new Uint8Array(secret), ...info]),
  );
  return crypto.subtle.importKey("raw", hash, "AES-GCM", false, ["encrypt", "decrypt"]);
}
