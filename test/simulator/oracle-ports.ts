import type { Algorithm, SealedBlock } from "@kith/protocol/block";
import type { BlockId, NodeId } from "@kith/protocol/ids";
import type { StatementCheck } from "@kith/protocol/vote";

import type { LogImage } from "./log-image.ts";
import type { Marks } from "./marks.ts";

/** What an oracle sees beside the events that it is told of. */
export type OraclePorts = {
  readonly marks: Marks;
  /** At genesis. */
  readonly algorithm: Algorithm;
  /** The genesis block's id: what is signed names it. */
  readonly chain: BlockId;
  readonly isSigned: StatementCheck;
  readonly nodeCount: number;
  readonly durable: (node: number) => LogImage;
  readonly written: (node: number) => LogImage;
  /** The index of a node by its id; undefined for a stranger. */
  readonly nodeIndex: (id: string) => number | undefined;
  readonly nodeId: (node: number) => NodeId;
  /** Keeps no rule, and nobody expects it to. */
  readonly isLiar: (node: number) => boolean;
  /** Its disk is an older one, and it says nothing that counts before it knows what it said. */
  readonly isForgetful: (node: number) => boolean;
  /** Its newest blocks are damaged, and it takes no part. */
  readonly isStarting: (node: number) => boolean;
  readonly onFinal: (block: SealedBlock) => void;
};
