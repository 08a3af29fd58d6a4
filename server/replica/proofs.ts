import type { SealedBlock } from "@kith/protocol/block";
import type { Certificate } from "@kith/protocol/certificate";
import { certificateOfAncestor } from "@kith/protocol/certificate-of-ancestor";
import type { ConsensusPoint } from "@kith/protocol/consensus-point";
import { blockNumMax, blockNumOf, type BlockNum } from "@kith/protocol/ids";

import { certifyAgainMs, certifyMsMax, proofsWantedMax } from "./limits.ts";
import type { CertificatesPort, ClockPort, LogPort } from "./ports.ts";

type ProofsPorts = {
  readonly log: Pick<LogPort, "readBlock">;
  readonly certificates: CertificatesPort;
  readonly clock: ClockPort;
  /** The rules after a block that is final, or that is in the log behind those. */
  readonly pointAt: (num: number) => ConsensusPoint;
  /** Asks the core for a proof of what is final now. */
  readonly certify: () => void;
};

type Wanted = { readonly num: BlockNum; readonly done: (isProved: boolean) => void };

/**
 * Proofs that blocks are final, for everybody who trusts no node. They are kept when the core makes or gets them; under CFT it
 * does so when somebody asks, because nothing is signed there otherwise.
 */
export class Proofs {
  readonly #ports: ProofsPorts;
  #wanted: readonly Wanted[] = [];
  #isAsking = false;

  constructor(ports: ProofsPorts) {
    this.#ports = ports;
  }

  /** What the core has found to be true. */
  keep(certificate: Certificate): void {
    const block = this.#blockAt(certificate.num);
    if (block?.id !== certificate.id) return;
    this.#ports.certificates.keepCertificate({ header: block.header, certificate });
    this.#keepForChange(certificate, block);
    const { num } = certificate;
    const wanted = this.#wanted;
    this.#wanted = wanted.filter((each) => each.num > num);
    for (const each of wanted) if (each.num <= num) each.done(true);
  }

  /** Waits, but not for ever, until there is a proof about block `num` or a later one. */
  prove(num: BlockNum, done: (isProved: boolean) => void): void {
    const { certificates, clock } = this.#ports;
    if (certificates.certificate(num, blockNumMax) !== undefined) return done(true);
    if (this.#wanted.length >= proofsWantedMax) return done(false);
    const cancel = clock.after(certifyMsMax, () => {
      this.#wanted = this.#wanted.filter((each) => each !== wanted);
      done(false);
    });
    const wanted: Wanted = {
      num,
      done: (isProved) => {
        cancel();
        done(isProved);
      },
    };
    this.#wanted = [...this.#wanted, wanted];
    if (!this.#isAsking) this.#ask();
  }

  /** Questions and answers may be lost. */
  #ask(): void {
    this.#isAsking = this.#wanted.length > 0;
    if (!this.#isAsking) return;
    this.#ports.clock.after(certifyAgainMs, () => this.#ask());
    this.#ports.certify();
  }

  /** What shows that a block behind a change of producers is final shows it of the change, while both sets decide. */
  #keepForChange(certificate: Certificate, block: SealedBlock): void {
    const { certificates, pointAt } = this.#ports;
    const { num, epoch } = certificate;
    const { since } = pointAt(num);
    if (since === 0 || since >= num || epoch >= since) return;
    const changeNum = blockNumOf(since);
    if (certificates.certificate(changeNum, changeNum) !== undefined) return;
    const headers = [block.header];
    for (let at = num - 1; at >= since; at -= 1) {
      const before = this.#blockAt(blockNumOf(at));
      if (before === undefined) return;
      headers.unshift(before.header);
    }
    const [header] = headers;
    const about = certificateOfAncestor(certificate, headers);
    if (header !== undefined && about !== undefined) {
      certificates.keepCertificate({ header, certificate: about });
    }
  }

  #blockAt(num: BlockNum): SealedBlock | undefined {
    const read = this.#ports.log.readBlock(num);
    return read.kind === "found" ? read.block : undefined;
  }
}
