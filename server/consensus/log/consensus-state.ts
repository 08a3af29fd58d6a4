import { consensusStateOf } from "@kith/protocol/blocks";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import type { Checksum } from "@kith/protocol/ids";

import type { ConsensusState } from "../core/state.ts";

/** The header's `consensusState`. Computed once for each set of rules, because every block carries it. */
export function consensusStateUnder(state: ConsensusState, under: ConsensusPoint): Checksum {
  if (state.rules?.joint !== under.joint) {
    state.rules = { joint: under.joint, checksum: consensusStateOf(under.joint) };
  }
  return state.rules.checksum;
}
