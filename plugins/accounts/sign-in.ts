import { check } from "@kith/sdk/abort";
import type { PluginContext } from "@kith/sdk/plugin";
import type { Newcomer } from "@kith/sdk/plugins/accounts";
import { keysPlugin } from "@kith/sdk/plugins/keys";
import { askUser } from "@kith/sdk/plugins/prompt";
import type { InviteShown, PromptAnswers, SignInProblem } from "@kith/sdk/plugins/prompt-kinds";
import type { AccountName } from "@kith/sdk/types";

import { currentAccount, waitingKeys } from "./browser-memory.ts";
import { enter, enterNew, keyOfKnown, knownAccounts } from "./entering.ts";
import { allRules, makeAccount, openRules, problemOf } from "./new-account.ts";
import { newKeyByCode, newKeyByPasskey, waitForKey } from "./new-key.ts";

type Answer = PromptAnswers["sign-in"];
/** Who it is now; or why he has to be asked again. */
type Tried = { readonly newcomer: Newcomer } | { readonly problem?: SignInProblem };

/** Asks who the app's user is, whoever that was before. */
export function choose(context: PluginContext): AccountName {
  const { app } = context;
  const current = currentAccount(context);
  const names = knownAccounts(context).map(({ name }) => name);
  if (names.length === 0) return signInByAsking(context).account;
  const accounts = [
    ...names.filter((name) => name === current),
    ...names.filter((name) => name !== current),
  ];
  const answered = askUser(context, "connect", { app, accounts });
  if (answered.answer === "other") return signInByAsking(context).account;
  check(accounts.includes(answered.account), "account-not-here", "choose one of these accounts");
  enter(context, answered.account, answered.everywhere || undefined);
  return answered.account;
}

/** Everything by which somebody can come in, until he is in or turns away. */
export function signInByAsking(context: PluginContext, invite?: InviteShown): Newcomer {
  let problem: SignInProblem | undefined;
  for (;;) {
    const answer = ask(context, invite, problem);
    const tried = tryToEnter(context, answer, invite !== undefined);
    if ("newcomer" in tried) return tried.newcomer;
    problem = tried.problem;
  }
}

function ask(
  context: PluginContext,
  invite: InviteShown | undefined,
  problem: SignInProblem | undefined,
): Answer {
  const accounts = knownAccounts(context).map(({ name }) => name);
  const waiting = waitingKeys(context)
    .map(({ account }) => account)
    .filter((account) => !accounts.includes(account));
  // Who was invited makes an account also where not everybody does.
  const names = invite === undefined ? openRules(context) : allRules(context).names;
  return askUser(context, "sign-in", {
    app: context.app,
    accounts,
    waiting,
    ...(names === undefined ? {} : { names }),
    ...(invite === undefined ? {} : { invite }),
    ...(problem === undefined ? {} : { problem }),
  });
}

function tryToEnter(context: PluginContext, answer: Answer, isInvited: boolean): Tried {
  switch (answer.answer) {
    case "account": {
      const { account } = answer;
      const key = keyOfKnown(context, account);
      enter(context, account);
      return { newcomer: { account, isNew: false, key, device: "" } };
    }
    case "new":
      return begin(context, answer, isInvited);
    case "passkey":
      return newKeyByPasskey(context, answer.device);
    case "recovery-code":
      return newKeyByCode(context);
    case "link":
      return waitForKey(context, answer);
  }
}

/** With an invite it is `invite` that has the account made, by which the inviter pays. */
function begin(
  context: PluginContext,
  wanted: Extract<Answer, { readonly answer: "new" }>,
  isInvited: boolean,
): Tried {
  const { name: account, device, everywhere } = wanted;
  const problem = problemOf(context, account);
  if (problem !== undefined) return { problem };
  const key = isInvited
    ? context.call(keysPlugin).create({})
    : makeAccount(context, { name: account, device });
  enterNew(context, { name: account, publicKey: key }, everywhere);
  return { newcomer: { account, isNew: true, key, device } };
}
