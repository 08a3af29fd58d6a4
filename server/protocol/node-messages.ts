import type { SealedBlock } from "./block.ts";
import { decodeBlock, type BlockError } from "./blocks.ts";
import type { Codec } from "./fracpack.ts";
import type { FracpackError } from "./fracpack/layout.ts";
import { giveWriter, takeWriter } from "./fracpack/writer.ts";
import { frameBytesMax } from "./limits.ts";
import * as codecs from "./node-message-codecs.ts";
import type { Kind } from "./node-message-codecs.ts";
import type { BftMessage, NodeMessage, SnapshotMessage } from "./node-message.ts";
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

/** One byte of tag, then the fields as a fracpack object. */
export function encodeNodeMessage(message: NodeMessage): Uint8Array {
  switch (message.kind) {
    case "append":
      return frame(message.kind, codecs.append, {
        ...message,
        blocks: message.blocks.map(bytesOf),
      });
    case "confirm":
      return frame(message.kind, codecs.confirm, message);
    case "vote-request":
      return frame(message.kind, codecs.voteRequest, message);
    case "vote-response":
      return frame(message.kind, codecs.voteResponse, message);
    case "timeout-now":
      return frame(message.kind, codecs.timeoutNow, message);
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
      return frame(message.kind, codecs.certificate, message);
    case "recall":
      return frame(message.kind, codecs.recall, message);
    case "recalled":
      return frame(message.kind, codecs.recalled, message);
    case "reminder":
      return frame(message.kind, codecs.reminder, message);
    case "peers":
      return frame(message.kind, codecs.peers, message);
    case "submit":
      return frame(message.kind, codecs.submit, message);
    case "submit-refused":
      return frame(message.kind, codecs.submitRefused, message);
    case "read-index-request":
      return frame(message.kind, codecs.readIndexRequest, message);
    case "read-index-response":
      return frame(message.kind, codecs.readIndexResponse, message);
    case "blocks-request":
      return frame(message.kind, codecs.blocksRequest, message);
    case "blocks-response":
      return frame(message.kind, codecs.blocksResponse, {
        blocks: message.blocks.map(bytesOf),
        finalNum: message.finalNum,
      });
    case "changes-request":
      return frame(message.kind, codecs.changesRequest, message);
    case "changes-response":
      return frame(message.kind, codecs.changesResponse, message);
    case "header-wanted":
      return frame(message.kind, codecs.headerWanted, message);
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
      return frame(message.kind, codecs.proposal, {
        ...message,
        blocks: message.blocks.map(bytesOf),
      });
    case "vote":
      return frame(message.kind, codecs.vote, message);
    case "view-change":
      return frame(message.kind, codecs.viewChange, message);
    case "new-view":
      return frame(message.kind, codecs.newView, message);
    case "chain-request":
      return frame(message.kind, codecs.chainRequest, message);
    case "chain-response":
      return frame(message.kind, codecs.chainResponse, {
        ...message,
        blocks: message.blocks.map(bytesOf),
      });
    case "read-round":
      return frame(message.kind, codecs.readRound, message);
    case "read-answer":
      return frame(message.kind, codecs.readAnswer, message);
  }
}

function encodeSnapshot(message: SnapshotMessage): Uint8Array {
  switch (message.kind) {
    case "snapshot-offer":
      return frame(message.kind, codecs.snapshotOffer, { ...message, block: message.block.bytes });
    case "snapshot-wanted":
      return frame(message.kind, codecs.snapshotWanted, message);
    case "snapshot-plan":
      return frame(message.kind, codecs.snapshotPlan, message);
    case "manifest-request":
      return frame(message.kind, codecs.manifestRequest, message);
    case "manifest-part":
      return frame(message.kind, codecs.manifestPart, message);
    case "snapshot-request":
      return frame(message.kind, codecs.snapshotRequest, message);
    case "snapshot-chunk":
      return frame(message.kind, codecs.snapshotChunk, message);
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
  append: decoder("append", codecs.append, ({ blocks, ...fields }) =>
    withBlocks("append", blocks, (sealed) => ({ kind: "append", ...fields, blocks: sealed })),
  ),
  confirm: decoder("confirm", codecs.confirm, (fields) => ok({ kind: "confirm", ...fields })),
  "vote-request": decoder("vote-request", codecs.voteRequest, (fields) =>
    ok({ kind: "vote-request", ...fields }),
  ),
  "vote-response": decoder("vote-response", codecs.voteResponse, (fields) =>
    ok({ kind: "vote-response", ...fields }),
  ),
  "timeout-now": decoder("timeout-now", codecs.timeoutNow, (fields) =>
    ok({ kind: "timeout-now", ...fields }),
  ),
  proposal: decoder("proposal", codecs.proposal, ({ blocks, ...fields }) =>
    withBlocks("proposal", blocks, (sealed) => ({ kind: "proposal", ...fields, blocks: sealed })),
  ),
  vote: decoder("vote", codecs.vote, (fields) => ok({ kind: "vote", ...fields })),
  "view-change": decoder("view-change", codecs.viewChange, (fields) =>
    ok({ kind: "view-change", ...fields }),
  ),
  "new-view": decoder("new-view", codecs.newView, (fields) => ok({ kind: "new-view", ...fields })),
  "chain-request": decoder("chain-request", codecs.chainRequest, (fields) =>
    ok({ kind: "chain-request", ...fields }),
  ),
  "chain-response": decoder("chain-response", codecs.chainResponse, ({ blocks, ...fields }) =>
    withBlocks("chain-response", blocks, (sealed) => ({
      kind: "chain-response",
      ...fields,
      blocks: sealed,
    })),
  ),
  "read-round": decoder("read-round", codecs.readRound, (fields) =>
    ok({ kind: "read-round", ...fields }),
  ),
  "read-answer": decoder("read-answer", codecs.readAnswer, (fields) =>
    ok({ kind: "read-answer", ...fields }),
  ),
  certificate: decoder("certificate", codecs.certificate, (fields) =>
    ok({ kind: "certificate", ...fields }),
  ),
  recall: decoder("recall", codecs.recall, (fields) => ok({ kind: "recall", ...fields })),
  recalled: decoder("recalled", codecs.recalled, (fields) => ok({ kind: "recalled", ...fields })),
  reminder: decoder("reminder", codecs.reminder, (fields) => ok({ kind: "reminder", ...fields })),
  peers: decoder("peers", codecs.peers, (fields) => ok({ kind: "peers", ...fields })),
  submit: decoder("submit", codecs.submit, (fields) => ok({ kind: "submit", ...fields })),
  "submit-refused": decoder("submit-refused", codecs.submitRefused, (fields) =>
    ok({ kind: "submit-refused", ...fields }),
  ),
  "read-index-request": decoder("read-index-request", codecs.readIndexRequest, (fields) =>
    ok({ kind: "read-index-request", ...fields }),
  ),
  "read-index-response": decoder("read-index-response", codecs.readIndexResponse, (fields) =>
    ok({ kind: "read-index-response", ...fields }),
  ),
  "blocks-request": decoder("blocks-request", codecs.blocksRequest, (fields) =>
    ok({ kind: "blocks-request", ...fields }),
  ),
  "changes-request": decoder("changes-request", codecs.changesRequest, (fields) =>
    ok({ kind: "changes-request", ...fields }),
  ),
  "changes-response": decoder("changes-response", codecs.changesResponse, (fields) =>
    ok({ kind: "changes-response", ...fields }),
  ),
  "header-wanted": decoder("header-wanted", codecs.headerWanted, (fields) =>
    ok({ kind: "header-wanted", ...fields }),
  ),
  "snapshot-wanted": decoder("snapshot-wanted", codecs.snapshotWanted, (fields) =>
    ok({ kind: "snapshot-wanted", ...fields }),
  ),
  "snapshot-plan": decoder("snapshot-plan", codecs.snapshotPlan, (fields) =>
    ok({ kind: "snapshot-plan", ...fields }),
  ),
  "manifest-request": decoder("manifest-request", codecs.manifestRequest, (fields) =>
    ok({ kind: "manifest-request", ...fields }),
  ),
  "manifest-part": decoder("manifest-part", codecs.manifestPart, (fields) =>
    ok({ kind: "manifest-part", ...fields }),
  ),
  "snapshot-request": decoder("snapshot-request", codecs.snapshotRequest, (fields) =>
    ok({ kind: "snapshot-request", ...fields }),
  ),
  "snapshot-chunk": decoder("snapshot-chunk", codecs.snapshotChunk, (fields) =>
    ok({ kind: "snapshot-chunk", ...fields }),
  ),
  "blocks-response": decoder("blocks-response", codecs.blocksResponse, ({ blocks, finalNum }) =>
    withBlocks("blocks-response", blocks, (sealed) => ({
      kind: "blocks-response",
      blocks: sealed,
      finalNum,
    })),
  ),
  "snapshot-offer": decoder("snapshot-offer", codecs.snapshotOffer, ({ block, ...fields }) =>
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
