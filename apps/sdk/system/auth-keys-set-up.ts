import { str } from "@kith/protocol/fracpack";
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

/**
 * As much of `auth-keys` as `accounts` calls. Every transaction asks `accounts`, and pays for what its program is made
 * of, so it gets no more than it needs.
 */
export const authKeysSetUp: ServiceInterface<{
  /** By `accounts`, for an account that it makes: the first device or passkey. */
  readonly setUp: Signature<
    { readonly account: AccountName; readonly claim: Claim; readonly label: string },
    void
  >;
}> = serviceInterface("auth-keys", {
  setUp: signature({ account: accountCodec, claim: claimCodec, label: str }, nothing),
});
