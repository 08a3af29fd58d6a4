import type { NoArguments } from "@kith/protocol/entry-points";
import { bytes, option, u32 } from "@kith/protocol/fracpack";

import { pluginInterface, type PluginInterface } from "../plugin-interface.ts";
import { signature, type Signature } from "../signature.ts";

type Bytes = Uint8Array;

/** What plugins need and do not find in their machines. */
export const cryptoPlugin: PluginInterface<{
  readonly sha256: Signature<{ readonly data: Bytes }, Bytes>;
  /** At most `randomBytesMax`. */
  readonly random: Signature<{ readonly sizeBytes: number }, Bytes>;
  /** The X25519 public key of the calling plugin for its user in this browser: what others seal to. */
  readonly sealingKey: Signature<NoArguments, Bytes>;
  /** HPKE (RFC 9180) to such a key; `info` has to be the same where it is opened. Aborts with `key-malformed`. */
  readonly seal: Signature<
    { readonly publicKey: Bytes; readonly info: Bytes; readonly message: Bytes },
    Bytes
  >;
  /**
   * Undefined for what was not sealed to the calling plugin and its user in this browser; aborts with `sealed-malformed` for
   * what nobody has sealed.
   */
  readonly open: Signature<{ readonly info: Bytes; readonly sealed: Bytes }, Bytes | undefined>;
}> = pluginInterface("crypto", {
  sha256: signature({ data: bytes }, bytes),
  random: signature({ sizeBytes: u32 }, bytes),
  sealingKey: signature({}, bytes),
  seal: signature({ publicKey: bytes, info: bytes, message: bytes }, bytes),
  open: signature({ info: bytes, sealed: bytes }, option(bytes)),
});

export const randomBytesMax = 1024;
/** Of a message that is sealed, and of `info`. */
export const sealedMessageBytesMax: number = 64 * 1024;
export const sealedInfoBytesMax = 1024;
