import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { blockNumOf } from "@kith/protocol/ids";
import type { NodeMessage } from "@kith/protocol/node-message";
import type { LogPort } from "@kith/replica/ports";

type Log = Pick<LogPort, "readBlock">;
type ChainResponse = Extract<NodeMessage, { kind: "chain-response" }>;

/** Proofs of finality that a node keeps on its disk, with those for changes of producers kept for ever. */
export class CertificateShelf {
  #kept: Certificate[] = [];

  keep(certificate: Certificate): void {
    if (this.#kept.some(({ num }) => num === certificate.num)) return;
    this.#kept.push(certificate);
    this.#kept.sort((a, b) => a.num - b.num);
  }

  of(num: number): Certificate | undefined {
    return this.#kept.find((each) => each.num === num);
  }

  /** The one about the highest block from `from` to `to`. */
  certificate(from: number, to: number): { readonly certificate: Certificate } | undefined {
    const certificate = this.#kept.findLast(({ num }) => num >= from && num <= to);
    return certificate === undefined ? undefined : { certificate };
  }

  /** Blocks before `first` left the log. */
  forgetBefore(first: number): void {
    this.#kept = this.#kept.filter(({ num, epoch }, at) => {
      const following = this.#kept[at + 1];
      const endsEpoch = following !== undefined && following.epoch !== epoch;
      return num >= first || endsEpoch;
    });
  }

  /**
   * What a node lacks behind `after`: the newest proof that it can check, because it is of the producers that it knows,
   * and the blocks before it. Undefined: there is no such proof, or a block is not in the log and whole.
   */
  answer(log: Log, after: number): ChainResponse | undefined {
    const later = this.#kept.filter(({ num }) => num > after);
    const epoch = later[0]?.epoch;
    const certificate = later.findLast((each) => each.epoch === epoch);
    if (certificate === undefined) return undefined;
    const blocks: SealedBlock[] = [];
    for (let num = after + 1; num <= certificate.num; num += 1) {
      const read = log.readBlock(blockNumOf(num));
      if (read.kind !== "found") return undefined;
      blocks.push(read.block);
    }
    return { kind: "chain-response", blocks, certificate };
  }
}
