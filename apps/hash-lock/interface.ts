import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "@kith/sdk/signature";
import { authActions, type AuthActions } from "@kith/sdk/system/auth";
import { verifyActions, type VerifyActions } from "@kith/sdk/system/verify";
import {
  account,
  checksum,
  object,
  option,
  u32,
  type AccountName,
  type Checksum,
  type Codec,
} from "@kith/sdk/types";

export type Lock = {
  /** sha256 of the secret: 1 to 64 bytes that nobody can guess. */
  readonly hash: Checksum;
  /** May act for the account by revealing the secret. */
  readonly beneficiary: AccountName;
  /** May act for it without the secret once the time has come. */
  readonly owner: AccountName;
  /** Seconds since the Unix epoch, block time. */
  readonly ownerFrom: number;
};

const lockFields = { hash: checksum, beneficiary: account, owner: account, ownerFrom: u32 };
export const lockCodec: Codec<Lock> = object(lockFields);

/** Accounts that open with a secret, or for their owner after a time. */
export const hashLockInterface: ServiceInterface<
  AuthActions &
    VerifyActions & {
      /** The sender's own lock, from the moment on at which the sender uses this auth service. */
      readonly setLock: Signature<{ readonly lock: Lock }, void>;
      readonly lockOf: Signature<{ readonly account: AccountName }, Lock | undefined>;
    }
> = serviceInterface("hash-lock", {
  ...authActions,
  ...verifyActions,
  setLock: signature({ lock: lockCodec }, nothing),
  lockOf: signature({ account }, option(lockCodec)),
});
