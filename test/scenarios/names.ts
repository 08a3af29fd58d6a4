import type { Consensus } from "@kith/protocol/block";
import { sha256Hex } from "@kith/protocol/hashes";
import { brandAccountName, nodeIdOf, type NodeId } from "@kith/protocol/ids";

const encoder = new TextEncoder();

export function nodeIdOfName(name: string): NodeId {
  return nodeIdOf(sha256Hex(encoder.encode(name)));
}

export function consensusOf(
  names: readonly string[],
  algorithm: Consensus["algorithm"] = "cft",
): Consensus {
  const producers = names.map((name) => ({
    account: brandAccountName(`node-${name}`),
    node: nodeIdOfName(name),
  }));
  return { algorithm, producers };
}
