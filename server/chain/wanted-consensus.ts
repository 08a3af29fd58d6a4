import type { Consensus } from "@kith/protocol/block";
import { consensusCodec } from "@kith/protocol/blocks";
import { noArgumentsCodec, wantedConsensusCodec } from "@kith/protocol/entry-points";
import { equalBytes } from "@kith/protocol/hashes";

import { consensusInForce } from "./consensus-facts.ts";
import type { BlockContext } from "./execution.ts";
import { callReadOnly } from "./query.ts";
import { systemAccounts, systemMethods } from "./system-accounts.ts";

/** What `producers` wants, when that is not what is in force. */
export function wantedConsensus(block: BlockContext): Consensus | undefined {
  const answer = callReadOnly(block, {
    service: systemAccounts.producers,
    method: systemMethods.wantedConsensus,
    args: noArgumentsCodec.pack({}),
  });
  if (answer === undefined) return undefined;
  const unpacked = wantedConsensusCodec.unpack(answer);
  const wanted = unpacked.ok ? unpacked.value : undefined;
  if (wanted === undefined) return undefined;
  const inForce = consensusInForce(block.rows);
  if (inForce === undefined) return wanted;
  return equalBytes(consensusCodec.pack(wanted), consensusCodec.pack(inForce)) ? undefined : wanted;
}
