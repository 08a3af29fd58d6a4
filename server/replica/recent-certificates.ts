import type { BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";

import { recentCertificatesMax } from "./limits.ts";
import type { CertificatesPort } from "./ports.ts";

/** The newest certificates, in memory. */
export class RecentCertificates implements CertificatesPort {
  /** By ascending height. */
  #kept: readonly CertifiedHeader[] = [];

  keepCertificate(certified: CertifiedHeader): void {
    const { blockNum } = certified.header;
    const others = this.#kept.filter(({ header }) => header.blockNum !== blockNum);
    const at = others.findLastIndex(({ header }) => header.blockNum < blockNum) + 1;
    this.#kept = others.toSpliced(at, 0, certified).slice(-recentCertificatesMax);
  }

  certificate(from: BlockNum, to: BlockNum): CertifiedHeader | undefined {
    return this.#kept.findLast(({ header }) => header.blockNum >= from && header.blockNum <= to);
  }

  certifiedChanges(after: BlockNum, countMax: number): readonly CertifiedHeader[] {
    const changes = this.#kept.filter(
      ({ header }) => header.blockNum > after && header.newConsensus !== undefined,
    );
    return changes.slice(0, countMax);
  }
}
