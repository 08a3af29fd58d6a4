/** The few functions of the host that `native-node.ts` and `curves-node.ts` use; this package has no types of Node. */
interface Uint8Array<TArrayBuffer extends ArrayBufferLike> {
  /** ES2026; missing in older hosts. */
  toHex?(): string;
}

declare module "node:crypto" {
  export type KeyObject = {
    readonly asymmetricKeyType?: string;
    export(options: { readonly format: "der"; readonly type: "spki" | "pkcs8" }): Uint8Array;
  };
  type DerKey = {
    readonly key: Uint8Array;
    readonly format: "der";
    readonly type: "spki" | "pkcs8";
  };
  type P1363Key = { readonly key: KeyObject; readonly dsaEncoding: "ieee-p1363" };
  export function hash(algorithm: "sha256", data: Uint8Array, encoding: "hex"): string;
  export function hash(algorithm: "sha256", data: Uint8Array, encoding: "buffer"): Uint8Array;
  export function createHmac(
    algorithm: "sha256",
    key: Uint8Array,
  ): { update(data: Uint8Array): { digest(): Uint8Array } };
  export function createPublicKey(key: DerKey | KeyObject): KeyObject;
  export function createPrivateKey(key: DerKey): KeyObject;
  export function verify(
    algorithm: "sha256" | null,
    data: Uint8Array,
    key: KeyObject | P1363Key,
    signature: Uint8Array,
  ): boolean;
  export function sign(
    algorithm: "sha256" | null,
    data: Uint8Array,
    key: KeyObject | P1363Key,
  ): Uint8Array;
}

declare module "node:buffer" {
  export const Buffer: {
    from(
      data: ArrayBufferLike,
      offset: number,
      length: number,
    ): Uint8Array & { toString(encoding: "hex" | "utf8"): string };
    from(text: string, encoding: "hex" | "utf8"): Uint8Array;
    readonly prototype: {
      /** They work on any Uint8Array, which saves wrapping it. */
      readonly latin1Slice: { call(data: Uint8Array, start: number, end: number): string };
      readonly utf8Slice: { call(data: Uint8Array, start: number, end: number): string };
      readonly utf8Write: {
        call(data: Uint8Array, text: string, start: number, sizeMax: number): number;
      };
    };
  };
  export function isUtf8(data: Uint8Array): boolean;
}
