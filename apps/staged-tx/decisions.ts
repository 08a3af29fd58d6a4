import { check } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authInterface } from "@kith/sdk/system/auth";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { authKeysInterface } from "@kith/sdk/system/auth-keys";
import type { Action, Proposal } from "@kith/sdk/system/staged-tx";
import type { AccountName } from "@kith/sdk/types";

import { answersMax } from "./limits.ts";
import { answers, parties, type Answer } from "./tables.ts";

/** Writes down what the account says; it has to be somebody whose word may count. */
export function answerProposal(
  context: ActionContext,
  { id }: Proposal,
  given: { readonly account: AccountName; readonly accepted: boolean },
): void {
  const rows = context.table(answers);
  const { account, accepted } = given;
  if (!rows.has({ id, account })) makeRoom(context, id);
  rows.put({ id, account, accepted, answeredAt: context.blockTime });
}

/** Whether it may matter what the account says about the proposal. */
export function mayAnswer(context: ActionContext, id: number, by: AccountName): boolean {
  return partiesOf(context, id).some((account) => {
    const authService = activeAuthService(context, account);
    if (authService === undefined) return false;
    return context.call(authInterface(authService)).hasSay({ account, by });
  });
}

/**
 * Whether the account could do alone what is proposed, with what this transaction proves. People have keys that do not decide
 * about some of it (decision 0170), and their word would count as any other here, later and without those keys.
 */
export function wouldDecideAlone(
  context: ActionContext,
  { actions }: Proposal,
  account: AccountName,
): boolean {
  const authService = activeAuthService(context, account);
  if (authService === undefined || !withKeys.has(authService)) return true;
  const asked = context.call(authInterface(authService));
  return kindsOf(actions).every(({ service, method }) =>
    asked.isAuthorized({ sender: account, service, method, by: [account] }),
  );
}

/** Accounts of people, and those that belong to one. */
const withKeys: ReadonlySet<AccountName> = new Set([
  authKeysInterface.name,
  authDelegateInterface.name,
]);

export function answersOf(context: ActionContext, id: number): readonly Answer[] {
  return context.table(answers).range({ prefix: { id }, limit: answersMax });
}

export function accepters(context: ActionContext, id: number): readonly AccountName[] {
  return namesOf(answersOf(context, id), true);
}

/** Whether those who agree suffice, as the rules are now, for every sender and each of its methods. */
export function isAccepted(context: ActionContext, { id, actions }: Proposal): boolean {
  const by = accepters(context, id);
  return kindsOf(actions).every(({ sender, service, method }) => {
    const authService = activeAuthService(context, sender);
    if (authService === undefined) return false;
    const asked = { sender, service, method, by };
    return context.call(authInterface(authService)).isAuthorized(asked);
  });
}

/** One sender that can no longer agree suffices: all actions run, or none. */
export function isRejected(context: ActionContext, { id, actions }: Proposal): boolean {
  const by = namesOf(answersOf(context, id), false);
  return kindsOf(actions).some(({ sender, service, method }) => {
    const authService = activeAuthService(context, sender);
    if (authService === undefined) return false;
    const asked = { sender, service, method, by };
    return context.call(authInterface(authService)).isRejected(asked);
  });
}

/** Groups change while a proposal is open; answers of those who have no say any more make room first. */
function makeRoom(context: ActionContext, id: number): void {
  const given = answersOf(context, id);
  if (given.length < answersMax) return;
  const stale = given.filter(({ account }) => !mayAnswer(context, id, account));
  for (const { account } of stale) context.table(answers).remove({ id, account });
  check(stale.length > 0, "too-many-answers", `at most ${answersMax} accounts answer a proposal`);
}

function partiesOf(context: ActionContext, id: number): readonly AccountName[] {
  return context
    .table(parties)
    .range({ prefix: { id } })
    .map((party) => party.account);
}

/** Undefined for accounts that nobody can act for: that of a locked account is `accounts` itself. */
function activeAuthService(context: ActionContext, name: AccountName): AccountName | undefined {
  const authService = context.call(accountsInterface).authServiceOf({ name });
  return authService === accountsInterface.name ? undefined : authService;
}

function namesOf(given: readonly Answer[], accepted: boolean): readonly AccountName[] {
  return given.filter((answer) => answer.accepted === accepted).map(({ account }) => account);
}

/** Who does what, each combination once: the arguments do not matter to auth services. */
function kindsOf(actions: readonly Action[]): readonly Action[] {
  const kinds = new Map(
    actions.map((each) => [`${each.sender} ${each.service} ${each.method}`, each]),
  );
  return [...kinds.values()];
}
