import type { AccountName, BlockId } from "@kith/protocol/ids";
import { loginTokenSecondsMax } from "@kith/protocol/limits";
import { encodeLoginToken, loginTokenMessage } from "@kith/protocol/login-token";

import type { Signer } from "./client/connection.ts";

export type LoginTokenDraft = {
  /** Whose questions they will be. */
  readonly subject: AccountName;
  /** The app that will be asked. */
  readonly audience: AccountName;
  /** The network's id. */
  readonly chain: BlockId;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  /** As long as a token may live when left out. */
  readonly seconds?: number;
};

export type MadeLoginToken = {
  /** For `authorization: Bearer ...`. */
  readonly text: string;
  /** Milliseconds since the Unix epoch: a new one has to be there before. */
  readonly expiresAtMs: number;
};

/** Signs a token with a key that acts for the subject: its device key, or the app's own where it has one. */
export async function makeLoginToken(
  { subject, audience, chain, nowMs, seconds = loginTokenSecondsMax }: LoginTokenDraft,
  { publicKey, sign }: Signer,
): Promise<MadeLoginToken> {
  const issuedAt = Math.floor(nowMs) * 1000;
  const expiresAt = issuedAt + Math.min(seconds, loginTokenSecondsMax) * 1_000_000;
  const message = loginTokenMessage({
    subject,
    audience,
    chain,
    issuedAt,
    expiresAt,
    publicKey,
  });
  const signature = await sign(message);
  return { text: encodeLoginToken({ message, signature }), expiresAtMs: expiresAt / 1000 };
}
