import { codecOf, type Codec } from "./fracpack.ts";
import { fixedHexLayout } from "./fracpack/blobs.ts";
import { fixedLayout, type Layout } from "./fracpack/layout.ts";
import {
  blockIdOf,
  checksumOf,
  nodeIdOf,
  transactionIdOf,
  type BlockId,
  type Checksum,
  type NodeId,
  type TransactionId,
} from "./ids.ts";
import type { AnyType } from "./schema-types.ts";

const checksumBytes = 32;
const hex = fixedHexLayout(checksumBytes);
const schema: AnyType = {
  Custom: {
    type: { Array: { type: { Int: { bits: 8, isSigned: false } }, len: "32" } },
    id: "hex",
  },
};

/** 32 bytes, which in memory are hex (psibase: Checksum256). */
export const checksumCodec: Codec<Checksum> = hexCodec(checksumOf);
export const blockIdCodec: Codec<BlockId> = hexCodec(blockIdOf);
export const transactionIdCodec: Codec<TransactionId> = hexCodec(transactionIdOf);
export const nodeIdCodec: Codec<NodeId> = hexCodec(nodeIdOf);

function hexCodec<T extends string>(brand: (text: string) => T): Codec<T> {
  const layout: Layout<T> = fixedLayout<T>(checksumBytes, {
    plain: hex.plain,
    put: (out, at, value) => hex.put(out, at, value),
    check: () => true,
    get: (source, at) => brand(hex.get(source, at)),
  });
  return codecOf(layout, schema);
}
