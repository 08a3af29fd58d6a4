import type { LoginError } from "./login-port.ts";

export const loginStatus = {
  "login-token-malformed": 401,
  "login-token-of-other-network": 401,
  "login-token-for-other-app": 401,
  "login-token-expired": 401,
  "login-token-not-yet-valid": 401,
  "login-token-lives-too-long": 401,
  "login-signature-wrong": 401,
  "login-refused": 401,
  "login-ended": 401,
} as const satisfies Record<LoginError["code"], number>;

export function isLoginError(error: { readonly code: string }): error is LoginError {
  return Object.hasOwn(loginStatus, error.code);
}

export function loginMessage(error: LoginError): string {
  switch (error.code) {
    case "login-token-malformed":
      return "what stands in `authorization` is no login token";
    case "login-token-of-other-network":
      return "the login token is for another network";
    case "login-token-for-other-app":
      return `the login token is for ${error.audience}, which is not asked here`;
    case "login-token-expired":
      return "the login token has expired; make a new one";
    case "login-token-not-yet-valid":
      return "the login token is of a time to come: the clock that it was made by is ahead";
    case "login-token-lives-too-long":
      return `a login token lives for at most ${error.secondsMax} seconds`;
    case "login-signature-wrong":
      return "the login token is not signed with the key that it names";
    case "login-refused":
      return `the key of the login token does not act for ${error.account} (${error.reason})`;
    case "login-ended":
      return `${error.account} has ended this session; sign in again`;
  }
}
