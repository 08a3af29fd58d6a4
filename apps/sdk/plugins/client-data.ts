import { bytes, list, option, str } from "@kith/protocol/fracpack";

import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import { nothing, signature, type Signature } from "../signature.ts";
import { word } from "../word.ts";

/** One of the calling plugin's own collections (psibase, plugins.md: client-side data). */
export type Bucket = {
  /** 1 to 32 characters of `a-z`, `0-9` and `-`. */
  readonly bucket: string;
  /** Whose: the signed-in user's (so it is unless it says otherwise), or shared by all who use this browser. */
  readonly scope?: "user" | "browser";
  /**
   * Whether a write counts only when the call and its transaction succeed (so it is unless it says otherwise), or in any case.
   * They are different collections: what is written to one is not in the other.
   */
  readonly mode?: "transactional" | "non-transactional";
  /** How long: for good (so it is unless it says otherwise), or until the browser is closed. */
  readonly duration?: "persistent" | "session";
};

type Keyed = Bucket & {
  /** 1 to 128 bytes of UTF-8. */
  readonly key: string;
};

const bucket = {
  bucket: str,
  scope: option(word("user", "browser")),
  mode: option(word("transactional", "non-transactional")),
  duration: option(word("persistent", "session")),
};

/** Values that a plugin keeps in this browser. Nobody else reads them. */
export const clientDataPlugin: PluginInterface<{
  readonly get: Signature<Keyed, Uint8Array | undefined>;
  readonly set: Signature<Keyed & { readonly value: Uint8Array }, void>;
  readonly remove: Signature<Keyed, void>;
  /** At most 1,000, in their order, behind `after`; with what this call has written itself. */
  readonly keys: Signature<Bucket & { readonly after?: string }, readonly string[]>;
}> = pluginInterface("clientdata", {
  get: signature({ ...bucket, key: str }, option(bytes)),
  set: signature({ ...bucket, key: str, value: bytes }, nothing),
  remove: signature({ ...bucket, key: str }, nothing),
  keys: signature({ ...bucket, after: option(str) }, list(str)),
});

export const dataKeyBytesMax = 128;
export const dataValueBytesMax: number = 64 * 1024;
