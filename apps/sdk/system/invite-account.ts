import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";

/** For services that only need to know who calls: the whole interface would make their programs larger. */
export const inviteAccount: AccountName = accountNameConstant("invite");
