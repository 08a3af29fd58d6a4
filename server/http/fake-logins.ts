import type { AccountName } from "@kith/protocol/ids";
import { err, ok, type Result } from "@kith/protocol/result";

import type { LoggedIn, LoginError, LoginPort } from "./login-port.ts";
import type { QueryError } from "./node-port.ts";

/** Knows the tokens that a test has made up, each for one app. */
export class FakeLogins implements LoginPort {
  readonly tokens = new Map<string, LoggedIn & { readonly app: string }>();
  /** What every token meets. */
  error: LoginError | QueryError | undefined;
  asked = 0;

  whoAsks(token: string, app: AccountName): Promise<Result<LoggedIn, LoginError | QueryError>> {
    this.asked++;
    const found = this.tokens.get(token);
    if (this.error !== undefined) return Promise.resolve(err(this.error));
    if (found === undefined) return Promise.resolve(err({ code: "login-token-malformed" }));
    return Promise.resolve(
      found.app === app ? ok(found) : err({ code: "login-token-for-other-app", audience: app }),
    );
  }
}
