import { ed25519PublicKey, signEd25519 } from "@kith/protocol/ed25519";
import { toHex } from "@kith/protocol/hashes";
import type { AccountName } from "@kith/protocol/ids";
import { ed25519Spki } from "@kith/protocol/keys";
import { verifyP256 } from "@kith/protocol/p256";
import { parseWebAuthnClaim, webAuthnCheck } from "@kith/protocol/webauthn";
import { keysHost } from "@kith/sdk/plugin-host";

import { passkeyOf, passkeyProver, type Prover } from "../../../provers.ts";
import { answering, Refusal, type HostAnswers } from "./host-answers.ts";

type Passkey = { readonly account: AccountName; readonly prover: Prover };

/** Passkeys that its owner has on all devices. */
export class Authenticator {
  readonly passkeys: Passkey[] = [];
  /** Which of them is chosen when a page asks for one: the newest, unless a test says otherwise. */
  chosen = -1;

  make(account: AccountName): Prover {
    const secretKey = new Uint8Array(32).fill(140 + this.passkeys.length);
    const prover = passkeyProver({}, passkeyOf(secretKey), secretKey);
    this.passkeys.push({ account, prover });
    return prover;
  }

  choose(): Passkey {
    const passkey = this.passkeys.at(this.chosen);
    if (passkey === undefined) throw new Refusal("passkey-dismissed");
    return passkey;
  }
}

/** The keys of one browser, really made and really signing. */
export class BrowserKeys {
  readonly #secrets = new Map<string, Uint8Array>();
  /** Of calls that have not succeeded yet. */
  readonly #provisional = new Set<string>();
  readonly answers: HostAnswers;

  constructor(authenticator: Authenticator) {
    this.answers = answering(keysHost, {
      create: () => this.#create(),
      keep: ({ publicKey }) => void this.#provisional.delete(toHex(publicKey)),
      list: () =>
        [...this.#secrets.values()].map((secret) => ({ publicKey: spkiOf(secret), madeAt: 0 })),
      sign: ({ publicKey, message }) => {
        const secret = this.#secrets.get(toHex(publicKey));
        if (secret === undefined) throw new Refusal("key-unknown");
        return signEd25519(message, secret);
      },
      remove: ({ publicKey }) => void this.#secrets.delete(toHex(publicKey)),
      createPasskey: ({ account }) => authenticator.make(account).claim.rawData,
      provePasskey: ({ claim, message }) => {
        const wanted = toHex(claim);
        const known = authenticator.passkeys.find(
          ({ prover }) => toHex(prover.claim.rawData) === wanted,
        );
        if (known === undefined) throw new Refusal("passkey-dismissed");
        return known.prover.prove(message);
      },
      choosePasskey: () => {
        const { account, prover } = authenticator.choose();
        const message = crypto.getRandomValues(new Uint8Array(32));
        return { account, message, proof: prover.prove(message) };
      },
      matchPasskey: ({ claims, message, proof }) => {
        const place = claims.findIndex((claim) => proves(claim, message, proof));
        return place < 0 ? undefined : place;
      },
      publicKeyOfSeed: ({ seed }) => spkiOf(seed),
      signWithSeed: ({ seed, message }) => signEd25519(message, seed),
    });
  }

  /** Public keys, as hex. */
  get known(): readonly string[] {
    return [...this.#secrets.keys()];
  }

  /** The call that made it has failed. */
  discard(publicKey: Uint8Array): void {
    const id = toHex(publicKey);
    if (this.#provisional.delete(id)) this.#secrets.delete(id);
  }

  #create(): Uint8Array {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const id = toHex(spkiOf(secret));
    this.#secrets.set(id, secret);
    this.#provisional.add(id);
    return spkiOf(secret);
  }
}

function proves(packed: Uint8Array, message: Uint8Array, proof: Uint8Array): boolean {
  const claim = parseWebAuthnClaim(packed);
  const checked = claim === undefined ? undefined : webAuthnCheck(claim, proof, message);
  if (claim === undefined || checked?.ok !== true) return false;
  // An SPKI of P-256 ends with the 65 bytes of the point.
  return verifyP256(checked.value.message, claim.key.slice(-65), checked.value.signature);
}

function spkiOf(secret: Uint8Array): Uint8Array {
  return ed25519Spki(ed25519PublicKey(secret));
}
