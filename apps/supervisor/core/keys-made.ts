import { methodNameConstant } from "@kith/protocol/names";
import { keysHost } from "@kith/sdk/plugin-host";

import type { Effect } from "../machine/effects.ts";

const keep = methodNameConstant("keep");

/** Public keys that a call has made, and that it wanted to be kept. */
export function keysMade(effects: readonly Effect[]): readonly Uint8Array[] {
  return effects.flatMap(({ host, method, args }) => {
    const kept = host === keysHost.name && method === keep;
    const read = kept ? keysHost.functions.keep.args.unpack(args) : undefined;
    return read?.ok === true ? [read.value.publicKey] : [];
  });
}
