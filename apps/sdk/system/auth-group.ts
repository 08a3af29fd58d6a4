import { bool, list, object, option, u16, u32, type Codec } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";
import { authActions, type AuthActions } from "./auth.ts";

export type Member = {
  readonly account: AccountName;
  /** 1 to 65535. */
  readonly weight: number;
};

/** Who decides together: those who agree have to weigh as much as the threshold. */
export type Group = {
  readonly threshold: number;
  /** 1 to 32, each once. Members may be groups themselves. */
  readonly members: readonly Member[];
};

const groupFields = {
  threshold: u32,
  members: list(object({ account: accountCodec, weight: u16 })),
};
export const groupCodec: Codec<Group> = object(groupFields);

/** Accounts that belong to several others. */
export const authGroupInterface: ServiceInterface<
  AuthActions & {
    /** The sender's group, from the moment on at which the sender uses this auth service. */
    readonly setGroup: Signature<{ readonly group: Group }, void>;
    /** Makes an account that belongs to the group from the start. Needs open registration, or the network's owner. */
    readonly create: Signature<{ readonly name: AccountName; readonly group: Group }, void>;
    readonly groupOf: Signature<{ readonly account: AccountName }, Group | undefined>;
    /** Whether `to` is the account itself, an owner of it, a member of it, or one of theirs. */
    readonly reaches: Signature<
      { readonly account: AccountName; readonly to: AccountName },
      boolean
    >;
  }
> = serviceInterface("auth-group", {
  ...authActions,
  setGroup: signature({ group: groupCodec }, nothing),
  create: signature({ name: accountCodec, group: groupCodec }, nothing),
  groupOf: signature({ account: accountCodec }, option(groupCodec)),
  reaches: signature({ account: accountCodec, to: accountCodec }, bool),
});
