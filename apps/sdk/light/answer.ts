import type { BlockHeader } from "@kith/protocol/block";
import { headerCodec } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import { certificateCodec } from "@kith/protocol/certificates";

import { bytesOf, memberOf } from "./members.ts";

/** Headers in answers of a node that nobody believes: undefined for what it should not be. */

/** A header, and what a node shows for it: nothing (`undefined`) for the genesis block, which is final by definition. */
export type ShownHeader = {
  readonly header: BlockHeader;
  readonly certificate: Certificate | undefined;
};

/** Of a header, as its packed bytes say: what else stands there is not looked at. */
export function headerOf(json: unknown): BlockHeader | undefined {
  const bytes = bytesOf(memberOf(json, "bytes"));
  const header = bytes === undefined ? undefined : headerCodec.unpack(bytes);
  return header?.ok === true ? header.value : undefined;
}

export function shownHeaderOf(json: unknown): ShownHeader | undefined {
  const header = headerOf(memberOf(json, "header"));
  const given = memberOf(json, "certificate");
  if (header === undefined) return undefined;
  if (given === null) return { header, certificate: undefined };
  const bytes = bytesOf(given);
  const certificate = bytes === undefined ? undefined : certificateCodec.unpack(bytes);
  return certificate?.ok === true ? { header, certificate: certificate.value } : undefined;
}
