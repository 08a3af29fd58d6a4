import type { Consensus } from "@kith/protocol/block";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import { producersMax } from "@kith/protocol/limits";

export type ConsensusChangeError =
  | { readonly code: "change-pending"; readonly since: number }
  | { readonly code: "change-invalid"; readonly reason: string };

/** One change at a time, and each producer one vote: an account or a key that is there twice would have two. */
export function checkChange(
  under: ConsensusPoint,
  next: Consensus,
): ConsensusChangeError | undefined {
  if (under.joint.next !== undefined) return { code: "change-pending", since: under.since };
  if (next.producers.length === 0) return invalid("there are no producers");
  if (next.producers.length > producersMax) return invalid("there are too many producers");
  const accounts = new Set(next.producers.map((producer) => producer.account));
  if (accounts.size !== next.producers.length) return invalid("an account is there twice");
  const nodes = new Set(next.producers.map((producer) => producer.node));
  if (nodes.size !== next.producers.length) return invalid("a node is there twice");
  return undefined;
}

function invalid(reason: string): ConsensusChangeError {
  return { code: "change-invalid", reason };
}
