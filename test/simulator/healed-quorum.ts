import type { Dice } from "./dice.ts";
import { lastNum } from "./log-image.ts";
import type { Network } from "./network.ts";
import type { SimNode } from "./node.ts";
import type { Oracles } from "./oracles.ts";
import { isQuorumOf, voterSetOf, type VoterSet } from "./voters.ts";

type Parts = {
  readonly dice: Dice;
  readonly nodes: readonly SimNode[];
  readonly network: Pick<Network<unknown>, "isLinked">;
  readonly oracles: Pick<Oracles, "votersAfter" | "finalNum">;
};

/**
 * VOPR's liveness mode: some nodes that can go on by themselves, as few as chance wants. They decide for every set of
 * producers in any log, know whom to follow, have a copy of whatever one of them cannot read, and nobody who is left out
 * is linked to some of them and not to the others: whom such a node leads, the others cannot follow.
 */
export function drawHealedQuorum(parts: Parts): readonly SimNode[] {
  const { dice } = parts;
  const active = soundNodes(parts.nodes);
  let chosen: readonly SimNode[] = active.filter((node) => isInformed(parts, node, active));
  for (const node of dice.shuffled(chosen)) {
    const fewer = chosen.filter((each) => each !== node);
    if (dice.chance(leaveOutShare) && isViable(parts, fewer)) chosen = fewer;
  }
  return chosen;
}

/** Everybody but those that may be lost, and are: they never start again, or wait for ever for what nobody has. */
export function soundNodes(nodes: readonly SimNode[]): readonly SimNode[] {
  const active = nodes.filter((node) => node.isActive);
  return active.filter((node) => {
    if (node.isLiar) return false;
    if (!node.isMortal) return true;
    return (node.isUp || node.disk.refusal === undefined) && isMendable(node, active);
  });
}

const leaveOutShare = 0.8;

function isViable(parts: Parts, chosen: readonly SimNode[]): boolean {
  const ids = new Set<string>(chosen.map(({ id }) => id));
  const mute = new Set<string>(chosen.filter((node) => node.isForgetful).map(({ id }) => id));
  const speaks = (id: string): boolean => ids.has(id) && !mute.has(id);
  return (
    setsInForce(parts).every((set) => isQuorumOf(set, speaks)) &&
    chosen.every((node) => isInformed(parts, node, chosen)) &&
    chosen.every((node) => isMendable(node, chosen)) &&
    parts.nodes.every((node) => ids.has(node.id) || isLinkedEvenly(parts, node, chosen))
  );
}

/** Those after the newest final block, and those that a block behind it would bring. */
function setsInForce({ nodes, oracles }: Parts): readonly VoterSet[] {
  const active = nodes.filter((node) => node.isActive);
  const { finalNum } = oracles;
  return [...setsAfter(oracles, finalNum), ...active.flatMap((node) => setsBehind(node, finalNum))];
}

function setsAfter(oracles: Parts["oracles"], num: number): readonly VoterSet[] {
  const voters = oracles.votersAfter(num);
  if (voters === undefined) return [];
  return voters.next === undefined ? [voters.current] : [voters.current, voters.next];
}

/** What the blocks of a log behind a height bring. */
function setsBehind({ disk }: SimNode, num: number): readonly VoterSet[] {
  const { blocks, firstNum } = disk.written;
  const behind = blocks.slice(Math.max(0, num + 1 - firstNum));
  return behind.flatMap(({ header }) =>
    header.newConsensus === undefined ? [] : [voterSetOf(header.newConsensus)],
  );
}

/** Whether the node knows whom to follow, by its own log or by the word of one of `among` that it knows (decision 0014). */
function isInformed(parts: Parts, node: SimNode, among: readonly SimNode[]): boolean {
  const asked = new Set<SimNode>();
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (asked.has(next)) continue;
    asked.add(next);
    if (knowsTheRules(parts, next)) return true;
    const known = knownTo(parts, next);
    open.push(...among.filter(({ id }) => known.has(id)));
  }
  return false;
}

/** Its log goes as far as the last final change of producers. */
function knowsTheRules({ oracles }: Parts, { disk }: SimNode): boolean {
  const last = lastNum(disk.written);
  const held = oracles.votersAfter(Math.min(last, oracles.finalNum));
  return held === oracles.votersAfter(oracles.finalNum);
}

/** The producers of all rules from its newest final block on. */
function knownTo({ oracles }: Parts, node: SimNode): ReadonlySet<string> {
  const executed = node.program.executedNum();
  const sets = [...setsAfter(oracles, executed), ...setsBehind(node, executed)];
  return new Set(sets.flatMap(({ nodes }) => nodes));
}

function isMendable({ disk }: SimNode, chosen: readonly SimNode[]): boolean {
  return disk.damage.nums.every((num) => {
    const id = disk.idOf(num);
    return id === undefined || chosen.some((other) => other.disk.holdsWhole(num, id));
  });
}

function isLinkedEvenly({ network }: Parts, node: SimNode, chosen: readonly SimNode[]): boolean {
  if (!node.isUp || node.isLiar) return true;
  const linked = chosen.filter((other) => network.isLinked(node.index, other.index));
  return linked.length === 0 || linked.length === chosen.length;
}
