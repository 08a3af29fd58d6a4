import type { Algorithm, SealedBlock } from "@kith/protocol/block";

import type { LogImage } from "./log-image.ts";
import type { Marks } from "./marks.ts";

/** What an oracle sees beside the events that it is told of. */
export type OraclePorts = {
  readonly marks: Marks;
  /** At genesis. */
  readonly algorithm: Algorithm;
  readonly nodeCount: number;
  readonly durable: (node: number) => LogImage;
  readonly written: (node: number) => LogImage;
  /** The index of a node by its id; undefined for a stranger. */
  readonly nodeIndex: (id: string) => number | undefined;
  readonly onFinal: (block: SealedBlock) => void;
};
