import type { SealedBlock } from "@kith/protocol/block";
import { blockNumMax, blockNumOf, type BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import {
  certificateLinksMax,
  messageChangesMax,
  snapshotAncestorsMax,
  snapshotChangesMax,
} from "@kith/protocol/limits";
import type { SnapshotProof } from "@kith/protocol/snapshot-manifest";

import type { CertificatesPort, LogPort } from "./ports.ts";

type Sources = {
  readonly log: Pick<LogPort, "readBlock">;
  readonly certificates: Pick<CertificatesPort, "certificate" | "certifiedChanges">;
};

/**
 * Shows to whoever knows the genesis block, or a later one, that `block` is final and that block `carrier`, which is final, too,
 * names the state after it. Undefined while nobody has certified a block from `carrier` on, or when headers have left the log.
 */
export function proveSnapshot(
  sources: Sources,
  block: BlockNum,
  carrier: BlockNum,
): SnapshotProof | undefined {
  const { certificates, log } = sources;
  // Near enough to be a certificate of the snapshot's own block as well, where there is such a one.
  const near = blockNumOf(Math.max(carrier, block + certificateLinksMax - 1));
  const newest =
    certificates.certificate(carrier, near) ?? certificates.certificate(carrier, blockNumMax);
  if (newest === undefined || newest.header.blockNum - block > snapshotAncestorsMax) {
    return undefined;
  }
  const between: SealedBlock["header"][] = [];
  for (let num = newest.header.blockNum - 1; num > block; num -= 1) {
    const read = log.readBlock(blockNumOf(num));
    if (read.kind !== "found") return undefined;
    between.push(read.block.header);
  }
  const changes = changesUpTo(certificates, newest.header.blockNum);
  return changes === undefined ? undefined : { changes, newest, between };
}

function changesUpTo(
  certificates: Sources["certificates"],
  num: BlockNum,
): readonly CertifiedHeader[] | undefined {
  const changes: CertifiedHeader[] = [];
  for (let after = blockNumOf(0); ;) {
    const page = certificates.certifiedChanges(after, messageChangesMax);
    for (const change of page) if (change.header.blockNum <= num) changes.push(change);
    const last = page.at(-1);
    if (last === undefined || page.length < messageChangesMax) return changes;
    if (changes.length > snapshotChangesMax) return undefined;
    after = last.header.blockNum;
  }
}
