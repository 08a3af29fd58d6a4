import type { Allowance, NoArguments } from "@kith/protocol/entry-points";
import { object, option, u64Number, type Codec } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

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

/** What accounts may use, and who pays for whom. */
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
  readonly allowanceOf: Signature<OfAccount, Allowance | undefined>;
  readonly sponsorOf: Signature<OfAccount, AccountName | undefined>;
}> = serviceInterface("quotas", {
  setDefaults: signature(allowanceFields, nothing),
  setAllowance: signature({ account: accountCodec, ...allowanceFields }, nothing),
  clearAllowance: signature({ account: accountCodec }, nothing),
  sponsor: signature({ account: accountCodec }, nothing),
  endSponsorship: signature({ account: accountCodec }, nothing),
  leaveSponsor: signature({}, nothing),
  allowanceOf: signature({ account: accountCodec }, option(allowance)),
  sponsorOf: signature({ account: accountCodec }, option(accountCodec)),
});
