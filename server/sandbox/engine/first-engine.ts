import { decodeBase64 } from "@kith/protocol/base64";

import { rewriteBranches } from "../wasm/branches.ts";
import { sectionIds } from "../wasm/decode-module.ts";
import { rewriteSections } from "../wasm/rewrite-sections.ts";
import { meteredEngine } from "./engine-module.ts";
import { firstBranches } from "./first-branches.ts";

/**
 * The nodes' engine without what plugins seldom come to: what browsers load first (decision 0195). The rest is the same, so what
 * ends on it without a trap ends on the whole one in the same way, with the same fuel.
 */
export function firstEngine(): Uint8Array<ArrayBuffer> {
  const bits = decodeBase64(firstBranches) ?? new Uint8Array();
  const isCut = (branch: number): boolean => (((bits[branch >> 3] ?? 0) >> (branch & 7)) & 1) === 0;
  return rewriteSections(meteredEngine().bytes, (id, reader) =>
    id === sectionIds.code ? rewriteBranches(reader, { isCut }) : undefined,
  );
}
