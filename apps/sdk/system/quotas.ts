import type { Allowance, NoArguments } from "@kith/protocol/entry-points";
import { object, option, u64Number, type Codec } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";
import type { Claim } from "@kith/protocol/transaction";
import { claimCodec } from "@kith/protocol/transactions";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";

export type { Allowance } from "@kith/protocol/entry-points";

type OfAccount = { readonly account: AccountName };

const allowanceFields = { fuel: u64Number, storedBytes: u64Number, carriedBytes: u64Number };
/** What an account may use within a minute. */
export const allowance: Codec<Allowance> = object(allowanceFields);

type SponsoredClaim = {
  readonly claim: Claim;
  readonly sponsor: AccountName;
  /** Microseconds since the Unix epoch, at most 30 days ahead. */
  readonly until: number;
};
/** `until` is at most a day ahead. */
type Guest = OfAccount & { readonly sponsor: AccountName; readonly until: number };

/**
 * What accounts may use, and who pays for whom. For guests and for claims a sponsor pays with half of his allowance
 * at most: whatever they do, the other half is left to him.
 */
export const quotasInterface: ServiceInterface<{
  /** By the owner of the network: what every account may use that has no allowance of its own. */
  readonly setDefaults: Signature<Allowance, void>;
  /** By the owner of the network. */
  readonly setAllowance: Signature<OfAccount & Allowance, void>;
  readonly clearAllowance: Signature<OfAccount, void>;
  /** The sender pays for the account from now on, while the sender's own allowance lasts. One sponsor an account. */
  readonly sponsor: Signature<OfAccount, void>;
  /** By the sponsor. */
  readonly endSponsorship: Signature<OfAccount, void>;
  /** By the account that is paid for. */
  readonly leaveSponsor: Signature<NoArguments, void>;
  /** By a shared account: who pays for its transactions follows from what they prove, and nobody else does. */
  readonly shareByClaims: Signature<NoArguments, void>;
  /** By `invite`, to which the sponsor has agreed: pays for transactions of the sender that prove the claim. */
  readonly sponsorClaim: Signature<SponsoredClaim, void>;
  readonly endClaim: Signature<{ readonly claim: Claim }, void>;
  /** By `invite`, too: the sponsor pays for a guest for a while. Not for one that has a sponsor. */
  readonly sponsorGuest: Signature<Guest, void>;
  readonly allowanceOf: Signature<OfAccount, Allowance | undefined>;
  readonly sponsorOf: Signature<OfAccount, AccountName | undefined>;
}> = serviceInterface("quotas", {
  setDefaults: signature(allowanceFields, nothing),
  setAllowance: signature({ account: accountCodec, ...allowanceFields }, nothing),
  clearAllowance: signature({ account: accountCodec }, nothing),
  sponsor: signature({ account: accountCodec }, nothing),
  endSponsorship: signature({ account: accountCodec }, nothing),
  leaveSponsor: signature({}, nothing),
  shareByClaims: signature({}, nothing),
  sponsorClaim: signature({ claim: claimCodec, sponsor: accountCodec, until: u64Number }, nothing),
  endClaim: signature({ claim: claimCodec }, nothing),
  sponsorGuest: signature(
    { account: accountCodec, sponsor: accountCodec, until: u64Number },
    nothing,
  ),
  allowanceOf: signature({ account: accountCodec }, option(allowance)),
  sponsorOf: signature({ account: accountCodec }, option(accountCodec)),
});
