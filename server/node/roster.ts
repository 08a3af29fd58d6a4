import type { Chain } from "@kith/chain/chain";
import type { JointConsensus } from "@kith/protocol/block";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import { blockNumOf, parseNodeId, type NodeId } from "@kith/protocol/ids";
import { rosterProducersMax } from "@kith/protocol/limits";
import type { Roster } from "@kith/protocol/node-message";

/** Whoever produces now and, while a change is under way, whoever will. */
export function producersNow(chain: Pick<Chain, "consensusPoint">): readonly NodeId[] {
  const joint = chain.consensusPoint()?.joint;
  const producers = [joint?.current, joint?.next].flatMap((each) => each?.producers ?? []);
  return [...new Set(producers.map(({ node }) => node))];
}

/**
 * Who decides, when a node is in this epoch: blocks say that a change of producers is over only when the next one is made, which on an
 * idle network takes until somebody wants something.
 */
export function consensusInForce(
  point: ConsensusPoint | undefined,
  epoch: number | undefined,
): JointConsensus | undefined {
  if (point === undefined) return undefined;
  const { joint, since } = point;
  return joint.next !== undefined && epoch === since ? { current: joint.next } : joint;
}

/** What people call a node: the account that it produces for, or else the beginning of its id. */
export function nameProducers(chain: Pick<Chain, "consensus">): (node: NodeId) => string {
  return (node) => {
    const known = chain.consensus()?.producers.find((each) => each.node === node);
    return known === undefined ? `node ${node.slice(0, 16)}` : known.account;
  };
}

export function rosterOf(chain: Pick<Chain, "applied" | "consensusPoint">): Roster | undefined {
  const applied = chain.applied();
  return applied === undefined
    ? undefined
    : { headNum: applied.num, producers: producersNow(chain) };
}

/** Reads what another node answered; undefined for anything that is no roster. */
export function parseRoster(json: string): Roster | undefined {
  const value = parseJson(json);
  if (typeof value !== "object" || value === null) return undefined;
  if (!("headNum" in value) || !("producers" in value)) return undefined;
  const { headNum, producers } = value;
  if (typeof headNum !== "number" || !Number.isSafeInteger(headNum) || headNum < 1)
    return undefined;
  if (!Array.isArray(producers) || producers.length > rosterProducersMax) return undefined;
  const nodes = producers.map((each) => parseNodeId(String(each)));
  const known = nodes.flatMap((node) => (node.ok ? [node.value] : []));
  if (known.length === 0 || known.length < nodes.length) return undefined;
  return { headNum: blockNumOf(headNum), producers: known };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
