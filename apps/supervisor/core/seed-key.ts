import { concatBytes } from "@kith/protocol/hashes";

import { Failure } from "./failure.ts";

type SeedKey = {
  /** As SPKI. */
  readonly publicKey: Uint8Array;
  /** 64 bytes. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
};

/** What stands before the 32 bytes in a PKCS#8 of Ed25519 (RFC 8410). */
const pkcs8Prefix = Uint8Array.from([
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
]);
const spkiPrefix = Uint8Array.from([
  0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
]);
const seedBytes = 32;

/** The key of a secret that somebody has on paper: for one call, and kept nowhere. */
export async function openSeed(seed: Uint8Array): Promise<SeedKey> {
  if (seed.length !== seedBytes) {
    throw new Failure("seed-malformed", `the secret of a key has ${seedBytes} bytes`);
  }
  const pkcs8 = new Uint8Array(concatBytes(pkcs8Prefix, seed));
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", key);
  const point = Uint8Array.from(atob(x.replaceAll("-", "+").replaceAll("_", "/")), (char) =>
    char.charCodeAt(0),
  );
  return {
    publicKey: concatBytes(spkiPrefix, point),
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", key, new Uint8Array(message))),
  };
}
