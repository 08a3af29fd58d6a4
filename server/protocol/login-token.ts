import { decodeBase64Url, encodeBase64Url } from "./base64.ts";
import { blockIdCodec } from "./checksums.ts";
import { bytes, struct, u64Number, type Codec } from "./fracpack.ts";
import { concatBytes } from "./hashes.ts";
import type { AccountName, BlockId } from "./ids.ts";
import { loginTokenCharsMax, loginTokenSecondsMax, loginTokenSkewSeconds } from "./limits.ts";
import { accountCodec } from "./names.ts";
import { err, ok, type Result } from "./result.ts";
import { packText } from "./texts.ts";

/**
 * Says, for a few minutes, to one app of one network who asks (decision 0178). It lets its bearer read what the app shows
 * that person, and change nothing.
 */
export type LoginToken = {
  /** Who asks. */
  readonly subject: AccountName;
  /** The app that is asked, and no other. */
  readonly audience: AccountName;
  /** The network, by its genesis block. */
  readonly chain: BlockId;
  /** Microseconds since the Unix epoch, by the clock of whoever made it. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The key that signs it, as SPKI: one with which the subject's transactions can be signed. */
  readonly publicKey: Uint8Array;
};

export type SignedLoginToken = {
  readonly token: LoginToken;
  /** What the signature is over. */
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
};

/** Why a token does not count, before anybody asks whose it is. */
export type LoginTokenError =
  | { readonly code: "login-token-malformed" }
  | { readonly code: "login-token-of-other-network"; readonly chain: BlockId }
  | { readonly code: "login-token-for-other-app"; readonly audience: AccountName }
  | { readonly code: "login-token-expired"; readonly expiresAt: number }
  /** By a clock that is too far ahead. */
  | { readonly code: "login-token-not-yet-valid"; readonly issuedAt: number }
  | { readonly code: "login-token-lives-too-long"; readonly secondsMax: number };

/** A struct can never have fields that an older reader would pass over, such as a restriction. */
const tokenCodec: Codec<LoginToken> = struct({
  subject: accountCodec,
  audience: accountCodec,
  chain: blockIdCodec,
  issuedAt: u64Number,
  expiresAt: u64Number,
  publicKey: bytes,
});

/** No transaction and no vote begins like this, so that nobody's signature counts as one of another kind. */
const messagePrefix: Uint8Array = packText("kith login token 1\n");

const signatureBytes = 64;

/** What the key signs: Ed25519 over it, P-256 over its sha256. */
export function loginTokenMessage(token: LoginToken): Uint8Array {
  return concatBytes(messagePrefix, tokenCodec.pack(token));
}

/** What goes over the wire: base64url of the packed token and the signature behind it. */
export function encodeLoginToken({ message, signature }: Omit<SignedLoginToken, "token">): string {
  return encodeBase64Url(concatBytes(message.subarray(messagePrefix.length), signature));
}

/** Checks neither the signature nor the times. */
export function decodeLoginToken(text: string): Result<SignedLoginToken, LoginTokenError> {
  const whole = text.length <= loginTokenCharsMax ? decodeBase64Url(text) : undefined;
  if (whole === undefined || whole.length < signatureBytes) return malformed;
  const packed = whole.subarray(0, whole.length - signatureBytes);
  const token = tokenCodec.unpack(packed);
  if (!token.ok) return malformed;
  const signature = whole.subarray(packed.length);
  return ok({ token: token.value, message: concatBytes(messagePrefix, packed), signature });
}

const malformed = err({ code: "login-token-malformed" } as const);

/** What a token has to be of. */
export type LoginTokenPlace = {
  readonly chain: BlockId;
  readonly audience: AccountName;
  readonly nowMicros: number;
};

/** Whether the token is one for this place and time; who signed it is another question. */
export function checkLoginToken(
  { chain, audience, issuedAt, expiresAt }: LoginToken,
  place: LoginTokenPlace,
): LoginTokenError | undefined {
  const { nowMicros } = place;
  if (chain !== place.chain) return { code: "login-token-of-other-network", chain };
  if (audience !== place.audience) return { code: "login-token-for-other-app", audience };
  if (expiresAt - issuedAt > loginTokenSecondsMax * 1_000_000) {
    return { code: "login-token-lives-too-long", secondsMax: loginTokenSecondsMax };
  }
  const skewMicros = loginTokenSkewSeconds * 1_000_000;
  if (issuedAt > nowMicros + skewMicros) return { code: "login-token-not-yet-valid", issuedAt };
  if (expiresAt <= nowMicros - skewMicros) return { code: "login-token-expired", expiresAt };
  return undefined;
}
