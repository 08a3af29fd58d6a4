/**
 * What a field is, for `quick.ts`: how to read and write it without asking its layout. Only inside of service machines,
 * where each call of a function is expensive.
 */
export type Plain =
  | { readonly kind: "number"; readonly access: NumberAccess; readonly isBig: boolean }
  /** A u64 as a number. */
  | { readonly kind: "wide" }
  | { readonly kind: "bool" }
  | { readonly kind: "text" | "bytes"; readonly bytesMax: number }
  /** Something of fixed size that functions of its own read and write. */
  | {
      readonly kind: "other";
      /** Undefined when the bytes are no such value. */
      readonly read: (view: DataView, at: number) => unknown;
      readonly write: (view: DataView, at: number, value: never) => void;
      readonly known?: KnownValues;
    };

/**
 * What `read` and `write` have met so far of a type whose values are u64 numbers; both add to it, and ask nobody. A look
 * into a map costs less than a call.
 */
type KnownValues = {
  readonly values: ReadonlyMap<bigint, unknown>;
  readonly numbers: ReadonlyMap<unknown, bigint>;
};

/** As in `view.getUint32` and `view.setUint32`. */
export type NumberAccess =
  | "Uint8"
  | "Uint16"
  | "Uint32"
  | "BigUint64"
  | "Int8"
  | "Int16"
  | "Int32"
  | "BigInt64";

export function plainNumber(access: NumberAccess): Plain {
  return { kind: "number", access, isBig: access.startsWith("Big") };
}
