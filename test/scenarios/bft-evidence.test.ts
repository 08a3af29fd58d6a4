import assert from "node:assert/strict";
import { test } from "node:test";

import type { SealedBlock } from "@kith/protocol/block";
import { blockNumOf } from "@kith/protocol/ids";
import type { ConsensusMessage } from "@kith/protocol/node-message";

import { placeOfBlock } from "../simulator/forgery.ts";
import { Puppets } from "./puppets.ts";

/** `a` has one of the two blocks that `d` made for the same height. */
function deceived(): {
  readonly puppets: Puppets;
  readonly block: SealedBlock;
  readonly other: SealedBlock;
} {
  const puppets = new Puppets();
  const { genesis } = puppets;
  puppets.begin(3);
  const block = puppets.block(genesis, 3);
  // It does not vote yet: with its vote there would be a quorum, and signatures would be looked at for another reason.
  puppets.a.syncsAtOnce = false;
  puppets.tell("d", puppets.proposal(genesis, block));
  return { puppets, block, other: puppets.block(genesis, 3, { time: genesis.header.time + 9 }) };
}

function voteOf(puppets: Puppets, block: SealedBlock, isSigned: boolean): ConsensusMessage {
  const vote = puppets.vote("b", 3, { prepared: placeOfBlock(block) });
  const signature = isSigned ? vote.signature : new Uint8Array(64);
  return { kind: "vote", vote: { ...vote, signature }, commitNum: blockNumOf(1) };
}

test("who votes for two blocks of a height is accused with both votes, and only when it signed them", () => {
  for (const isFirstSigned of [true, false]) {
    const { puppets, block, other } = deceived();
    puppets.tell("b", voteOf(puppets, block, isFirstSigned));
    puppets.tell("b", voteOf(puppets, other, false));
    assert.deepEqual(puppets.a.evidence, []);
    puppets.tell("b", voteOf(puppets, other, true));
    assert.equal(puppets.a.evidence.length, isFirstSigned ? 1 : 0);
  }
});
