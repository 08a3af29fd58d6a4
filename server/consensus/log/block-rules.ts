import type { SealedBlock } from "@kith/protocol/block";
import { consensusUnder } from "@kith/protocol/consensus-point";

import type { ConsensusState } from "../core/state.ts";
import { checkChange } from "../joint/consensus-change.ts";
import { consensusStateUnder } from "./consensus-state.ts";

/** What a block behind the head fulfils that any correct leader made. */
export function blockObeysRules(state: ConsensusState, { header }: SealedBlock): boolean {
  const { head } = state.log;
  // The first block is the network itself: its id was agreed on when the node joined.
  if (header.blockNum === 1) return true;
  const under = consensusUnder(state.consensus.point, header.commitNum);
  return (
    header.time > head.time &&
    header.term >= head.term &&
    header.commitNum < header.blockNum &&
    header.consensusState === consensusStateUnder(state, under) &&
    (header.newConsensus === undefined || checkChange(under, header.newConsensus) === undefined)
  );
}
