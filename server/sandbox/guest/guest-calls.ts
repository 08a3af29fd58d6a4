import type { Meter } from "@kith/protocol/service-abi";

/** The memory that a guest and its machine share: a header of words, and the bytes that it is a part of. */
export type Region = { readonly words: Int32Array; readonly bytes: Uint8Array };

/** Its region may move when its memory grows, so it is asked for anew after the guest has run. */
export type RegionHolder = { readonly region: Region };

/** What answers while guest code runs. */
export type GuestCalls = {
  readonly meter: Meter;
  readonly timeMicros: () => number;
  /** `text` is given with operations that take one; what comes back is a text for those that give one. */
  readonly operate: (holder: RegionHolder, operation: number, text?: string) => string | undefined;
  /** Memory grows by pages. */
  readonly onGrowth: (pages: number) => void;
};
