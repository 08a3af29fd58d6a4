import type { Algorithm, Consensus, SealedBlock } from "@kith/protocol/block";

/**
 * The producers by the chain of final blocks. Counted here a second time and differently, so that a mistake in the
 * product's own arithmetic does not hide itself.
 */
export type Voters = {
  readonly current: VoterSet;
  readonly next: VoterSet | undefined;
  /** The height of the block that started the change to `next`. */
  readonly since: number;
};

export type VoterSet = { readonly algorithm: Algorithm; readonly nodes: readonly string[] };

/** The voters after `block`, the successor of the block that `before` belongs to. */
export function votersOf(before: Voters | undefined, block: SealedBlock): Voters | undefined {
  const { newConsensus, commitNum, blockNum } = block.header;
  if (before === undefined) {
    if (newConsensus === undefined) return undefined;
    return { current: voterSetOf(newConsensus), next: undefined, since: 0 };
  }
  const isOver = before.next !== undefined && commitNum >= before.since;
  const under: Voters =
    isOver && before.next !== undefined
      ? { current: before.next, next: undefined, since: 0 }
      : before;
  if (newConsensus === undefined) return under;
  return { current: under.current, next: voterSetOf(newConsensus), since: blockNum };
}

/**
 * Whether the nodes that hold block `num` suffice to make it final. The block that starts a change needs a majority of
 * both sets; those after it at least one of the new set, which is alone in charge as soon as the change is final.
 */
export function isQuorum(voters: Voters, num: number, holds: (id: string) => boolean): boolean {
  if (voters.next === undefined) return isQuorumOf(voters.current, holds);
  if (num > voters.since) return isQuorumOf(voters.next, holds);
  return isQuorumOf(voters.current, holds) && isQuorumOf(voters.next, holds);
}

/** Whether the nodes that `holds` names decide for the set: two such groups share a node, under BFT an honest one. */
export function isQuorumOf(
  { algorithm, nodes }: VoterSet,
  holds: (id: string) => boolean,
): boolean {
  let count = 0;
  for (const id of nodes) if (holds(id)) count += 1;
  return algorithm === "cft" ? 2 * count > nodes.length : 3 * count > 2 * nodes.length;
}

export function voterSetOf({ algorithm, producers }: Consensus): VoterSet {
  return { algorithm, nodes: producers.map((producer) => producer.node) };
}
