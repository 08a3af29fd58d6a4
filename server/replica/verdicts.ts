import { latin1Of } from "@kith/protocol/hashes";
import type { BlockId, TransactionId } from "@kith/protocol/ids";

import { verdictsMax } from "./limits.ts";
import type { SignatureCheck, VerifierPort } from "./ports.ts";

type Pending = { readonly waiting: ((valid: boolean) => void)[] };

/** What has to hold for a transaction's proofs to hold. */
export type Reference = {
  readonly refBlockId: BlockId;
  readonly checks: readonly SignatureCheck[];
};

/**
 * Checks each transaction's proofs once and remembers the answer until the transaction is executed. What is signed
 * depends on the referenced block, so the answer belongs to both ids; and proofs are no part of the id, so it belongs to
 * them as well: a copy of the transaction with spoilt proofs says nothing about the good one, nor the other way round.
 */
export class Verdicts {
  readonly #verifier: VerifierPort;
  readonly #known = new Map<string, boolean | Pending>();

  constructor(verifier: VerifierPort) {
    this.#verifier = verifier;
  }

  known(id: TransactionId, reference: Reference): boolean | undefined {
    const entry = this.#known.get(questionOf(id, reference));
    return typeof entry === "boolean" ? entry : undefined;
  }

  check(
    id: TransactionId,
    reference: Reference,
    done: (valid: boolean) => void,
    hurried = false,
  ): void {
    const key = questionOf(id, reference);
    const entry = this.#known.get(key);
    if (typeof entry === "boolean") return done(entry);
    if (entry !== undefined) {
      entry.waiting.push(done);
      return;
    }
    const pending: Pending = { waiting: [done] };
    this.#known.set(key, pending);
    const judged = (valid: boolean): void => {
      this.#remember(key, valid);
      for (const tell of pending.waiting) tell(valid);
    };
    this.#verifier.verify(reference.checks, judged, hurried);
  }

  forget(id: TransactionId, reference: Reference): void {
    this.#known.delete(questionOf(id, reference));
  }

  /** A refused or never proposed transaction leaves its verdict behind: the oldest go first. */
  #remember(key: string, valid: boolean): void {
    this.#known.set(key, valid);
    if (this.#known.size <= verdictsMax) return;
    for (const [oldest, entry] of this.#known) {
      if (typeof entry !== "boolean") continue;
      this.#known.delete(oldest);
      if (this.#known.size <= verdictsMax) return;
    }
  }
}

/** The keys stand in the claims, and so in the id. */
function questionOf(id: TransactionId, { refBlockId, checks }: Reference): string {
  let question = id + refBlockId;
  for (const { message, signature } of checks) {
    question += `/${message.length}/${latin1Of(message)}/${latin1Of(signature)}`;
  }
  return question;
}
