import { check } from "@kith/sdk/abort";
import { packText } from "@kith/sdk/reply";

import { memoBytesMax } from "./limits.ts";

export function checkMemo(memo: string): void {
  const sizeBytes = packText(memo).length;
  check(sizeBytes <= memoBytesMax, "memo-too-long", `a memo has at most ${memoBytesMax} bytes`);
}
