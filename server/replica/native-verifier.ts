import { createPublicKey, verify, type KeyObject } from "node:crypto";

import { ed25519Admissible } from "@kith/protocol/ed25519";
import { toHex } from "@kith/protocol/hashes";
import { parsePublicKey } from "@kith/protocol/keys";

import type { SignatureCheck, VerifierPort } from "./ports.ts";

/** Public keys that are kept ready for the native code. */
const keysMax = 4_096;

type ReadyKey = {
  readonly kind: "ed25519" | "p256";
  readonly raw: Uint8Array;
  readonly key: KeyObject;
};

/**
 * Checks signatures on the runtime's own threads. Ed25519 follows the one rule of the protocol: the gate, which is the
 * same everywhere, and then the native check.
 */
export function nativeVerifier(): VerifierPort {
  const keys = new Map<string, ReadyKey>();

  function readyKey(spki: Uint8Array): ReadyKey | undefined {
    const name = toHex(spki);
    const known = keys.get(name);
    if (known !== undefined) return known;
    const parsed = parsePublicKey(spki);
    if (!parsed.ok) return undefined;
    const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
    const ready = { kind: parsed.value.kind, raw: parsed.value.raw, key };
    if (keys.size >= keysMax) keys.clear();
    keys.set(name, ready);
    return ready;
  }

  function verifyOne(check: SignatureCheck, done: (valid: boolean) => void): void {
    const ready = readyKey(check.publicKey);
    if (ready === undefined || check.signature.length !== 64) return done(false);
    if (ready.kind === "ed25519") {
      if (!ed25519Admissible(ready.raw, check.signature)) return done(false);
      verify(null, check.message, ready.key, check.signature, (error, valid) => {
        done(error === null && valid);
      });
      return;
    }
    const key = { key: ready.key, dsaEncoding: "ieee-p1363" as const };
    verify("sha256", check.message, key, check.signature, (error, valid) => {
      done(error === null && valid);
    });
  }

  return {
    verify(checks, done) {
      let open = checks.length;
      let valid = true;
      if (open === 0) return done(true);
      for (const check of checks) {
        verifyOne(check, (one) => {
          valid &&= one;
          open--;
          if (open === 0) done(valid);
        });
      }
    },
  };
}
