import type { BlockHeader, Consensus, JointConsensus, Producer, SealedBlock } from "./block.ts";
import { blockIdCodec, checksumCodec } from "./checksums.ts";
import {
  bytes,
  bytesUpTo,
  custom,
  list,
  object,
  option,
  u64Number,
  variant,
  type Codec,
} from "./fracpack.ts";
import type { FracpackError } from "./fracpack/layout.ts";
import { sha256, sha256Hex, toHex } from "./hashes.ts";
import { blockIdOf, type BlockId, type Checksum, type NodeId } from "./ids.ts";
import { nodeIdOfSpki, spkiOfNodeId } from "./keys.ts";
import {
  blockBytesMax,
  blockTransactionsMax,
  producersMax,
  transactionBytesMax,
} from "./limits.ts";
import { merkleRoot } from "./merkle.ts";
import { accountCodec } from "./names.ts";
import { blockNumCodec, termCodec } from "./numbers.ts";
import { err, ok, type Result } from "./result.ts";

/** A node's key as SPKI. */
const nodeSpkiCodec: Codec<NodeId> = custom<NodeId, Uint8Array>(bytes, {
  encode: spkiOfNodeId,
  decode: (spki) => {
    const id = nodeIdOfSpki(spki);
    return id.ok ? id.value : undefined;
  },
});

const producersCodec: Codec<readonly Producer[]> = list(
  object({ account: accountCodec, node: nodeSpkiCodec }),
  producersMax,
);

/** psibase's alternatives: CFT is 0, BFT is 1. */
const consensusDataCodec = variant({
  CftConsensus: object({ producers: producersCodec }),
  BftConsensus: object({ producers: producersCodec }),
});

export const consensusCodec: Codec<Consensus> = custom<Consensus, ConsensusData>(
  consensusDataCodec,
  {
    encode: ({ algorithm, producers }) =>
      algorithm === "cft" ? { CftConsensus: { producers } } : { BftConsensus: { producers } },
    decode: (data) =>
      "CftConsensus" in data
        ? { algorithm: "cft", producers: data.CftConsensus.producers }
        : { algorithm: "bft", producers: data.BftConsensus.producers },
  },
);

type ConsensusData =
  | { readonly CftConsensus: { readonly producers: readonly Producer[] } }
  | { readonly BftConsensus: { readonly producers: readonly Producer[] } };

export const jointConsensusCodec: Codec<JointConsensus> = object({
  current: consensusCodec,
  next: option(consensusCodec),
});

/** Microseconds since the Unix epoch, as psibase's TimePointUSec. */
const timeCodec: Codec<number> = custom<number, number>(
  u64Number,
  { encode: (time) => time, decode: (time) => time },
  "TimePointUSec",
);

export const headerCodec: Codec<BlockHeader> = object({
  previous: blockIdCodec,
  blockNum: blockNumCodec,
  time: timeCodec,
  producer: accountCodec,
  term: termCodec,
  commitNum: blockNumCodec,
  consensusState: checksumCodec,
  trxMerkleRoot: checksumCodec,
  executedNum: blockNumCodec,
  stateRoot: checksumCodec,
  eventRoot: checksumCodec,
  newConsensus: option(consensusCodec),
});

type Block = { readonly header: BlockHeader; readonly transactions: readonly Uint8Array[] };

const blockCodec: Codec<Block> = object({
  header: headerCodec,
  transactions: list(bytesUpTo(transactionBytesMax), blockTransactionsMax),
});

export type BlockError =
  | { readonly code: "block-too-large"; readonly sizeBytes: number; readonly sizeBytesMax: number }
  | { readonly code: "block-malformed"; readonly fault: FracpackError }
  | { readonly code: "block-merkle-root-wrong"; readonly id: BlockId };

/** The header without what follows from the transactions. A whole header may be given too. */
export type HeaderDraft = Omit<BlockHeader, "trxMerkleRoot">;

/** Throws when the block would break a limit: whoever makes blocks has to stay within them. */
export function sealBlock(draft: HeaderDraft, transactions: readonly Uint8Array[]): SealedBlock {
  const header: BlockHeader = { ...draft, trxMerkleRoot: merkleRoot(transactions) };
  const packed = blockCodec.pack({ header, transactions });
  if (packed.length > blockBytesMax || transactions.length > blockTransactionsMax) {
    throw new RangeError(`a block of ${transactions.length} transactions, ${packed.length} bytes`);
  }
  return { id: blockIdOfHeader(header), header, transactions, bytes: packed };
}

/** Recomputes id and Merkle root; the transactions stay packed and are parts of `packed`. */
export function decodeBlock(packed: Uint8Array): Result<SealedBlock, BlockError> {
  if (packed.length > blockBytesMax) {
    const sizeBytes = packed.length;
    return err({ code: "block-too-large", sizeBytes, sizeBytesMax: blockBytesMax });
  }
  const block = blockCodec.unpack(packed);
  if (!block.ok) return err({ code: "block-malformed", fault: block.error });
  const { header, transactions } = block.value;
  const id = blockIdOfHeader(header);
  if (merkleRoot(transactions) !== header.trxMerkleRoot) {
    return err({ code: "block-merkle-root-wrong", id });
  }
  return ok({ id, header, transactions, bytes: packed });
}

/** sha256 of the packed header, its first four bytes overwritten by the big-endian block number (psibase). */
export function blockIdOfHeader(header: BlockHeader): BlockId {
  const hash = sha256(headerCodec.pack(header));
  new DataView(hash.buffer, hash.byteOffset).setUint32(0, header.blockNum);
  return blockIdOf(toHex(hash));
}

/** The header's `consensusState`: sha256 of the packed JointConsensus. */
export function consensusStateOf(joint: JointConsensus): Checksum {
  return sha256Hex(jointConsensusCodec.pack(joint));
}
