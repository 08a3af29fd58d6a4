import type { BlockHeader } from "@kith/protocol/block";
import { headerCodec } from "@kith/protocol/blocks";
import type { Certificate } from "@kith/protocol/certificate";
import { certificateCodec } from "@kith/protocol/certificates";
import { fromHex } from "@kith/protocol/hashes";

/** What stands in answers of a node that nobody believes: undefined for what it should not be. */

/** A header, and what a node shows for it: nothing (`undefined`) for the genesis block, which is final by definition. */
export type ShownHeader = {
  readonly header: BlockHeader;
  readonly certificate: Certificate | undefined;
};

export function memberOf(json: unknown, name: string): unknown {
  if (typeof json !== "object" || json === null || !Object.hasOwn(json, name)) return undefined;
  const value: unknown = Reflect.get(json, name);
  return value;
}

export function bytesOf(hex: unknown): Uint8Array | undefined {
  const bytes = typeof hex === "string" ? fromHex(hex) : undefined;
  return bytes?.ok === true ? bytes.value : undefined;
}

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

/** Each of a list; undefined when there is no list, or one of them is wrong. */
export function listOf<T>(
  json: unknown,
  each: (item: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(json)) return undefined;
  const read: T[] = [];
  for (const item of json) {
    const value = each(item);
    if (value === undefined) return undefined;
    read.push(value);
  }
  return read;
}
