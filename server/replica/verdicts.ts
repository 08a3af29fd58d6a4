import type { BlockId, TransactionId } from "@kith/protocol/ids";

import { verdictsMax } from "./limits.ts";
import type { SignatureCheck, VerifierPort } from "./ports.ts";

type Pending = { readonly waiting: ((valid: boolean) => void)[] };

/**
 * Checks each transaction's proofs once and remembers the answer by id until the transaction is executed. What is
 * signed depends on the referenced block, so the answer belongs to both ids.
 */
export class Verdicts {
  readonly #verifier: VerifierPort;
  readonly #known = new Map<string, boolean | Pending>();

  constructor(verifier: VerifierPort) {
    this.#verifier = verifier;
  }

  known(id: TransactionId, refBlockId: BlockId): boolean | undefined {
    const entry = this.#known.get(id + refBlockId);
    return typeof entry === "boolean" ? entry : undefined;
  }

  check(
    id: TransactionId,
    reference: { readonly refBlockId: BlockId; readonly checks: readonly SignatureCheck[] },
    done: (valid: boolean) => void,
    hurried = false,
  ): void {
    const key = id + reference.refBlockId;
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

  forget(id: TransactionId, refBlockId: BlockId): void {
    this.#known.delete(id + refBlockId);
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
