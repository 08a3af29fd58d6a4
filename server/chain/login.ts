import { authorizeCodec } from "@kith/protocol/entry-points";
import { object, u64Number, type Codec } from "@kith/protocol/fracpack";
import type { HttpReply } from "@kith/protocol/http-message";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import { packText, unpackText } from "@kith/protocol/texts";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import {
  attempt,
  outsideTransactions,
  within,
  type ExecutionPlace,
  type Failure,
} from "./execution.ts";
import { quickAuthorizationFuelMax } from "./limits.ts";
import type { Rows } from "./overlay.ts";
import { chainAccount } from "./own-rows.ts";
import type { Answer, QueryView } from "./query.ts";
import { callService } from "./service-call.ts";
import { systemAccounts, systemMethods } from "./system-accounts.ts";

/** Whether whoever has proved this claim may ask the app in the name of the account. */
export type LoginQuestion = {
  readonly account: AccountName;
  readonly app: AccountName;
  readonly claim: Claim;
};

export const loginQuestionCodec: Codec<LoginQuestion> = object({
  account: accountCodec,
  app: accountCodec,
  claim: claimCodec,
});

/** `validFrom`: in microseconds; tokens that were issued before do not count. */
export type LoginVerdict =
  | { readonly kind: "allowed"; readonly validFrom: number }
  | ({ readonly kind: "refused" } & Failure);

/**
 * Asks what would be asked about a transaction: `transact`, which asks the account's auth service, whether these claims suffice
 * for an action `logIn` of the app, which no app has. Then `auth-keys`, which keeps for accounts of every auth service
 * when their sessions were ended. It only reads, and gives an answer as other queries do, so that it is kept as theirs are.
 */
export function answerLogin(view: QueryView, packed: Uint8Array): Answer {
  const question = loginQuestionCodec.trustedUnpack(packed);
  const { rows } = view;
  const read: Rows = {
    read: ({ address }) => rows.getRow(address),
    range: (range) => rows.rangeRows(range),
  };
  const { machine, num, time } = view;
  const place = { machine, num, time, rows: read, fuelMax: quickAuthorizationFuelMax };
  const authorized = askAuthorization(place, question);
  if (authorized.failure !== undefined) {
    const { failure, usesContext } = authorized;
    return { reply: replyOf({ kind: "refused", ...failure }), isFailure: false, usesContext };
  }
  const ended = askValidFrom(place, question);
  const usesContext = authorized.usesContext || ended.usesContext;
  return { reply: replyOf(ended.verdict), isFailure: false, usesContext };
}

function askAuthorization(
  place: ExecutionPlace,
  { account, app, claim }: LoginQuestion,
): { readonly failure: Failure | undefined; readonly usesContext: boolean } {
  const running = { ...outsideTransactions, claims: [claim] };
  return within(place, running, (execution) => {
    const failure = attempt(execution, () => {
      callService(execution, {
        caller: chainAccount,
        service: systemAccounts.transact,
        method: systemMethods.authorize,
        args: authorizeCodec.pack({ sender: account, service: app, method: systemMethods.logIn }),
        depth: 0,
        writable: false,
      });
    });
    return { failure, usesContext: execution.usesContext };
  });
}

const validFromArguments = object({ account: accountCodec, app: accountCodec });

/** A network without `auth-keys`, or with one that knows no sessions, ends none. */
const knowsNoSessions: ReadonlySet<string> = new Set(["service-unknown", "method-unknown"]);

function askValidFrom(
  place: ExecutionPlace,
  { account, app }: LoginQuestion,
): { readonly verdict: LoginVerdict; readonly usesContext: boolean } {
  return within(place, outsideTransactions, (execution) => {
    let validFrom = 0;
    const failure = attempt(execution, () => {
      const result = callService(execution, {
        caller: chainAccount,
        service: systemAccounts.authKeys,
        method: systemMethods.tokensValidFrom,
        args: validFromArguments.pack({ account, app }),
        depth: 0,
        writable: false,
      });
      const read = u64Number.unpack(result);
      // What is not what it should be says that all are over.
      validFrom = read.ok ? read.value : Number.MAX_SAFE_INTEGER;
    });
    const { usesContext } = execution;
    if (failure === undefined || knowsNoSessions.has(failure.code)) {
      return { verdict: { kind: "allowed", validFrom }, usesContext };
    }
    return { verdict: { kind: "refused", ...failure }, usesContext };
  });
}

function replyOf(verdict: LoginVerdict): HttpReply {
  const isAllowed = verdict.kind === "allowed";
  return {
    status: isAllowed ? 200 : 403,
    contentType: "",
    headers: [],
    body: isAllowed
      ? u64Number.pack(verdict.validFrom)
      : packText(`${verdict.code}\n${verdict.message}`),
  };
}

/** What an answer of `answerLogin` says. */
export function loginVerdictOf({ status, body }: HttpReply): LoginVerdict {
  if (status === 200) return { kind: "allowed", validFrom: u64Number.trustedUnpack(body) };
  const [code = "", message = ""] = (unpackText(body) ?? "").split("\n", 2);
  return { kind: "refused", code, message };
}
