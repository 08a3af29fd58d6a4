import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import type { BlockId, NodeId } from "@kith/protocol/ids";
import type { BftMessage, ConsensusMessage } from "@kith/protocol/node-message";
import type { BlockPlace, SignedViewChange, SignedVote } from "@kith/protocol/vote";
import type { LogBatch } from "@kith/replica/ports";

import { blockAt, type LogImage } from "../log-image.ts";
import type { OraclePorts } from "../oracle-ports.ts";
import { SafetyViolation, type Rule } from "../safety-violation.ts";
import type { BlockTree } from "./block-tree.ts";
import type { Justification } from "./justification.ts";
import { isWorse, rankOfBest, rankOfCommit, type Rank } from "./order.ts";

type HonestRulesPorts = OraclePorts & {
  readonly tree: BlockTree;
  readonly justification: Justification;
  readonly rootAfter: (num: number) => string | undefined;
  readonly hasComputed: (node: number, num: number) => boolean;
};

/** What a node is bound to by what it has said and stored, over all its incarnations. */
type Bond = {
  /** The newest block that it voted for, by term. */
  readonly tips: Map<number, BlockPlace>;
  /** In which epoch it voted, by term. */
  readonly epochs: Map<number, number>;
  /** Blocks that were ever on its disk. */
  held: Set<string>;
  /** Certificates that were ever on its disk. */
  locks: Map<string, Certificate>;
  lock: Rank;
  committed: Rank;
  /** The latest term for which it sent a view change. */
  viewTerm: number;
};

type HeaderWithId = { readonly id: BlockId; readonly header: BlockHeader };
type Proposal = Extract<BftMessage, { kind: "proposal" }>;

const nothing: Rank = [0, 0, 1];

/** psibase's four rules (bft.md), and that nothing is said before what it stands on is durable. */
export class HonestRules {
  readonly #ports: HonestRulesPorts;
  readonly #bonds: readonly Bond[];
  /** Messages go to many nodes, and are repeated: each is looked at once for each incarnation of what it stands on. */
  readonly #checked = new WeakSet<object>();
  readonly #made = new Map<string, string>();

  constructor(ports: HonestRulesPorts) {
    this.#ports = ports;
    this.#bonds = Array.from({ length: ports.nodeCount }, () => ({
      tips: new Map(),
      epochs: new Map(),
      held: new Set<string>(),
      locks: new Map(),
      lock: nothing,
      committed: nothing,
      viewTerm: 0,
    }));
  }

  onHeld(node: number, block: SealedBlock): void {
    this.#bond(node).held.add(block.id);
  }

  /** What it stored behind that is gone; what it said binds it as before. */
  onPutBack(node: number, { ballot: { lock }, blocks }: LogImage): void {
    const bond = this.#bond(node);
    bond.held = new Set(blocks.map(({ id }) => id));
    bond.locks = new Map(lock === undefined ? [] : [[keyOf(lock), lock]]);
    bond.lock = lock === undefined ? nothing : [lock.epoch, lock.term, lock.num];
  }

  onDurable(node: number, { ballot, blocks }: LogBatch): void {
    const bond = this.#bond(node);
    for (const block of blocks) bond.held.add(block.id);
    if (ballot === undefined) return;
    const before = this.#ports.durable(node).ballot;
    const isRootKept = before.root === undefined || before.root.id === ballot.root?.id;
    if (ballot.term < before.term || (ballot.term === before.term && !isRootKept)) {
      this.#fail("ballots never regress", node, `goes from ${before.term} to ${ballot.term}`);
    }
    if (ballot.lock !== undefined) this.#onLock(node, bond, ballot.lock);
    else if (bond.locks.size > 0) this.#fail("ballots never regress", node, "forgets its lock");
  }

  onSend(node: number, message: ConsensusMessage): void {
    const bond = this.#bond(node);
    switch (message.kind) {
      case "view-change":
        return this.#onView(node, bond, message.view);
      case "vote":
        return this.#onVote(node, bond, message.vote);
      case "proposal":
        if (this.#isOwn(node, message.vote.node)) this.#onProposal(node, bond, message);
        return;
      case "new-view":
        return this.#onNewView(node, message.views);
      case "append":
      case "confirm":
      case "vote-request":
      case "vote-response":
      case "timeout-now":
      case "chain-request":
      case "chain-response":
      case "read-round":
      case "read-answer":
      case "certificate":
      case "recall":
      case "recalled":
      case "reminder":
      // They promise nothing.
    }
  }

  /** Rule 1, and that a node keeps the best of what it has ever locked. */
  #onLock(node: number, bond: Bond, lock: Certificate): void {
    const key = keyOf(lock);
    const rank: Rank = [lock.epoch, lock.term, lock.num];
    if (isWorse(rank, bond.lock)) {
      this.#fail(
        "ballots never regress",
        node,
        `locks ${rank.join(" ")} after ${bond.lock.join(" ")}`,
      );
    }
    bond.lock = rank;
    if (bond.locks.has(key)) return;
    bond.locks.set(key, lock);
    const { epoch, term, num, id } = lock;
    if (this.#ports.justification.isPrepared(epoch, term, { num, id }, this.#idOf(node))) return;
    this.#fail("a quorum prepared what is locked", node, `locks ${rank.join(" ")} ${id}`);
  }

  #onVote(node: number, bond: Bond, vote: SignedVote): void {
    if (!this.#isFresh(vote)) return;
    const { epoch, term, prepared, committed } = vote;
    const { ballot } = this.#ports.durable(node);
    const at = `in term ${term} for ${prepared.num} ${prepared.id}`;
    if (ballot.term < term || (ballot.term === term && ballot.root === undefined)) {
      this.#fail("terms are durable before they are used", node, at);
    }
    if ((bond.epochs.get(term) ?? epoch) !== epoch) {
      this.#fail("every term is of one epoch", node, `${at} votes in epoch ${epoch}`);
    }
    bond.epochs.set(term, epoch);
    if (term < bond.viewTerm) this.#fail("nobody votes in a term that it left", node, at);
    if (prepared.num > 0 && !bond.held.has(prepared.id) && !this.#isOwnBlock(node, vote)) {
      this.#fail("votes are durable before they are told", node, at);
    }
    if (committed.num > 0) this.#onCommit(node, bond, vote);
    this.#checkTip(node, bond, vote);
  }

  #onCommit(node: number, bond: Bond, vote: SignedVote): void {
    const { term, committed } = vote;
    const rank = rankOfCommit(vote);
    // One that is better and stands on the block binds the node as much, and may have come in the same write.
    const isLocked = [...bond.locks.values()].some(
      (lock) =>
        !isWorse([lock.epoch, lock.term, lock.num], rank) &&
        this.#ports.tree.descends(lock, committed),
    );
    if (!isLocked) {
      const at = `in term ${term} to ${committed.num} ${committed.id}`;
      this.#fail("commits stand on durable certificates", node, at);
    }
    if (isWorse(bond.committed, rank)) bond.committed = rank;
  }

  /** Rule 2 for what follows in a term, rule 4 for what begins it. */
  #checkTip(node: number, bond: Bond, vote: SignedVote): void {
    const { tree, justification } = this.#ports;
    const { epoch, term, prepared, committed } = vote;
    for (const place of [prepared, committed]) {
      if (place.num === 0) continue;
      const tip = bond.tips.get(term);
      const at = `in term ${term} for ${place.num} ${place.id}, and ${tip?.num} ${tip?.id}`;
      const isFirst = tip === undefined && !justification.isAlone(epoch);
      if (isFirst && !justification.mayLeadTo(epoch, term, place)) {
        this.#fail("terms begin where a quorum allows", node, at);
      }
      if (tip !== undefined && tree.conflicts(tip, place)) {
        this.#fail("no two votes of a term conflict", node, at);
      }
      if (tip === undefined || tip.num < place.num) {
        this.#checkRoots(node, vote, place, tip);
        bond.tips.set(term, place);
      }
    }
  }

  /** Of the blocks that the vote is for, those of its term that earlier votes of that were not for. */
  #checkRoots(
    node: number,
    { epoch, term }: SignedVote,
    place: BlockPlace,
    tip?: BlockPlace,
  ): void {
    const { tree } = this.#ports;
    for (let { id } = place as { id: BlockId }; id !== tip?.id;) {
      const header = tree.header(id);
      if (header === undefined || header.term !== term) return;
      this.#checkRoot(node, epoch, { id, header });
      id = header.previous;
    }
  }

  /**
   * Nobody votes for a state that is not what honest nodes compute, or that it has not computed itself. A block may say again what
   * its parent says, and whoever was away takes over what a quorum has prepared.
   */
  #checkRoot(node: number, epoch: number, { id, header }: HeaderWithId): void {
    const { tree, rootAfter, hasComputed, justification } = this.#ports;
    const { term, blockNum: num, executedNum, stateRoot, previous } = header;
    const at = `in block ${num} ${id}`;
    const root = rootAfter(executedNum);
    if (root !== undefined && root !== stateRoot) {
      this.#fail("nobody votes for a wrong state", node, at);
    }
    if (tree.header(previous)?.executedNum === executedNum || hasComputed(node, executedNum))
      return;
    if (justification.isPrepared(epoch, term, { num, id })) return;
    this.#fail("nobody votes for a state that it did not compute", node, at);
  }

  /** Rule 3. */
  #onView(node: number, bond: Bond, view: SignedViewChange): void {
    bond.viewTerm = Math.max(bond.viewTerm, view.term);
    if (!this.#isFresh(view)) return;
    const { ballot } = this.#ports.durable(node);
    const rank = rankOfBest(view);
    const at = `for term ${view.term} with ${rank.join(" ")}`;
    if (ballot.term < view.term) this.#fail("terms are durable before they are used", node, at);
    if (bond.committed[1] < view.term && isWorse(rank, bond.committed)) {
      const facts = `${at}, after committing ${bond.committed.join(" ")}`;
      this.#fail("view changes are no worse than commits", node, facts);
    }
    const { bestEpoch: epoch, bestTerm: term, best } = view;
    const isGenesis = epoch === 0 && term === 0 && best.num === 1;
    if (!isGenesis && !bond.locks.has(keyOf({ epoch, term, ...best }))) {
      this.#fail("view changes name durable certificates", node, at);
    }
  }

  /** One that is passed on proves itself; one's own does too. */
  #onNewView(node: number, views: readonly SignedViewChange[]): void {
    const [leading] = views;
    if (leading === undefined || !this.#isFresh(views)) return;
    if (this.#ports.justification.mayLeadTo(leading.epoch, leading.term, leading.best)) return;
    const facts = `says that term ${leading.term} begins at ${leading.best.num} ${leading.best.id}`;
    this.#fail("terms begin where a quorum allows", node, facts);
  }

  #onProposal(node: number, bond: Bond, { blocks, vote }: Proposal): void {
    for (const { id, header } of blocks) {
      if (header.term !== vote.term) continue;
      const place = `${header.term} ${header.blockNum}`;
      const known = this.#made.get(place);
      if (known !== undefined && known !== id) {
        this.#fail("one block a term and height", node, `makes ${known} and ${id}`);
      }
      this.#made.set(place, id);
    }
    this.#onVote(node, bond, vote);
  }

  /** A leader's vote leaves with its block, before that is durable: it never leads that term again. */
  #isOwnBlock(node: number, { epoch, term, prepared }: SignedVote): boolean {
    // Where nobody was linked to its maker, no proposal brought it.
    const written = blockAt(this.#ports.written(node), prepared.num);
    if (written?.id === prepared.id) this.#ports.tree.add(written);
    const header = this.#ports.tree.header(prepared.id);
    const leader = this.#ports.justification.leaderOf(epoch, term);
    return header?.term === term && leader !== undefined && this.#isOwn(node, leader);
  }

  #isFresh(said: object): boolean {
    if (this.#checked.has(said)) return false;
    this.#checked.add(said);
    return true;
  }

  #isOwn(node: number, id: string): boolean {
    return this.#ports.nodeIndex(id) === node;
  }

  #idOf(node: number): NodeId {
    return this.#ports.nodeId(node);
  }

  #bond(node: number): Bond {
    const bond = this.#bonds[node];
    if (bond === undefined) throw new Error(`there is no node ${node}`);
    return bond;
  }

  #fail(rule: Rule, node: number, facts: string): never {
    throw new SafetyViolation(rule, `node ${node} ${facts}`);
  }
}

function keyOf({ epoch, term, id }: Pick<Certificate, "epoch" | "term" | "id">): string {
  return `${epoch} ${term} ${id}`;
}
