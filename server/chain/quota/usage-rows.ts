import { list, object, u64Number, type Codec } from "@kith/protocol/fracpack";
import type { AccountName, BlockNum } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import { blocksBetweenPrunes, bucketsPrunedMax, quotaWindowSeconds } from "../limits.ts";
import type { Overlay, Rows } from "../overlay.ts";
import { chainAccount, ownSpaces } from "../own-rows.ts";
import { placeOf } from "../place.ts";
import { UsageWindow, type Usage } from "./usage-window.ts";

type UsageRow = readonly (Usage & { readonly account: AccountName })[];

const usageCodec: Codec<UsageRow> = list(
  object({
    account: accountCodec,
    fuel: u64Number,
    storedBytes: u64Number,
    carriedBytes: u64Number,
  }),
);

/** Two seconds' worth of room for a clock that stands still in the window's last second. */
const pageRows = 256;

/** One row a block, so that what is counted costs a block as much as one more row and no transaction anything. */
export function recordUsage(
  rows: Overlay,
  block: { readonly num: BlockNum; readonly second: number },
  used: ReadonlyMap<AccountName, Usage>,
): void {
  if (used.size === 0) return;
  const row = usageCodec.pack([...used].map(([account, usage]) => ({ account, ...usage })));
  rows.write(placeOf(chainAccount, ownSpaces.usage, keyOf(block.second, block.num)), row);
}

/** Removes rows that no window reaches any more: now and then, and faster than rows are added. */
export function pruneUsage(rows: Overlay, num: BlockNum, second: number): void {
  if (num % blocksBetweenPrunes !== 0) return;
  const gone = rows.range({
    service: chainAccount,
    space: ownSpaces.usage,
    to: keyOf(Math.max(0, second - quotaWindowSeconds), 0),
    reverse: false,
    limit: bucketsPrunedMax,
  });
  for (const { key } of gone) rows.write(placeOf(chainAccount, ownSpaces.usage, key), undefined);
}

/** The window as blocks up to this second have left it. */
export function loadUsage(rows: Rows, second: number): UsageWindow {
  const window = new UsageWindow(quotaWindowSeconds);
  let from = keyOf(Math.max(0, second - quotaWindowSeconds), 0);
  for (;;) {
    const page = rows.range({
      service: chainAccount,
      space: ownSpaces.usage,
      from,
      reverse: false,
      limit: pageRows,
    });
    for (const { key, row } of page) {
      const at = new DataView(key.buffer, key.byteOffset).getUint32(0);
      for (const { account, ...usage } of usageCodec.trustedUnpack(row)) {
        window.add(account, at, usage);
      }
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return window;
    from = new Uint8Array([...last.key, 0]);
  }
}

function keyOf(second: number, num: number): Uint8Array<ArrayBuffer> {
  const key = new Uint8Array(8);
  const view = new DataView(key.buffer);
  view.setUint32(0, second);
  view.setUint32(4, num);
  return key;
}
