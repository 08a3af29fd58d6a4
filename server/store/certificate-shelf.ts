import type { BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";

import type { CertificateRef, CertificateRows } from "./certificate-rows.ts";
import { certifiedBlocksMax, certifiedBytesMax } from "./limits.ts";

type Kept = CertificateRef & {
  /** Bytes of the blocks between the certificate before and this one. */
  readonly sizeBytes: number;
};

/** What is to be written, as part of a group. */
type Write = () => void;

const nothing: Write = () => undefined;

/**
 * Which certificates are kept: those of blocks that change the producers for ever; of the others the newest, and of the blocks in the
 * log one at least every 32 blocks or MiB, so that each block is shown to be final by a short way. Reads answer for what was given to
 * it, also before it is on disk.
 */
export class CertificateShelf {
  private readonly rows: CertificateRows;
  /** Ascending. */
  private kept: Kept[];
  /** Given to it, and not in the file yet. */
  private readonly unwritten = new Map<BlockNum, CertifiedHeader>();
  /** Of the blocks since the newest certificate; what was before this start is not known. */
  private sizeBytes = Number.POSITIVE_INFINITY;

  constructor(rows: CertificateRows) {
    this.rows = rows;
    this.kept = rows.list().map((ref) => ({ ...ref, sizeBytes: Number.POSITIVE_INFINITY }));
  }

  /** A block was appended to the log. */
  noteBlock(sizeBytes: number): void {
    this.sizeBytes += sizeBytes;
  }

  keep(certified: CertifiedHeader): Write {
    const { blockNum: num, newConsensus } = certified.header;
    const isChange = newConsensus !== undefined;
    const spare = this.insert({ num, isChange });
    if (spare !== undefined) this.unwritten.delete(spare);
    this.unwritten.set(num, certified);
    return () => {
      if (spare !== undefined) this.rows.delete(spare);
      // It may have become spare itself since.
      if (this.unwritten.get(num) !== certified) return;
      this.unwritten.delete(num);
      this.rows.write({ num, isChange }, certified);
    };
  }

  /** The one with the highest number from `from` to `to`. */
  find(from: BlockNum, to: BlockNum): CertifiedHeader | undefined {
    for (let at = this.kept.length - 1; at >= 0; at -= 1) {
      const ref = this.kept[at];
      if (ref === undefined || ref.num < from) return undefined;
      if (ref.num > to) continue;
      const found = this.read(ref);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Those of blocks behind `after` that change the producers, oldest first. */
  changes(after: BlockNum, countMax: number): readonly CertifiedHeader[] {
    const found: CertifiedHeader[] = [];
    for (const ref of this.kept) {
      if (!ref.isChange || ref.num <= after) continue;
      if (found.length === countMax) break;
      const change = this.read(ref);
      // Those behind it prove nothing to whoever lacks it.
      if (change === undefined) break;
      found.push(change);
    }
    return found;
  }

  /** Blocks below `first` leave the log. */
  dropBefore(first: BlockNum): Write {
    const newest = this.kept.at(-1);
    const old = this.kept.filter((ref) => !ref.isChange && ref.num < first && ref !== newest);
    if (old.length === 0) return nothing;
    const gone = new Set(old);
    this.kept = this.kept.filter((ref) => !gone.has(ref));
    for (const { num } of old) this.unwritten.delete(num);
    return () => {
      for (const { num } of old) this.rows.delete(num);
    };
  }

  /** The number of the one that is not needed any more, when the newest takes its place. */
  private insert({ num, isChange }: CertificateRef): BlockNum | undefined {
    const newest = this.kept.at(-1);
    if (newest !== undefined && num <= newest.num) {
      this.insertBetween({ num, isChange });
      return undefined;
    }
    const sizeBytes = this.sizeBytes;
    this.sizeBytes = 0;
    const before = this.kept.at(-2);
    const isSpare =
      newest !== undefined &&
      before !== undefined &&
      !newest.isChange &&
      num - before.num <= certifiedBlocksMax &&
      newest.sizeBytes + sizeBytes <= certifiedBytesMax;
    if (isSpare) this.kept.pop();
    this.kept.push({ num, isChange, sizeBytes: sizeBytes + (isSpare ? newest.sizeBytes : 0) });
    return isSpare ? newest.num : undefined;
  }

  private insertBetween({ num, isChange }: CertificateRef): void {
    const rest = this.kept.filter((ref) => ref.num !== num);
    const at = rest.findIndex((ref) => ref.num > num);
    const ref = { num, isChange, sizeBytes: Number.POSITIVE_INFINITY };
    this.kept = at < 0 ? [...rest, ref] : rest.toSpliced(at, 0, ref);
  }

  private read(ref: Kept): CertifiedHeader | undefined {
    return this.unwritten.get(ref.num) ?? this.rows.read(ref);
  }
}
