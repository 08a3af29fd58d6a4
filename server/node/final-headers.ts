import type { BlockHeader, SealedBlock } from "@kith/protocol/block";
import type { BlockId, BlockNum } from "@kith/protocol/ids";
import type { LogPort } from "@kith/replica/ports";

import { headersKeptMax } from "./limits.ts";

export type FinalHeader = {
  readonly header: BlockHeader;
  readonly id: BlockId;
  /** The block that had to be read for it; left out when the header was in memory. */
  readonly bytes?: Uint8Array;
};

/** The headers of final blocks: those that say what was true after earlier ones. */
export class FinalHeaders {
  private readonly log: Pick<LogPort, "readBlock">;
  private last: BlockHeader | undefined;
  private readonly recent = new Map<BlockNum, FinalHeader>();
  /** The newest header that says what was true after a block. */
  private readonly carrying = new Map<BlockNum, FinalHeader>();

  constructor(log: Pick<LogPort, "readBlock">) {
    this.log = log;
  }

  /** A block was executed; blocks come in order. */
  note({ header, id }: SealedBlock): void {
    const noted = { header, id };
    this.last = header;
    this.recent.set(header.blockNum, noted);
    this.carrying.set(header.executedNum, noted);
    dropOldest(this.recent);
    dropOldest(this.carrying);
  }

  /** `num` is not above the last executed block. Undefined when the block left the log, or is damaged. */
  at(num: BlockNum): FinalHeader | undefined {
    const recent = this.recent.get(num);
    if (recent !== undefined) return recent;
    const read = this.log.readBlock(num);
    return read.kind === "found" ? read.block : undefined;
  }

  /** That of the last executed block. */
  newest(): BlockHeader | undefined {
    return this.last;
  }

  /** Of the last blocks, the newest that says what was true after block `executedNum`. */
  carrier(executedNum: BlockNum): FinalHeader | undefined {
    return this.carrying.get(executedNum);
  }
}

function dropOldest(headers: Map<BlockNum, FinalHeader>): void {
  for (const num of headers.keys()) {
    if (headers.size <= headersKeptMax) return;
    headers.delete(num);
  }
}
