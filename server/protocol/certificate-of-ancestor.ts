import type { BlockHeader } from "./block.ts";
import { blockIdOfHeader } from "./blocks.ts";
import type { Certificate } from "./certificate.ts";
import { certificateLinksMax } from "./limits.ts";

/**
 * The same votes as a certificate about an earlier block, from which the one that it is about descends: whoever voted for that voted
 * for this too. `headers` lead from the earlier block to that one, both included, oldest first. Undefined when the way is
 * longer than a certificate may be.
 */
export function certificateOfAncestor(
  certificate: Certificate,
  headers: readonly BlockHeader[],
): Certificate | undefined {
  const [ancestor, ...between] = headers;
  const links = [...between, ...certificate.links];
  if (ancestor === undefined || links.length > certificateLinksMax) return undefined;
  return { ...certificate, num: ancestor.blockNum, id: blockIdOfHeader(ancestor), links };
}
