import type { FinalHeader, LightPort, LightPortError } from "@kith/http/light-port";
import type { BlockHeader } from "@kith/protocol/block";
import { certificateOfAncestor } from "@kith/protocol/certificate-of-ancestor";
import { blockNumMax, blockNumOf, type BlockNum } from "@kith/protocol/ids";
import type { CertifiedHeader } from "@kith/protocol/light-client";
import { certificateLinksMax } from "@kith/protocol/limits";
import { err, ok, type Result } from "@kith/protocol/result";
import type { CertificatesPort } from "@kith/replica/ports";
import type { Replica } from "@kith/replica/replica";

import type { FinalHeaders } from "./final-headers.ts";
import { HeaderQuestions } from "./header-questions.ts";
import { headerMsMax, headersReadBytesMax, headerWaitsMax } from "./limits.ts";
import type { WaitingForNum } from "./waiting-for-num.ts";

type LightParts = {
  readonly genesis: BlockHeader;
  readonly certificates: Pick<CertificatesPort, "certificate" | "certifiedChanges">;
  readonly headers: Pick<FinalHeaders, "at">;
  /** The newest block of which a final header says what is true after it. */
  readonly named: Pick<WaitingForNum, "most" | "reach" | "size">;
  readonly appliedNum: () => number;
  readonly replica: () => Pick<Replica, "prove" | "wantHeader"> | undefined;
  /** Calls back once after about this many milliseconds. */
  readonly after: (delayMs: number, run: () => void) => void;
};

/** What a node shows to clients that believe no node. */
export function openLight(parts: LightParts): LightPort {
  const { certificates, genesis, named, replica } = parts;
  const questions = new HeaderQuestions({
    wanted: () => (named.most === undefined ? undefined : blockNumOf(named.most)),
    ask: (num) => replica()?.wantHeader(num),
    after: parts.after,
  });
  return {
    genesis: () => genesis,
    changes: (after, countMax) => certificates.certifiedChanges(after, countMax),
    headersBefore: (before, countMax) => headersBefore(parts, before, countMax),
    certified: (num) => certified(parts, num),
    headerBehind(num) {
      if (named.size >= headerWaitsMax) return Promise.resolve(false);
      const isThere = new Promise<boolean>((resolve) => named.reach(num, headerMsMax, resolve));
      questions.ask(num);
      return isThere;
    },
  };
}

function headersBefore(
  { headers, appliedNum }: LightParts,
  before: BlockNum,
  countMax: number,
): readonly BlockHeader[] {
  const found: BlockHeader[] = [];
  const from = Math.min(before - 1, appliedNum());
  let readBytes = 0;
  for (let num = from; num > 0 && found.length < countMax; num -= 1) {
    if (readBytes >= headersReadBytesMax) break;
    const kept = headers.at(blockNumOf(num));
    if (kept === undefined) break;
    readBytes += kept.bytes?.length ?? 0;
    found.push(kept.header);
  }
  return found;
}

async function certified(
  parts: LightParts,
  num: BlockNum | undefined,
): Promise<Result<FinalHeader, LightPortError>> {
  const { certificates, genesis } = parts;
  if (num === 1) return ok({ header: genesis, certificate: undefined });
  const wanted = num ?? blockNumOf(parts.appliedNum());
  if (wanted > parts.appliedNum() || wanted === 0) {
    return err({ code: "header-unknown", num: wanted });
  }
  const find = (): CertifiedHeader | undefined =>
    num === undefined ? certificates.certificate(wanted, blockNumMax) : certifiedAt(parts, num);
  const found = find();
  if (found !== undefined) return ok(found);
  await new Promise<void>((resolve) => {
    const replica = parts.replica();
    if (replica === undefined) resolve();
    else replica.prove(wanted, () => resolve());
  });
  const proved = find();
  if (proved !== undefined) return ok(proved);
  // On a network that is new, only the genesis block is final.
  if (wanted === 1) return ok({ header: genesis, certificate: undefined });
  const isKept = parts.headers.at(wanted) !== undefined;
  return err({ code: isKept ? "block-not-certified" : "header-unknown", num: wanted });
}

/** By its own certificate, or by that of a block so near that the headers between fit in. */
function certifiedAt(
  { certificates, headers }: LightParts,
  num: BlockNum,
): CertifiedHeader | undefined {
  const own = certificates.certificate(num, num);
  if (own !== undefined) return own;
  let to = num + certificateLinksMax;
  for (;;) {
    const later = certificates.certificate(num, blockNumOf(Math.min(to, blockNumMax)));
    if (later === undefined) return undefined;
    to = later.header.blockNum - 1;
    // Those who were not producers yet have no say about it.
    if (later.certificate.epoch >= num) continue;
    const way: BlockHeader[] = [later.header];
    let readBytes = 0;
    for (let at = later.header.blockNum - 1; at >= num; at -= 1) {
      const kept = headers.at(blockNumOf(at));
      if (kept === undefined || readBytes >= headersReadBytesMax) return undefined;
      readBytes += kept.bytes?.length ?? 0;
      way.unshift(kept.header);
    }
    const [header] = way;
    const certificate = certificateOfAncestor(later.certificate, way);
    if (header !== undefined && certificate !== undefined) return { header, certificate };
  }
}
