import {
  blockPlaceCodec,
  certificateCodec,
  certifiedHeaderCodec,
  signedViewChangeCodec,
  signedVoteCodec,
} from "./certificates.ts";
import { blockIdCodec, nodeIdCodec, transactionIdCodec } from "./checksums.ts";
import {
  bool,
  bytesUpTo,
  list,
  object,
  option,
  strUpTo,
  u32,
  u64Number,
  type Codec,
} from "./fracpack.ts";
import {
  blockBytesMax,
  certificateVotesMax,
  manifestPartBytesMax,
  messageBlocksMax,
  messageChangesMax,
  peerAddressesMax,
  peerUrlBytesMax,
  rosterProducersMax,
  snapshotChunkBytesMax,
  submitErrorBytesMax,
  submitTransactionsMax,
  transactionBytesMax,
} from "./limits.ts";
import type { NodeMessage } from "./node-message.ts";
import { blockNumCodec, termCodec } from "./numbers.ts";

/** The fields of each message, as they stand behind its tag: see `node-messages.ts`. */

export type Kind = NodeMessage["kind"];
type MessageOf<K extends Kind> = Extract<NodeMessage, { kind: K }>;
/** A message as its fields; blocks are byte strings of packed blocks. */
type Body<K extends Kind> = Omit<MessageOf<K>, "kind">;
type PackedBlocks<K extends Kind> = Omit<Body<K>, "blocks"> & {
  readonly blocks: readonly Uint8Array[];
};
type PackedBlock<K extends Kind> = Omit<Body<K>, "block"> & {
  readonly block: Uint8Array;
};

const packedBlock = bytesUpTo(blockBytesMax);
const packedBlocks = list(packedBlock, messageBlocksMax);

export const append: Codec<PackedBlocks<"append">> = object({
  term: termCodec,
  previousNum: blockNumCodec,
  previousId: blockIdCodec,
  blocks: packedBlocks,
  commitNum: blockNumCodec,
  round: u64Number,
  certify: option(bool),
  vote: option(signedVoteCodec),
});
export const confirm: Codec<Body<"confirm">> = object({
  term: termCodec,
  headNum: blockNumCodec,
  headId: blockIdCodec,
  accepted: bool,
  commitNum: blockNumCodec,
  round: u64Number,
  clock: u64Number,
  vote: option(signedVoteCodec),
});
export const voteRequest: Codec<Body<"vote-request">> = object({
  term: termCodec,
  pre: bool,
  transfer: bool,
  headTerm: termCodec,
  headNum: blockNumCodec,
  headUnderBft: option(bool),
});
export const voteResponse: Codec<Body<"vote-response">> = object({
  term: termCodec,
  pre: bool,
  granted: bool,
  roster: option(
    object({ headNum: blockNumCodec, producers: list(nodeIdCodec, rosterProducersMax) }),
  ),
});
export const timeoutNow: Codec<Body<"timeout-now">> = object({ term: termCodec });
export const proposal: Codec<PackedBlocks<"proposal">> = object({
  previous: blockPlaceCodec,
  blocks: packedBlocks,
  vote: signedVoteCodec,
  commitNum: blockNumCodec,
});
export const vote: Codec<Body<"vote">> = object({
  vote: signedVoteCodec,
  commitNum: blockNumCodec,
});
export const viewChange: Codec<Body<"view-change">> = object({
  view: signedViewChangeCodec,
  certificate: option(certificateCodec),
});
export const newView: Codec<Body<"new-view">> = object({
  views: list(signedViewChangeCodec, certificateVotesMax),
  certificate: option(certificateCodec),
});
export const chainRequest: Codec<Body<"chain-request">> = object({
  final: blockPlaceCodec,
  head: blockPlaceCodec,
});
export const chainResponse: Codec<PackedBlocks<"chain-response">> = object({
  blocks: packedBlocks,
  certificate: option(certificateCodec),
});
export const readRound: Codec<Body<"read-round">> = object({ round: u64Number });
export const readAnswer: Codec<Body<"read-answer">> = object({
  round: u64Number,
  num: blockNumCodec,
});
export const certificate: Codec<Body<"certificate">> = object({ certificate: certificateCodec });
export const recall: Codec<Body<"recall">> = object({ round: u64Number });
export const recalled: Codec<Body<"recalled">> = object({
  round: u64Number,
  epoch: blockNumCodec,
  term: termCodec,
  leads: bool,
  isSilent: bool,
  headTerm: termCodec,
  headNum: blockNumCodec,
  headUnderBft: option(bool),
  lock: option(certificateCodec),
});
export const reminder: Codec<Body<"reminder">> = object({
  term: termCodec,
  num: blockNumCodec,
  vote: option(signedVoteCodec),
});
export const peers: Codec<Body<"peers">> = object({
  addresses: list(object({ node: nodeIdCodec, url: strUpTo(peerUrlBytesMax) }), peerAddressesMax),
});
export const submit: Codec<Body<"submit">> = object({
  transactions: list(bytesUpTo(transactionBytesMax), submitTransactionsMax),
});
export const submitRefused: Codec<Body<"submit-refused">> = object({
  transactionId: transactionIdCodec,
  error: strUpTo(submitErrorBytesMax),
});
export const readIndexRequest: Codec<Body<"read-index-request">> = object({ request: u64Number });
export const readIndexResponse: Codec<Body<"read-index-response">> = object({
  request: u64Number,
  num: option(blockNumCodec),
});
export const blocksRequest: Codec<Body<"blocks-request">> = object({
  from: blockNumCodec,
  to: blockNumCodec,
});
export const blocksResponse: Codec<PackedBlocks<"blocks-response">> = object({
  blocks: packedBlocks,
  finalNum: blockNumCodec,
});
export const changesRequest: Codec<Body<"changes-request">> = object({ after: blockNumCodec });
export const changesResponse: Codec<Body<"changes-response">> = object({
  changes: list(certifiedHeaderCodec, messageChangesMax),
});
export const headerWanted: Codec<Body<"header-wanted">> = object({ num: blockNumCodec });
export const snapshotOffer: Codec<PackedBlock<"snapshot-offer">> = object({
  term: termCodec,
  block: packedBlock,
  snapshotId: u64Number,
  manifestBytes: u32,
});
export const snapshotWanted: Codec<Body<"snapshot-wanted">> = object({ after: blockNumCodec });
export const snapshotPlan: Codec<Body<"snapshot-plan">> = object({ num: blockNumCodec });
export const manifestRequest: Codec<Body<"manifest-request">> = object({
  snapshotId: u64Number,
  at: u32,
});
export const manifestPart: Codec<Body<"manifest-part">> = object({
  snapshotId: u64Number,
  at: u32,
  data: bytesUpTo(manifestPartBytesMax),
});
export const snapshotRequest: Codec<Body<"snapshot-request">> = object({
  block: blockIdCodec,
  chunk: u32,
});
export const snapshotChunk: Codec<Body<"snapshot-chunk">> = object({
  block: blockIdCodec,
  chunk: u32,
  data: option(bytesUpTo(snapshotChunkBytesMax)),
});
