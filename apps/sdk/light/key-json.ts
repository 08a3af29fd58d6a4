import { toHex } from "@kith/protocol/hashes";

/** A row's key as nodes take it: as psibase's JSON has its fields, where numbers of 64 bits are texts and bytes are hex. */
export function keyJsonOf(key: object): string {
  return JSON.stringify(key, (_name, value: unknown) => {
    if (typeof value === "bigint") return value.toString();
    return value instanceof Uint8Array ? toHex(value).toUpperCase() : value;
  });
}
