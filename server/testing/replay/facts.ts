import type { BlockResult } from "@kith/chain/apply-block";
import { sha256, toHex } from "@kith/protocol/hashes";
import { receiptCodec } from "@kith/protocol/receipt";

/** What a block came to, as far as every engine has to agree; small enough to be written down for each block. */
export type BlockFacts = {
  readonly num: number;
  readonly stateRoot: string;
  readonly eventRoot: string;
  /** Packed receipts, in hex. */
  readonly receipts: readonly string[];
  /** `service/space/key` of each row that changed, with a hash of what it is now; "gone" when it is removed. */
  readonly rows: Readonly<Record<string, string>>;
};

export function factsOf({ applied, receipts, changes }: BlockResult): BlockFacts {
  const rows: Record<string, string> = {};
  for (const { address, row } of changes()) {
    const { service, space, key } = address;
    rows[`${service}/${space}/${toHex(key)}`] = row === undefined ? "gone" : toHex(sha256(row));
  }
  return {
    num: applied.num,
    stateRoot: applied.stateRoot,
    eventRoot: applied.eventRoot,
    receipts: receipts.map((receipt) => toHex(receiptCodec.pack(receipt))),
    rows,
  };
}
