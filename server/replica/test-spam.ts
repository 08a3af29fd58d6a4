import type { SealedBlock } from "@kith/protocol/block";
import { sealBlock } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import {
  blockIdOf,
  blockNumOf,
  termOf,
  transactionIdOf,
  type BlockNum,
  type NodeId,
  type Term,
} from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import { decodeNodeMessage, encodeNodeMessage } from "@kith/protocol/node-messages";
import { nextBelow, nextU32, type RandomState } from "@kith/protocol/random";
import type { SignedViewChange, SignedVote } from "@kith/protocol/vote";

export type SpamFacts = {
  readonly head: SealedBlock;
  /** Somebody who produces, in whose name votes are forged. */
  readonly producer: NodeId;
};

/** One message of each kind, as a peer would make them up that knows the network: the shapes are right, and nothing is signed. */
export function spam(random: RandomState, { head, producer }: SpamFacts): readonly NodeMessage[] {
  const round = nextU32(random);
  const [num, term] = [drawNum(random, head), drawTerm(random, head)];
  const block = forgedBlock(random, { head, num, term });
  const place = { num, id: block.id };
  const signature = drawBytes(random, 64);
  const word = { epoch: blockNumOf(1), term, node: producer, signature };
  const vote: SignedVote = { ...word, prepared: place, committed: place };
  const view: SignedViewChange = { ...word, bestEpoch: num, bestTerm: term, best: place };
  const about = { epoch: blockNumOf(1), term, ...place, links: [], votes: [vote] };
  const certificate: Certificate = { kind: "committed", ...about };
  const leading = { term, commitNum: num, round };
  const theirHead = { headNum: num, headId: block.id };
  const roster = { headNum: num, producers: [producer] };
  const manifestBytes = 1 + nextBelow(random, 1_000_000);
  const end = { headTerm: term, headNum: num };
  const previous = { previousNum: head.header.blockNum, previousId: head.id };
  const final = { num: head.header.blockNum, id: head.id };
  const recalled = { epoch: blockNumOf(1), term, leads: true, isSilent: false, ...end };
  return [
    { kind: "append", ...leading, ...previous, blocks: [block], certify: true, vote },
    { kind: "confirm", ...leading, ...theirHead, accepted: true, clock: round, vote },
    { kind: "vote-request", term, pre: round % 2 === 0, transfer: round % 3 === 0, ...end },
    { kind: "vote-response", term, pre: true, granted: false, roster },
    { kind: "timeout-now", term },
    { kind: "proposal", previous: final, blocks: [block], vote, commitNum: num },
    { kind: "vote", vote, commitNum: num },
    { kind: "view-change", view, certificate },
    { kind: "new-view", views: [view], certificate },
    { kind: "chain-request", final, head: place },
    { kind: "chain-response", blocks: [block], certificate },
    { kind: "read-round", round },
    { kind: "read-answer", round, num },
    { kind: "certificate", certificate },
    { kind: "recall", round },
    { kind: "recalled", round, ...recalled, lock: certificate },
    { kind: "reminder", term, num, vote },
    { kind: "submit", transactions: [drawBytes(random, 4_096), ...block.transactions] },
    { kind: "submit-refused", transactionId: drawId(random), error: "{}" },
    { kind: "read-index-request", request: round },
    { kind: "read-index-response", request: nextBelow(random, 100), num },
    { kind: "blocks-request", from: blockNumOf(1), to: num },
    { kind: "blocks-response", blocks: [block], finalNum: num },
    { kind: "changes-request", after: blockNumOf(0) },
    { kind: "changes-response", changes: [{ header: block.header, certificate }] },
    { kind: "header-wanted", num },
    { kind: "snapshot-wanted", after: num },
    { kind: "snapshot-plan", num },
    { kind: "snapshot-offer", term, block, snapshotId: num, manifestBytes },
    { kind: "manifest-request", snapshotId: num, at: 0 },
    { kind: "manifest-part", snapshotId: num, at: 0, data: drawBytes(random, 100) },
    { kind: "snapshot-request", block: block.id, chunk: 0 },
    { kind: "snapshot-chunk", block: block.id, chunk: 0, data: drawBytes(random, 4_096) },
  ];
}

/** The same on its way, with bytes changed; undefined where transport would have found that it is no message. */
export function garbled(random: RandomState, message: NodeMessage): NodeMessage | undefined {
  const bytes = encodeNodeMessage(message).slice();
  for (let changes = 1 + nextBelow(random, 3); changes > 0; changes -= 1) {
    // Not the tag: each kind gets its share.
    bytes[1 + nextBelow(random, bytes.length - 1)] = nextBelow(random, 256);
  }
  const decoded = decodeNodeMessage(bytes);
  return decoded.ok ? decoded.value : undefined;
}

type Place = { readonly head: SealedBlock; readonly num: BlockNum; readonly term: Term };

function forgedBlock(random: RandomState, { head, num, term }: Place): SealedBlock {
  const isNext = num === head.header.blockNum + 1;
  const previous = isNext ? head.id : blockIdOf(drawId(random));
  const draft = { ...head.header, previous, blockNum: num, term, time: head.header.time + 1 };
  return sealBlock(draft, [drawBytes(random, 2_048)]);
}

/** Often where the chain is, and sometimes anywhere. */
function drawNum(random: RandomState, { header }: SealedBlock): BlockNum {
  const near = Math.max(1, header.blockNum - 2 + nextBelow(random, 6));
  return blockNumOf(nextBelow(random, 4) === 0 ? 1 + nextBelow(random, 0xffff_fffe) : near);
}

function drawTerm(random: RandomState, { header }: SealedBlock): Term {
  return termOf(Math.max(1, header.term - 1 + nextBelow(random, 4)));
}

function drawBytes(random: RandomState, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => nextBelow(random, 256));
}

function drawId(random: RandomState): ReturnType<typeof transactionIdOf> {
  return transactionIdOf(Buffer.from(drawBytes(random, 32)).toString("hex"));
}
