import type { BlockHeader } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import type { BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import type { Result } from "@kith/protocol/result";

/** What HTTP needs for clients that believe no node (`@kith/protocol/light-client`). */
export type LightPort = {
  /** The header of the network's first block; undefined before the node has joined it. */
  genesis(): BlockHeader | undefined;
  /** The blocks behind `after` that changed the producers, oldest first, and none left out. */
  changes(after: BlockNum, countMax: number): readonly CertifiedHeader[];
  /** Headers of the blocks before `before`, newest first, as far back as this node keeps them. */
  headersBefore(before: BlockNum, countMax: number): readonly BlockHeader[];
  /** A proof that block `num` is final, or that the newest is; made now when there is none, which takes a moment. */
  certified(num: BlockNum | undefined): Promise<Result<FinalHeader, LightPortError>>;
  /** Resolves when there is a header that says what is true after block `num` or a later one; false: there is none yet. */
  headerBehind(num: BlockNum): Promise<boolean>;
};

/** The genesis block is final by definition, and has no certificate. */
export type FinalHeader = {
  readonly header: BlockHeader;
  readonly certificate: Certificate | undefined;
};

export type LightPortError =
  /** No final block of this height, or one that this node does not keep. */
  | { readonly code: "header-unknown"; readonly num: BlockNum }
  /** No quorum has signed it, or what was signed is too far behind it: see the blocks before a later header. */
  | { readonly code: "block-not-certified"; readonly num: BlockNum }
  /** No header says yet what is true after this block. */
  | { readonly code: "header-not-made"; readonly num: BlockNum };
