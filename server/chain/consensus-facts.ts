import type { BlockHeader, Consensus } from "@kith/protocol/block";
import { jointConsensusCodec } from "@kith/protocol/blocks";
import { consensusAfter, noConsensus, type ConsensusPoint } from "@kith/protocol/consensus-point";
import { object, u32 } from "@kith/protocol/fracpack";
import { blockNumCodec } from "@kith/protocol/numbers";

import type { Overlay, Rows } from "./overlay.ts";
import { chainAccount, ownSpaces } from "./own-rows.ts";
import { placeOf } from "./place.ts";

const pointCodec = object({ joint: jointConsensusCodec, since: u32, epoch: blockNumCodec });
/** "c" for consensus. */
const pointPlace = placeOf(chainAccount, ownSpaces.facts, Uint8Array.of(0x63));

/** The rules after the last executed block: what a core needs that starts behind it. */
export function consensusPointOf(rows: Rows): ConsensusPoint | undefined {
  const row = rows.read(pointPlace);
  if (row === undefined) return undefined;
  return pointCodec.trustedUnpack(row);
}

/** A block with a new consensus is final when it is executed, so its consensus is in force. */
export function consensusInForce(rows: Rows): Consensus | undefined {
  const point = consensusPointOf(rows);
  return point?.joint.next ?? point?.joint.current;
}

export function rememberConsensus(rows: Overlay, header: BlockHeader): void {
  const before = consensusPointOf(rows) ?? noConsensus;
  const after = consensusAfter(before, header);
  if (after !== before) rows.write(pointPlace, pointCodec.pack(after));
}
