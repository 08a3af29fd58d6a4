import { certificateCodec } from "@kith/protocol/certificates";
import { toHex } from "@kith/protocol/hashes";
import type { BlockNum } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import type { CarryingHeader, HistoryError } from "./history-port.ts";
import type { LightPort } from "./light-port.ts";

/** A proof under the root that a header carries, or would carry: `num` is the block after which it is true. */
export type UnderHeader = { readonly num: BlockNum; readonly header: CarryingHeader | undefined };

/**
 * A proof that stands on nothing but producers' signatures: a header carries its root, and a certificate shows that the header is
 * final. Where there is no such header yet, one is asked for and the proof is made again.
 */
export async function certifiedProof<T extends UnderHeader>(
  light: LightPort,
  prove: () => Result<T, HistoryError>,
): Promise<Result<{ readonly proof: T; readonly certificate: string }, HistoryError>> {
  let proved = prove();
  if (proved.ok && proved.value.header === undefined) {
    await light.headerBehind(proved.value.num);
    proved = prove();
  }
  if (!proved.ok) return proved;
  const { num, header } = proved.value;
  if (header === undefined) return err({ code: "header-not-made", num });
  const certified = await light.certified(header.num);
  if (!certified.ok) return certified;
  const { certificate } = certified.value;
  if (certificate === undefined) return err({ code: "block-not-certified", num: header.num });
  return ok({
    proof: proved.value,
    certificate: toHex(certificateCodec.pack(certificate)).toUpperCase(),
  });
}
