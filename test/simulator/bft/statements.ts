import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import type { SignedViewChange, SignedVote } from "@kith/protocol/vote";

/** What a node has signed in one term. */
export type Said = { readonly votes: SignedVote[]; readonly views: SignedViewChange[] };

type Signed = SignedVote | SignedViewChange;

/** Everything that was ever signed and left somebody, by node and term; what is not really signed is nobody's word. */
export class Statements {
  readonly #isSigned: (statement: Signed) => boolean;
  readonly #seen = new WeakSet<Signed>();
  readonly #said = new Map<string, Map<number, Said>>();

  constructor(isSigned: (statement: Signed) => boolean) {
    this.#isSigned = isSigned;
  }

  record(message: ConsensusMessage): void {
    for (const vote of votesIn(message)) {
      const said = this.#open(vote);
      if (said !== undefined && !said.votes.some((each) => isSameVote(each, vote)))
        said.votes.push(vote);
    }
    for (const view of viewsIn(message)) {
      const said = this.#open(view);
      if (said !== undefined && !said.views.some((each) => isSameView(each, view)))
        said.views.push(view);
    }
  }

  nodes(): Iterable<string> {
    return this.#said.keys();
  }

  of(node: string): ReadonlyMap<number, Said> | undefined {
    return this.#said.get(node);
  }

  /** What each node said in a term. */
  *inTerm(term: number): Iterable<readonly [string, Said]> {
    for (const [node, terms] of this.#said) {
      const said = terms.get(term);
      if (said !== undefined) yield [node, said];
    }
  }

  /** Undefined when the statement is known, or nobody's. */
  #open(statement: Signed): Said | undefined {
    if (this.#seen.has(statement)) return undefined;
    this.#seen.add(statement);
    if (!this.#isSigned(statement)) return undefined;
    let terms = this.#said.get(statement.node);
    if (terms === undefined) {
      terms = new Map();
      this.#said.set(statement.node, terms);
    }
    let said = terms.get(statement.term);
    if (said === undefined) {
      said = { votes: [], views: [] };
      terms.set(statement.term, said);
    }
    return said;
  }
}

function certificateIn(message: ConsensusMessage): Certificate | undefined {
  return "certificate" in message ? message.certificate : undefined;
}

function votesIn(message: ConsensusMessage): readonly SignedVote[] {
  if (message.kind === "vote" || message.kind === "proposal") return [message.vote];
  return certificateIn(message)?.votes ?? [];
}

function viewsIn(message: ConsensusMessage): readonly SignedViewChange[] {
  if (message.kind === "view-change") return [message.view];
  return message.kind === "new-view" ? message.views : [];
}

export function blocksIn(message: ConsensusMessage): readonly SealedBlock[] {
  return "blocks" in message ? message.blocks : [];
}

function isSameVote(a: SignedVote, b: SignedVote): boolean {
  const isSamePlaces = a.prepared.id === b.prepared.id && a.committed.id === b.committed.id;
  return isSamePlaces && a.epoch === b.epoch && a.prepared.num === b.prepared.num;
}

function isSameView(a: SignedViewChange, b: SignedViewChange): boolean {
  const isSameBest = a.best.id === b.best.id && a.best.num === b.best.num;
  return (
    isSameBest && a.epoch === b.epoch && a.bestEpoch === b.bestEpoch && a.bestTerm === b.bestTerm
  );
}
