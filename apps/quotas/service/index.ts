import { check } from "@kith/sdk/abort";
import { claimDigest } from "@kith/sdk/claims";
import type { ActionContext } from "@kith/sdk/context";
import { implement, service, type ServiceModule } from "@kith/sdk/service";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { inviteAccount } from "@kith/sdk/system/invite-account";
import { quotasInterface, type Allowance } from "@kith/sdk/system/quotas";
import { transactInterface } from "@kith/sdk/system/transact";
import type { AccountName } from "@kith/sdk/types";

import { claimSecondsMax, fuelMin, guestSecondsMax } from "./limits.ts";
import { allowances, claimSponsors, defaults, sponsors, type SponsorRow } from "./tables.ts";

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
  const before = sponsorshipOf(context, account);
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

const shareByClaims = implement(actions.shareByClaims, (context) => {
  const account = context.sender;
  const before = sponsorshipOf(context, account);
  const isFree = before === undefined || before.byClaims === true;
  check(isFree, "has-a-sponsor", `${before?.sponsor} pays for ${account} already`);
  context.table(sponsors).put({ account, sponsor: account, byClaims: true });
});

const sponsorClaim = implement(actions.sponsorClaim, (context, { claim, sponsor: by, until }) => {
  checkAgent(context);
  checkKnown(context, by);
  checkUntil(context, until, claimSecondsMax);
  const digest = claimDigest(context, claim);
  const account = context.sender;
  context.table(claimSponsors).put({ account, claim: digest, sponsor: by, until });
});

const endClaim = implement(actions.endClaim, (context, { claim }) => {
  const key = { account: context.sender, claim: claimDigest(context, claim) };
  const had = context.table(claimSponsors).remove(key);
  check(had, "claim-unknown", "nobody pays for this claim");
});

const sponsorGuest = implement(actions.sponsorGuest, (context, args) => {
  checkAgent(context);
  const { account, sponsor: by, until } = args;
  checkKnown(context, account);
  checkKnown(context, by);
  checkUntil(context, until, guestSecondsMax);
  if (account === by || sponsorshipOf(context, account) !== undefined) return;
  context.table(sponsors).put({ account, sponsor: by, until });
});

const allowanceOf = implement(actions.allowanceOf, (context, { account }) => {
  const own = context.table(allowances).get({ account }) ?? context.table(defaults).get(only);
  if (own === undefined) return undefined;
  const { fuel, storedBytes, carriedBytes } = own;
  return { fuel, storedBytes, carriedBytes };
});

const sponsorOf = implement(
  actions.sponsorOf,
  (context, { account }) => sponsorshipOf(context, account)?.sponsor,
);

export const quotas: ServiceModule = service("quotas", {
  tables: [defaults, allowances, sponsors, claimSponsors],
  actions: {
    setDefaults,
    setAllowance,
    clearAllowance,
    sponsor,
    endSponsorship,
    leaveSponsor,
    shareByClaims,
    sponsorClaim,
    endClaim,
    sponsorGuest,
    allowanceOf,
    sponsorOf,
  },
}).module;

/** A guest's sponsor has paid long enough once the time is over; the row goes when another one comes. */
function sponsorshipOf(context: ActionContext, name: AccountName): SponsorRow | undefined {
  const row = context.table(sponsors).get({ account: name });
  const isOver = row?.until !== undefined && row.until <= context.blockTime;
  return isOver ? undefined : row;
}

/** Whom others believe about who agreed to pay: it has been called by the sponsor himself. */
function checkAgent(context: ActionContext): void {
  const isAgent = context.sender === inviteAccount;
  check(isAgent, "not-allowed", "everybody sponsors in his own name");
}

function checkUntil(context: ActionContext, until: number, secondsMax: number): void {
  const ahead = until - context.blockTime;
  const fits = ahead > 0 && ahead <= secondsMax * 1_000_000;
  check(fits, "until-wrong", `this is for at most ${secondsMax} seconds`);
}

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
