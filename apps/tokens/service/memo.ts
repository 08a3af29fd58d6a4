import { check } from "@kith/sdk/abort";
import { packText } from "@kith/sdk/reply";

import { memoBytesMax } from "./limits.ts";

export function checkMemo(memo: string): void {
  // No unit of a text takes more than three bytes, so that short ones need not be looked at.
  const fits = 3 * memo.length <= memoBytesMax || packText(memo).length <= memoBytesMax;
  check(fits, "memo-too-long", `a memo has at most ${memoBytesMax} bytes`);
}
