import type { BlockHeader } from "@kith/protocol/block";
import type { BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import { err, ok, type Result } from "@kith/protocol/result";

import type { FinalHeader, LightPort, LightPortError } from "./light-port.ts";

/** For the tests of this folder: it shows what a test puts in, and what it puts in while somebody waits. */
export class FakeLight implements LightPort {
  headers: readonly BlockHeader[] = [];
  certifiedHeaders: readonly CertifiedHeader[] = [];
  error: LightPortError | undefined;
  /** Happens while somebody waits for a header. */
  onHeaderWanted: (num: BlockNum) => boolean = () => false;

  genesis(): BlockHeader | undefined {
    return this.headers[0];
  }

  changes(after: BlockNum, countMax: number): readonly CertifiedHeader[] {
    return this.certifiedHeaders
      .filter(({ header }) => header.blockNum > after && header.newConsensus !== undefined)
      .slice(0, countMax);
  }

  headersBefore(before: BlockNum, countMax: number): readonly BlockHeader[] {
    return this.headers
      .filter(({ blockNum }) => blockNum < before)
      .toReversed()
      .slice(0, countMax);
  }

  certified(num: BlockNum | undefined): Promise<Result<FinalHeader, LightPortError>> {
    if (this.error !== undefined) return Promise.resolve(err(this.error));
    const [genesis] = this.headers;
    if (num === 1 && genesis !== undefined) {
      return Promise.resolve(ok({ header: genesis, certificate: undefined }));
    }
    const found = this.certifiedHeaders.findLast(
      ({ header }) => num === undefined || header.blockNum === num,
    );
    if (found !== undefined) return Promise.resolve(ok(found));
    if (num === undefined) throw new Error("the test has no header");
    return Promise.resolve(err({ code: "header-unknown", num }));
  }

  headerBehind(num: BlockNum): Promise<boolean> {
    return Promise.resolve(this.onHeaderWanted(num));
  }
}
