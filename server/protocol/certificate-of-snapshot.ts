import { certificateOfAncestor } from "./certificate-of-ancestor.ts";
import type { Certificate } from "./certificate.ts";
import type { CertifiedHeader } from "./light-client.ts";
import type { SnapshotManifest } from "./snapshot-manifest.ts";

/**
 * The proof's certificate as one of the snapshot's own block, for the core. Undefined when it is too far behind it, or by producers
 * who had no say about it.
 */
export function certificateOfSnapshot({ block, proof }: SnapshotManifest): Certificate | undefined {
  if (proof === undefined) return undefined;
  const { newest, between } = proof;
  if (newest.certificate.epoch >= block.header.blockNum) return undefined;
  const headers = [block.header, ...between.toReversed(), newest.header];
  return certificateOfAncestor(newest.certificate, headers);
}

/**
 * What a snapshot's proof shows to be final, its own block last: whoever takes the snapshot keeps that, and shows to others, too,
 * how the producers came to be who they are.
 */
export function certificatesOfSnapshot(manifest: SnapshotManifest): readonly CertifiedHeader[] {
  const { block, proof } = manifest;
  if (proof === undefined) return [];
  const certificate = certificateOfSnapshot(manifest);
  const own = certificate === undefined ? [] : [{ header: block.header, certificate }];
  return [...proof.changes, proof.newest, ...own];
}
