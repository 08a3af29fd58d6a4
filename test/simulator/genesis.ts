import type { Consensus, SealedBlock } from "@kith/protocol/block";
import { consensusStateOf, sealBlock } from "@kith/protocol/blocks";
import { noConsensus } from "@kith/protocol/consensus-point";
import { zeroChecksum } from "@kith/protocol/hashes";
import { blockIdOf, blockNumOf, termOf } from "@kith/protocol/ids";

import { epochMicros } from "./clock.ts";

/** Block 1 of a network that has no state: with it these producers begin. */
export function createGenesis(consensus: Consensus): SealedBlock {
  const [first] = consensus.producers;
  if (first === undefined) throw new Error("a network has a producer");
  return sealBlock(
    {
      previous: blockIdOf("0".repeat(64)),
      blockNum: blockNumOf(1),
      time: epochMicros,
      producer: first.account,
      term: termOf(0),
      commitNum: blockNumOf(0),
      consensusState: consensusStateOf(noConsensus.joint),
      executedNum: blockNumOf(0),
      stateRoot: zeroChecksum,
      eventRoot: zeroChecksum,
      newConsensus: consensus,
    },
    [],
  );
}
