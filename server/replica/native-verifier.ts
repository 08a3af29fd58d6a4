import { createPublicKey, verify, type KeyObject } from "node:crypto";

import { ed25519Admissible } from "@kith/protocol/ed25519-form";
import { toHex } from "@kith/protocol/hashes";
import { parsePublicKey } from "@kith/protocol/keys";

import type { SignatureCheck, VerifierPort } from "./ports.ts";

/** Public keys that are kept ready for the native code. */
const keysMax = 4_096;

/** Between two checks on the main thread. */
const hereSpacingMs = 1;

type ReadyKey = {
  readonly kind: "ed25519" | "p256";
  readonly raw: Uint8Array;
  readonly key: KeyObject;
};

/**
 * Checks signatures on the runtime's own threads. Ed25519 follows the one rule of the protocol: the gate, which is the
 * same everywhere, and then the native check.
 */
export function nativeVerifier(now = (): number => performance.now()): VerifierPort {
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

  function verifyOne(check: SignatureCheck, done: (valid: boolean) => void, here: boolean): void {
    const ready = readyKey(check.publicKey);
    if (ready === undefined || check.signature.length !== 64) return done(false);
    const isEd25519 = ready.kind === "ed25519";
    if (isEd25519 && !ed25519Admissible(ready.raw, check.signature)) return done(false);
    const algorithm = isEd25519 ? null : "sha256";
    const key = isEd25519 ? ready.key : { key: ready.key, dsaEncoding: "ieee-p1363" as const };
    const answer = (error: Error | null, valid = false): void => done(error === null && valid);
    if (!here) return verify(algorithm, check.message, key, check.signature, answer);
    let valid = false;
    try {
      valid = verify(algorithm, check.message, key, check.signature);
    } catch {
      // What the native code cannot read is no signature.
    }
    done(valid);
  }

  /** A thread takes longer to wake than one check takes; more than one at a time would hold up everything else. */
  let lastHereMs = Number.NEGATIVE_INFINITY;
  function checksHere(count: number): boolean {
    const nowMs = now();
    if (count > 1 || nowMs - lastHereMs < hereSpacingMs) return false;
    lastHereMs = nowMs;
    return true;
  }

  return {
    verify(checks, done, hurried = false) {
      let open = checks.length;
      let valid = true;
      if (open === 0) return done(true);
      const here = hurried && checksHere(open);
      for (const check of checks) {
        verifyOne(
          check,
          (one) => {
            valid &&= one;
            open--;
            if (open === 0) done(valid);
          },
          here,
        );
      }
    },
  };
}
