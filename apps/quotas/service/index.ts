import { check } from "@kith/sdk/abort";
import type { ActionContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { quotasInterface, type Allowance } from "@kith/sdk/system/quotas";
import { transactInterface } from "@kith/sdk/system/transact";
import type { AccountName } from "@kith/sdk/types";

import { fuelMin } from "./limits.ts";
import { allowances, defaults, sponsors } from "./tables.ts";

const { actions } = quotasInterface;
const only = { id: 0 };

const setDefaults = implement(actions.setDefaults, (context, amounts) => {
  checkOwner(context);
  checkEnough(amounts);
  context.table(defaults).put({ ...only, ...amounts });
});

const setAllowance = implement(actions.setAllowance, (context, { account, ...amounts }) => {
  checkOwner(context);
  checkKnown(context, account);
  const { owner } = context.call(transactInterface).network({}) ?? {};
  if (account === owner) checkEnough(amounts);
  context.table(allowances).put({ account, ...amounts });
});

const clearAllowance = implement(actions.clearAllowance, (context, { account }) => {
  checkOwner(context);
  const had = context.table(allowances).remove({ account });
  check(had, "allowance-unknown", `${account} has no allowance of its own`);
});

const sponsor = implement(actions.sponsor, (context, { account }) => {
  checkKnown(context, account);
  check(account !== context.sender, "sponsors-itself", "every account pays for itself anyway");
  const before = context.table(sponsors).get({ account });
  check(before === undefined, "has-a-sponsor", `${before?.sponsor} pays for ${account} already`);
  context.table(sponsors).put({ account, sponsor: context.sender });
});

const endSponsorship = implement(actions.endSponsorship, (context, { account }) => {
  const known = context.table(sponsors).get({ account });
  check(known?.sponsor === context.sender, "not-the-sponsor", `others pay for ${account}`);
  context.table(sponsors).remove({ account });
});

const leaveSponsor = implement(actions.leaveSponsor, (context) => {
  const had = context.table(sponsors).remove({ account: context.sender });
  check(had, "sponsor-unknown", `nobody pays for ${context.sender}`);
});

const allowanceOf = implement(actions.allowanceOf, (context, { account }) => {
  const own = context.table(allowances).get({ account }) ?? context.table(defaults).get(only);
  if (own === undefined) return undefined;
  const { fuel, storedBytes, carriedBytes } = own;
  return { fuel, storedBytes, carriedBytes };
});

const sponsorOf = implement(
  actions.sponsorOf,
  (context, { account }) => context.table(sponsors).get({ account })?.sponsor,
);

export const quotas: ServiceModule = service("quotas", {
  tables: [defaults, allowances, sponsors],
  actions: {
    setDefaults,
    setAllowance,
    clearAllowance,
    sponsor,
    endSponsorship,
    leaveSponsor,
    allowanceOf,
    sponsorOf,
  },
}).module;

function checkOwner(context: ActionContext): void {
  if (context.sender === context.self) return;
  const owner = context.call(transactInterface).network({})?.owner;
  check(owner === context.sender, "not-the-owner", "only the owner of the network sets quotas");
}

/** The owner has to be able to take it back. */
function checkEnough({ fuel, storedBytes, carriedBytes }: Allowance): void {
  const enough = fuel >= fuelMin && storedBytes >= 4096 && carriedBytes >= 4096;
  check(enough, "allowance-too-small", "with so little nobody could change it again");
}

function checkKnown(context: ActionContext, name: AccountName): void {
  const known = context.call(accountsInterface).exists({ name });
  check(known, "account-unknown", `there is no account ${name}`);
}
