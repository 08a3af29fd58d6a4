import type { CertifiedHeader } from "@kith/protocol/light-client";
import type { CertificatesPort } from "@kith/replica/ports";

/** Proofs of finality on a node's disk: those for changes of producers for ever, others as long as the blocks are there. */
export class CertificateShelf implements CertificatesPort {
  #kept: CertifiedHeader[] = [];

  keepCertificate(certified: CertifiedHeader): void {
    const { blockNum } = certified.header;
    const at = this.#kept.findLastIndex(({ header }) => header.blockNum <= blockNum);
    if (this.#kept[at]?.header.blockNum !== blockNum) this.#kept.splice(at + 1, 0, certified);
  }

  certificate(from: number, to: number): CertifiedHeader | undefined {
    return this.#kept.findLast(({ header }) => header.blockNum >= from && header.blockNum <= to);
  }

  certifiedChanges(after: number, countMax: number): readonly CertifiedHeader[] {
    const changes = this.#kept.filter(
      ({ header }) => header.blockNum > after && header.newConsensus !== undefined,
    );
    return changes.slice(0, countMax);
  }

  copy(): () => void {
    const kept = [...this.#kept];
    return () => {
      this.#kept = [...kept];
    };
  }

  /** Blocks before `first` left the log. */
  forgetBefore(first: number): void {
    this.#kept = this.#kept.filter(
      ({ header }) => header.blockNum >= first || header.newConsensus !== undefined,
    );
  }
}
