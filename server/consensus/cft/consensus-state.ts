import { consensusStateOf } from "@kith/protocol/blocks";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import type { Checksum } from "@kith/protocol/ids";

import type { CftState } from "./state.ts";

/** The header's `consensusState`. Computed once for each set of rules, because every block carries it. */
export function consensusStateUnder(state: CftState, under: ConsensusPoint): Checksum {
  if (state.rules?.joint !== under.joint) {
    state.rules = { joint: under.joint, checksum: consensusStateOf(under.joint) };
  }
  return state.rules.checksum;
}
