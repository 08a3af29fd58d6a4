import { jointConsensusCodec } from "./blocks.ts";
import { blockPlaceCodec } from "./certificates.ts";
import { blockIdCodec } from "./checksums.ts";
import type { ConsensusPoint } from "./consensus-point.ts";
import { object, u32, type Codec } from "./fracpack.ts";
import type { BlockId } from "./ids.ts";
import { blockNumCodec } from "./numbers.ts";
import type { BlockPlace } from "./vote.ts";

/**
 * What a light client knows for certain: a final block of a network, and who decides about the blocks after it. Whoever keeps one,
 * packed, starts from it again. It is trusted as it is: take it from your own storage, or from somebody whom you believe.
 */
export type Checkpoint = {
  /** The id of the genesis block. */
  readonly chain: BlockId;
  readonly block: BlockPlace;
  /** The rules after that block. */
  readonly point: ConsensusPoint;
};

/** The number of a point's `since` is 0 while no change is under way. */
export const consensusPointCodec: Codec<ConsensusPoint> = object({
  joint: jointConsensusCodec,
  since: u32,
  epoch: blockNumCodec,
});

/** How a checkpoint is kept and travels; about 100 bytes and 70 for each producer. */
export const checkpointCodec: Codec<Checkpoint> = object({
  chain: blockIdCodec,
  block: blockPlaceCodec,
  point: consensusPointCodec,
});
