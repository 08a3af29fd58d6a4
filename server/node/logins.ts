import type { LoggedIn, LoginError, LoginPort } from "@kith/http/login-port";
import type { QueryError } from "@kith/http/node-port";
import type { AccountName, BlockId } from "@kith/protocol/ids";
import {
  checkLoginToken,
  decodeLoginToken,
  type LoginToken,
  type SignedLoginToken,
} from "@kith/protocol/login-token";
import { err, ok, type Result } from "@kith/protocol/result";
import type { Queries } from "@kith/queries/queries";
import type { VerifierPort } from "@kith/replica/ports";
import { keyClaim } from "@kith/sdk/claims";

import { knownTokensMax } from "./limits.ts";

type LoginParts = {
  readonly chain: BlockId;
  readonly verifier: VerifierPort;
  readonly queries: Pick<Queries, "mayLogIn">;
  readonly nowMicros: () => number;
};

/**
 * Finds out who asks. What a token says and who signed it never changes, so that is looked at once for each token; whether the
 * key still acts for the account is asked each time, of the newest block, and is known until a block touches it.
 */
export function openLogins({ chain, verifier, queries, nowMicros }: LoginParts): LoginPort {
  const known = new Map<string, LoginToken>();

  function isSigned({ token, message, signature }: SignedLoginToken): Promise<boolean> {
    const check = { publicKey: token.publicKey, message, signature };
    return new Promise((done) => verifier.verify([check], done, true));
  }

  async function tokenOf(text: string, app: AccountName): Promise<Result<LoginToken, LoginError>> {
    const place = { chain, audience: app, nowMicros: nowMicros() };
    const found = known.get(text);
    const decoded = found === undefined ? decodeLoginToken(text) : undefined;
    if (decoded?.ok === false) return decoded;
    const token = found ?? decoded?.value.token;
    if (token === undefined) throw new Error("a token that is neither known nor read");
    // What is wrong by itself costs no check of a signature.
    const wrong = checkLoginToken(token, place);
    if (wrong !== undefined) return err(wrong);
    if (decoded === undefined) return ok(token);
    if (!(await isSigned(decoded.value))) return err({ code: "login-signature-wrong" });
    if (known.size >= knownTokensMax) known.clear();
    known.set(text, token);
    return ok(token);
  }

  async function whoAsks(
    text: string,
    app: AccountName,
  ): Promise<Result<LoggedIn, LoginError | QueryError>> {
    const signed = await tokenOf(text, app);
    if (!signed.ok) return signed;
    const { subject: account, issuedAt, expiresAt, publicKey } = signed.value;
    const verdict = await queries.mayLogIn({ account, app, claim: keyClaim(publicKey) });
    if (!verdict.ok) return verdict;
    if (verdict.value.kind === "refused") {
      return err({ code: "login-refused", reason: verdict.value.code, account });
    }
    if (issuedAt < verdict.value.validFrom) return err({ code: "login-ended", account });
    return ok({ user: account, expiresAt });
  }

  return { whoAsks };
}
