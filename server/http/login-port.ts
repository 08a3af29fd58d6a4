import type { AccountName } from "@kith/protocol/ids";
import type { LoginTokenError } from "@kith/protocol/login-token";
import type { Result } from "@kith/protocol/result";

import type { QueryError } from "./node-port.ts";

/** Somebody whose token counts at this moment. */
export type LoggedIn = {
  readonly user: AccountName;
  /** Microseconds since the Unix epoch: what the token says. */
  readonly expiresAt: number;
};

/** Why a login token makes nobody of whoever has sent it. */
export type LoginError =
  | LoginTokenError
  | { readonly code: "login-signature-wrong" }
  /** The account's auth service would not take a transaction that is signed with this key either. */
  | { readonly code: "login-refused"; readonly reason: string; readonly account: AccountName }
  /** The account has ended the sessions of the app, or all of its own, since the token was made. */
  | { readonly code: "login-ended"; readonly account: AccountName };

export type LoginPort = {
  /** Whose questions to this app the token lets through, at the newest block. */
  whoAsks(token: string, app: AccountName): Promise<Result<LoggedIn, LoginError | QueryError>>;
};
