import type { Consensus } from "@kith/protocol/block";
import type { NodeId } from "@kith/protocol/ids";
import type { BlockPlace, SignedViewChange, SignedVote } from "@kith/protocol/vote";

import { isQuorumOf, voterSetOf } from "../voters.ts";
import type { BlockTree } from "./block-tree.ts";
import { isWorse, rankOfBest } from "./order.ts";
import type { Statements } from "./statements.ts";

export type JustificationPorts = {
  readonly tree: BlockTree;
  readonly statements: Statements;
  /** The producers that the final block of this height began to introduce. */
  readonly producersOf: (epoch: number) => Consensus | undefined;
};

/** bft.md, rules 1 and 4, from everything that was ever signed: nothing of the product's own arithmetic is used. */
export class Justification {
  readonly #ports: JustificationPorts;

  constructor(ports: JustificationPorts) {
    this.#ports = ports;
  }

  leaderOf(epoch: number, term: number): string | undefined {
    const producers = this.#ports.producersOf(epoch)?.producers ?? [];
    return producers[term % producers.length]?.node;
  }

  /** Whoever decides alone tells nobody why. */
  isAlone(epoch: number): boolean {
    return this.#ports.producersOf(epoch)?.producers.length === 1;
  }

  /** Whether a term of this epoch may go on to this place: it descends from a root that a quorum's view changes allow. */
  mayLeadTo(epoch: number, term: number, place: BlockPlace): boolean {
    const { statements, tree } = this.#ports;
    const leader = this.leaderOf(epoch, term);
    const views: SignedViewChange[] = [];
    for (const [, said] of statements.inTerm(term)) {
      views.push(...said.views.filter((view) => view.epoch === epoch));
    }
    return views.some(
      (view) =>
        view.node === leader && tree.descends(place, view.best) && this.#mayBegin(view, views),
    );
  }

  /** Whether a quorum voted for the block, or for what stands on it, in this term; `own` need not have told others that it did. */
  isPrepared(epoch: number, term: number, place: BlockPlace, own?: NodeId): boolean {
    const { statements } = this.#ports;
    return this.#isQuorum(
      epoch,
      place,
      (node) =>
        node === own ||
        (statements.of(node)?.get(term)?.votes ?? []).some(
          (vote) => vote.epoch === epoch && this.#speaksOf(vote, place),
        ),
    );
  }

  #mayBegin(root: SignedViewChange, views: readonly SignedViewChange[]): boolean {
    const rank = rankOfBest(root);
    const isWithin = ({ best, ...rest }: SignedViewChange): boolean => {
      const other = rankOfBest({ ...rest, best });
      return isWorse(other, rank) || (!isWorse(rank, other) && best.id === root.best.id);
    };
    const signers = new Set<string>(views.filter(isWithin).map(({ node }) => node));
    if (!this.#isQuorum(root.epoch, root.best, (node) => signers.has(node))) return false;
    const isGenesis = root.bestTerm === 0 && root.best.num === 1;
    return isGenesis || this.isPrepared(root.bestEpoch, root.bestTerm, root.best);
  }

  /** A vote speaks of blocks before the root of its term only by naming them. */
  #speaksOf({ term, prepared, committed }: SignedVote, place: BlockPlace): boolean {
    const { tree } = this.#ports;
    const isOfTerm = tree.header(place.id)?.term === term;
    return [prepared, committed].some(
      (named) => named.id === place.id || (isOfTerm && tree.descends(named, place)),
    );
  }

  #isQuorum(epoch: number, place: BlockPlace, holds: (node: string) => boolean): boolean {
    const { producersOf, tree } = this.#ports;
    const current = producersOf(epoch);
    if (current === undefined) return false;
    const sets = [current];
    const change = tree.change(place.id);
    if (change !== undefined && change.since > epoch) sets.push(change.consensus);
    return sets.every((set) => isQuorumOf(voterSetOf(set), holds));
  }
}
