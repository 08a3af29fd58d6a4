import { quorumSize } from "@kith/protocol/certificate";
import { blockPlaceCodec } from "@kith/protocol/certificates";
import { bytesUpTo, list, object, u32 } from "@kith/protocol/fracpack";
import { blockIdOf, blockNumOf } from "@kith/protocol/ids";
import { certificateVotesMax } from "@kith/protocol/limits";
import type { ConsensusMessage } from "@kith/protocol/node-message";
import { encodeNodeMessage } from "@kith/protocol/node-messages";
import type { BlockPlace } from "@kith/protocol/vote";

import type { Form, Setting } from "./setting.ts";

const hashBytes = 32;
const signatureBytes = 64;
/** BLS12-381 with signatures in G1. */
const aggregateBytes = 48;

/** A vote that names blocks by height, because its receiver has them, and its node by the link that it comes over. */
const compactVoteCodec = object({
  epoch: u32,
  term: u32,
  prepared: u32,
  committed: u32,
  final: u32,
  signature: bytesUpTo(signatureBytes),
});

/** A certificate, or the view changes of a new view, whose votes repeat nothing that is the same in all of them. */
const compactCertificateCodec = object({
  epoch: u32,
  term: u32,
  /** What is certified, and what else its votes name, each once. */
  places: list(blockPlaceCodec),
  /** A bit for each producer. */
  voters: bytesUpTo(certificateVotesMax),
  /** Two bytes for each vote: which place it prepared, and which it committed. */
  named: bytesUpTo(2 * certificateVotesMax),
  signatures: bytesUpTo(signatureBytes * certificateVotesMax),
});

const place: BlockPlace = { num: blockNumOf(4), id: blockIdOf("0".repeat(64)) };

/** Bytes of a message as this network writes it: the product's own, unless its setting says otherwise. */
export function messageBytes(setting: Setting, message: ConsensusMessage): number {
  const full = encodeNodeMessage(message).length;
  return named(setting, message, full) - saved(setting, message);
}

function named({ spreading }: Setting, message: ConsensusMessage, full: number): number {
  if (spreading !== "named" || !("blocks" in message)) return full;
  const transactions = message.blocks.flatMap((block) => block.transactions);
  return transactions.reduce((sum, { length }) => sum - length + hashBytes, full);
}

function saved({ form, producers }: Setting, message: ConsensusMessage): number {
  if (form === "full") return 0;
  const full = encodeNodeMessage(message).length;
  if (message.kind === "vote") return form === "compact" ? full - compactVoteBytes : 0;
  return certifies(message) ? full - partsBytes(form, producers, message) : 0;
}

const compactVoteBytes =
  1 +
  compactVoteCodec.pack({
    epoch: 1,
    term: 1,
    prepared: 4,
    committed: 3,
    final: 2,
    signature: new Uint8Array(signatureBytes),
  }).length;

type CertifyingMessage = Extract<
  ConsensusMessage,
  { kind: "new-view" | "view-change" | "certificate" }
>;

function certifies(message: ConsensusMessage): message is CertifyingMessage {
  return ["new-view", "view-change", "certificate"].includes(message.kind);
}

/** Each proof of a quorum in its short form; a view change's own signature stays. */
function partsBytes(form: Form, producers: number, message: CertifyingMessage): number {
  const quorum = quorumSize("bft", producers);
  const proof = certificateBytes(form, producers, quorum);
  const certificate = message.certificate === undefined ? 0 : proof;
  if (message.kind === "new-view") return certificate + proof;
  if (message.kind === "certificate") return certificate;
  return certificate + encodeNodeMessage({ kind: message.kind, view: message.view }).length;
}

/** Of so many votes in a network of so many producers. */
export function certificateBytes(form: Form, producers: number, votes: number): number {
  return compactCertificateCodec.pack({
    epoch: 1,
    term: 1,
    places: [place, place],
    voters: new Uint8Array(Math.ceil(producers / 8)),
    named: new Uint8Array(2 * votes),
    signatures: new Uint8Array(form === "aggregated" ? aggregateBytes : signatureBytes * votes),
  }).length;
}
