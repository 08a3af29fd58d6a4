import type { Consensus } from "@kith/protocol/block";
import { consensusCodec } from "@kith/protocol/blocks";
import {
  noArgumentsCodec,
  wantedConsensusCodec,
  type NoArguments,
} from "@kith/protocol/entry-points";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";

/** Whose votes count. */
export const producersInterface: ServiceInterface<{
  /** By the owner of the network. The change is in force when the block that carries it is final. */
  readonly setConsensus: Signature<{ readonly consensus: Consensus }, void>;
  /** Asked by the node. */
  readonly wanted: Signature<NoArguments, Consensus | undefined>;
}> = serviceInterface("producers", {
  setConsensus: signature({ consensus: consensusCodec }, nothing),
  wanted: { args: noArgumentsCodec, result: wantedConsensusCodec },
});

export type { Consensus, Producer } from "@kith/protocol/block";
