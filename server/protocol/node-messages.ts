import type { SealedBlock } from "./block.ts";
import { decodeBlock, type BlockError } from "./blocks.ts";
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
import type { FracpackError } from "./fracpack/layout.ts";
import { giveWriter, takeWriter } from "./fracpack/writer.ts";
import {
  blockBytesMax,
  certificateVotesMax,
  frameBytesMax,
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
import type { BftMessage, NodeMessage, SnapshotMessage } from "./node-message.ts";
import { blockNumCodec, termCodec } from "./numbers.ts";
import { err, ok, type Result } from "./result.ts";

/** The first byte of a message, for ever. psibase's numbers where the meaning is the same (34 to 37). */
export const messageTag: { readonly [K in NodeMessage["kind"]]: number } = {
  append: 34,
  confirm: 35,
  "vote-request": 36,
  "vote-response": 37,
  vote: 38,
  proposal: 39,
  "view-change": 40,
  "timeout-now": 48,
  peers: 49,
  submit: 50,
  "submit-refused": 51,
  "read-index-request": 52,
  "read-index-response": 53,
  "blocks-request": 54,
  "blocks-response": 55,
  "snapshot-offer": 56,
  "snapshot-request": 57,
  "snapshot-chunk": 58,
  "new-view": 59,
  "chain-request": 60,
  "chain-response": 61,
  "read-round": 62,
  "read-answer": 63,
  certificate: 64,
  "changes-request": 65,
  "changes-response": 66,
  "header-wanted": 67,
  recall: 68,
  recalled: 69,
  "snapshot-wanted": 70,
  "snapshot-plan": 71,
  "manifest-request": 72,
  "manifest-part": 73,
  reminder: 74,
};

export type MessageError =
  | {
      readonly code: "message-too-large";
      readonly sizeBytes: number;
      readonly sizeBytesMax: number;
    }
  | { readonly code: "message-empty" }
  | { readonly code: "message-tag-unknown"; readonly tag: number }
  | { readonly code: "message-malformed"; readonly tag: number; readonly fault: FracpackError }
  | { readonly code: "message-block-invalid"; readonly tag: number; readonly fault: BlockError };

type Kind = NodeMessage["kind"];
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

const append: Codec<PackedBlocks<"append">> = object({
  term: termCodec,
  previousNum: blockNumCodec,
  previousId: blockIdCodec,
  blocks: packedBlocks,
  commitNum: blockNumCodec,
  round: u64Number,
  certify: option(bool),
  vote: option(signedVoteCodec),
});
const confirm: Codec<Body<"confirm">> = object({
  term: termCodec,
  headNum: blockNumCodec,
  headId: blockIdCodec,
  accepted: bool,
  commitNum: blockNumCodec,
  round: u64Number,
  clock: u64Number,
  vote: option(signedVoteCodec),
});
const voteRequest: Codec<Body<"vote-request">> = object({
  term: termCodec,
  pre: bool,
  transfer: bool,
  headTerm: termCodec,
  headNum: blockNumCodec,
  headUnderBft: option(bool),
});
const voteResponse: Codec<Body<"vote-response">> = object({
  term: termCodec,
  pre: bool,
  granted: bool,
  roster: option(
    object({ headNum: blockNumCodec, producers: list(nodeIdCodec, rosterProducersMax) }),
  ),
});
const timeoutNow: Codec<Body<"timeout-now">> = object({ term: termCodec });
const proposal: Codec<PackedBlocks<"proposal">> = object({
  previous: blockPlaceCodec,
  blocks: packedBlocks,
  vote: signedVoteCodec,
  commitNum: blockNumCodec,
});
const vote: Codec<Body<"vote">> = object({ vote: signedVoteCodec, commitNum: blockNumCodec });
const viewChange: Codec<Body<"view-change">> = object({
  view: signedViewChangeCodec,
  certificate: option(certificateCodec),
});
const newView: Codec<Body<"new-view">> = object({
  views: list(signedViewChangeCodec, certificateVotesMax),
  certificate: option(certificateCodec),
});
const chainRequest: Codec<Body<"chain-request">> = object({
  final: blockPlaceCodec,
  head: blockPlaceCodec,
});
const chainResponse: Codec<PackedBlocks<"chain-response">> = object({
  blocks: packedBlocks,
  certificate: option(certificateCodec),
});
const readRound: Codec<Body<"read-round">> = object({ round: u64Number });
const readAnswer: Codec<Body<"read-answer">> = object({ round: u64Number, num: blockNumCodec });
const certificate: Codec<Body<"certificate">> = object({ certificate: certificateCodec });
const recall: Codec<Body<"recall">> = object({ round: u64Number });
const recalled: Codec<Body<"recalled">> = object({
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
const reminder: Codec<Body<"reminder">> = object({
  term: termCodec,
  num: blockNumCodec,
  vote: option(signedVoteCodec),
});
const peers: Codec<Body<"peers">> = object({
  addresses: list(object({ node: nodeIdCodec, url: strUpTo(peerUrlBytesMax) }), peerAddressesMax),
});
const submit: Codec<Body<"submit">> = object({
  transactions: list(bytesUpTo(transactionBytesMax), submitTransactionsMax),
});
const submitRefused: Codec<Body<"submit-refused">> = object({
  transactionId: transactionIdCodec,
  error: strUpTo(submitErrorBytesMax),
});
const readIndexRequest: Codec<Body<"read-index-request">> = object({ request: u64Number });
const readIndexResponse: Codec<Body<"read-index-response">> = object({
  request: u64Number,
  num: option(blockNumCodec),
});
const blocksRequest: Codec<Body<"blocks-request">> = object({
  from: blockNumCodec,
  to: blockNumCodec,
});
const blocksResponse: Codec<PackedBlocks<"blocks-response">> = object({
  blocks: packedBlocks,
  finalNum: blockNumCodec,
});
const changesRequest: Codec<Body<"changes-request">> = object({ after: blockNumCodec });
const changesResponse: Codec<Body<"changes-response">> = object({
  changes: list(certifiedHeaderCodec, messageChangesMax),
});
const headerWanted: Codec<Body<"header-wanted">> = object({ num: blockNumCodec });
const snapshotOffer: Codec<PackedBlock<"snapshot-offer">> = object({
  term: termCodec,
  block: packedBlock,
  snapshotId: u64Number,
  manifestBytes: u32,
});
const snapshotWanted: Codec<Body<"snapshot-wanted">> = object({ after: blockNumCodec });
const snapshotPlan: Codec<Body<"snapshot-plan">> = object({ num: blockNumCodec });
const manifestRequest: Codec<Body<"manifest-request">> = object({ snapshotId: u64Number, at: u32 });
const manifestPart: Codec<Body<"manifest-part">> = object({
  snapshotId: u64Number,
  at: u32,
  data: bytesUpTo(manifestPartBytesMax),
});
const snapshotRequest: Codec<Body<"snapshot-request">> = object({
  block: blockIdCodec,
  chunk: u32,
});
const snapshotChunk: Codec<Body<"snapshot-chunk">> = object({
  block: blockIdCodec,
  chunk: u32,
  data: option(bytesUpTo(snapshotChunkBytesMax)),
});

/** One byte of tag, then the fields as a fracpack object. */
export function encodeNodeMessage(message: NodeMessage): Uint8Array {
  switch (message.kind) {
    case "append":
      return frame(message.kind, append, { ...message, blocks: message.blocks.map(bytesOf) });
    case "confirm":
      return frame(message.kind, confirm, message);
    case "vote-request":
      return frame(message.kind, voteRequest, message);
    case "vote-response":
      return frame(message.kind, voteResponse, message);
    case "timeout-now":
      return frame(message.kind, timeoutNow, message);
    case "proposal":
    case "vote":
    case "view-change":
    case "new-view":
    case "chain-request":
    case "chain-response":
    case "read-round":
    case "read-answer":
      return encodeBft(message);
    case "certificate":
      return frame(message.kind, certificate, message);
    case "recall":
      return frame(message.kind, recall, message);
    case "recalled":
      return frame(message.kind, recalled, message);
    case "reminder":
      return frame(message.kind, reminder, message);
    case "peers":
      return frame(message.kind, peers, message);
    case "submit":
      return frame(message.kind, submit, message);
    case "submit-refused":
      return frame(message.kind, submitRefused, message);
    case "read-index-request":
      return frame(message.kind, readIndexRequest, message);
    case "read-index-response":
      return frame(message.kind, readIndexResponse, message);
    case "blocks-request":
      return frame(message.kind, blocksRequest, message);
    case "blocks-response":
      return frame(message.kind, blocksResponse, {
        blocks: message.blocks.map(bytesOf),
        finalNum: message.finalNum,
      });
    case "changes-request":
      return frame(message.kind, changesRequest, message);
    case "changes-response":
      return frame(message.kind, changesResponse, message);
    case "header-wanted":
      return frame(message.kind, headerWanted, message);
    case "snapshot-offer":
    case "snapshot-wanted":
    case "snapshot-plan":
    case "manifest-request":
    case "manifest-part":
    case "snapshot-request":
    case "snapshot-chunk":
      return encodeSnapshot(message);
  }
}

function encodeBft(message: BftMessage): Uint8Array {
  switch (message.kind) {
    case "proposal":
      return frame(message.kind, proposal, { ...message, blocks: message.blocks.map(bytesOf) });
    case "vote":
      return frame(message.kind, vote, message);
    case "view-change":
      return frame(message.kind, viewChange, message);
    case "new-view":
      return frame(message.kind, newView, message);
    case "chain-request":
      return frame(message.kind, chainRequest, message);
    case "chain-response":
      return frame(message.kind, chainResponse, {
        ...message,
        blocks: message.blocks.map(bytesOf),
      });
    case "read-round":
      return frame(message.kind, readRound, message);
    case "read-answer":
      return frame(message.kind, readAnswer, message);
  }
}

function encodeSnapshot(message: SnapshotMessage): Uint8Array {
  switch (message.kind) {
    case "snapshot-offer":
      return frame(message.kind, snapshotOffer, { ...message, block: message.block.bytes });
    case "snapshot-wanted":
      return frame(message.kind, snapshotWanted, message);
    case "snapshot-plan":
      return frame(message.kind, snapshotPlan, message);
    case "manifest-request":
      return frame(message.kind, manifestRequest, message);
    case "manifest-part":
      return frame(message.kind, manifestPart, message);
    case "snapshot-request":
      return frame(message.kind, snapshotRequest, message);
    case "snapshot-chunk":
      return frame(message.kind, snapshotChunk, message);
  }
}

/** Blocks are decoded too, with their ids and Merkle roots; byte strings are parts of `frameBytes`. */
export function decodeNodeMessage(frameBytes: Uint8Array): Result<NodeMessage, MessageError> {
  const sizeBytes = frameBytes.length;
  if (sizeBytes > frameBytesMax) {
    return err({ code: "message-too-large", sizeBytes, sizeBytesMax: frameBytesMax });
  }
  const tag = frameBytes[0];
  if (tag === undefined) return err({ code: "message-empty" });
  const decode = decoderByTag.get(tag);
  if (decode === undefined) return err({ code: "message-tag-unknown", tag });
  return decode(frameBytes.subarray(1));
}

type TaggedDecoder = { readonly tag: number; readonly decode: Decoder };
type Decoder = (body: Uint8Array) => Result<NodeMessage, MessageError>;

const decoders: { readonly [K in Kind]: TaggedDecoder } = {
  append: decoder("append", append, ({ blocks, ...fields }) =>
    withBlocks("append", blocks, (sealed) => ({ kind: "append", ...fields, blocks: sealed })),
  ),
  confirm: decoder("confirm", confirm, (fields) => ok({ kind: "confirm", ...fields })),
  "vote-request": decoder("vote-request", voteRequest, (fields) =>
    ok({ kind: "vote-request", ...fields }),
  ),
  "vote-response": decoder("vote-response", voteResponse, (fields) =>
    ok({ kind: "vote-response", ...fields }),
  ),
  "timeout-now": decoder("timeout-now", timeoutNow, (fields) =>
    ok({ kind: "timeout-now", ...fields }),
  ),
  proposal: decoder("proposal", proposal, ({ blocks, ...fields }) =>
    withBlocks("proposal", blocks, (sealed) => ({ kind: "proposal", ...fields, blocks: sealed })),
  ),
  vote: decoder("vote", vote, (fields) => ok({ kind: "vote", ...fields })),
  "view-change": decoder("view-change", viewChange, (fields) =>
    ok({ kind: "view-change", ...fields }),
  ),
  "new-view": decoder("new-view", newView, (fields) => ok({ kind: "new-view", ...fields })),
  "chain-request": decoder("chain-request", chainRequest, (fields) =>
    ok({ kind: "chain-request", ...fields }),
  ),
  "chain-response": decoder("chain-response", chainResponse, ({ blocks, ...fields }) =>
    withBlocks("chain-response", blocks, (sealed) => ({
      kind: "chain-response",
      ...fields,
      blocks: sealed,
    })),
  ),
  "read-round": decoder("read-round", readRound, (fields) => ok({ kind: "read-round", ...fields })),
  "read-answer": decoder("read-answer", readAnswer, (fields) =>
    ok({ kind: "read-answer", ...fields }),
  ),
  certificate: decoder("certificate", certificate, (fields) =>
    ok({ kind: "certificate", ...fields }),
  ),
  recall: decoder("recall", recall, (fields) => ok({ kind: "recall", ...fields })),
  recalled: decoder("recalled", recalled, (fields) => ok({ kind: "recalled", ...fields })),
  reminder: decoder("reminder", reminder, (fields) => ok({ kind: "reminder", ...fields })),
  peers: decoder("peers", peers, (fields) => ok({ kind: "peers", ...fields })),
  submit: decoder("submit", submit, (fields) => ok({ kind: "submit", ...fields })),
  "submit-refused": decoder("submit-refused", submitRefused, (fields) =>
    ok({ kind: "submit-refused", ...fields }),
  ),
  "read-index-request": decoder("read-index-request", readIndexRequest, (fields) =>
    ok({ kind: "read-index-request", ...fields }),
  ),
  "read-index-response": decoder("read-index-response", readIndexResponse, (fields) =>
    ok({ kind: "read-index-response", ...fields }),
  ),
  "blocks-request": decoder("blocks-request", blocksRequest, (fields) =>
    ok({ kind: "blocks-request", ...fields }),
  ),
  "changes-request": decoder("changes-request", changesRequest, (fields) =>
    ok({ kind: "changes-request", ...fields }),
  ),
  "changes-response": decoder("changes-response", changesResponse, (fields) =>
    ok({ kind: "changes-response", ...fields }),
  ),
  "header-wanted": decoder("header-wanted", headerWanted, (fields) =>
    ok({ kind: "header-wanted", ...fields }),
  ),
  "snapshot-wanted": decoder("snapshot-wanted", snapshotWanted, (fields) =>
    ok({ kind: "snapshot-wanted", ...fields }),
  ),
  "snapshot-plan": decoder("snapshot-plan", snapshotPlan, (fields) =>
    ok({ kind: "snapshot-plan", ...fields }),
  ),
  "manifest-request": decoder("manifest-request", manifestRequest, (fields) =>
    ok({ kind: "manifest-request", ...fields }),
  ),
  "manifest-part": decoder("manifest-part", manifestPart, (fields) =>
    ok({ kind: "manifest-part", ...fields }),
  ),
  "snapshot-request": decoder("snapshot-request", snapshotRequest, (fields) =>
    ok({ kind: "snapshot-request", ...fields }),
  ),
  "snapshot-chunk": decoder("snapshot-chunk", snapshotChunk, (fields) =>
    ok({ kind: "snapshot-chunk", ...fields }),
  ),
  "blocks-response": decoder("blocks-response", blocksResponse, ({ blocks, finalNum }) =>
    withBlocks("blocks-response", blocks, (sealed) => ({
      kind: "blocks-response",
      blocks: sealed,
      finalNum,
    })),
  ),
  "snapshot-offer": decoder("snapshot-offer", snapshotOffer, ({ block, ...fields }) =>
    withBlock("snapshot-offer", block, (sealed) => ({
      kind: "snapshot-offer",
      ...fields,
      block: sealed,
    })),
  ),
};

const decoderByTag: ReadonlyMap<number, Decoder> = new Map(
  Object.values(decoders).map(({ tag, decode }) => [tag, decode]),
);

function decoder<T>(
  kind: Kind,
  codec: Codec<T>,
  make: (fields: T) => Result<NodeMessage, MessageError>,
): TaggedDecoder {
  const tag = messageTag[kind];
  const decode: Decoder = (body) => {
    const fields = codec.unpack(body);
    if (fields.ok) return make(fields.value);
    return err({ code: "message-malformed", tag, fault: fields.error });
  };
  return { tag, decode };
}

function withBlock(
  kind: Kind,
  packed: Uint8Array,
  make: (block: SealedBlock) => NodeMessage,
): Result<NodeMessage, MessageError> {
  const block = decodeBlock(packed);
  if (block.ok) return ok(make(block.value));
  return err({ code: "message-block-invalid", tag: messageTag[kind], fault: block.error });
}

function withBlocks(
  kind: Kind,
  packed: readonly Uint8Array[],
  make: (blocks: readonly SealedBlock[]) => NodeMessage,
): Result<NodeMessage, MessageError> {
  const blocks: SealedBlock[] = [];
  for (const bytes of packed) {
    const block = decodeBlock(bytes);
    if (!block.ok) {
      return err({ code: "message-block-invalid", tag: messageTag[kind], fault: block.error });
    }
    blocks.push(block.value);
  }
  return ok(make(blocks));
}

function frame<T>(kind: Kind, codec: Codec<T>, fields: T): Uint8Array {
  const out = takeWriter();
  out.view.setUint8(out.reserve(1), messageTag[kind]);
  codec.layout.append(out, fields);
  const packed = out.finish();
  giveWriter(out);
  return packed;
}

function bytesOf(block: SealedBlock): Uint8Array {
  return block.bytes;
}
