import {
  authorizeCodec,
  stagedAuthorizationCodec,
  type Authorization,
  type NoArguments,
  type StagedAuthorization,
} from "@kith/protocol/entry-points";
import { object, option, str, type Codec } from "@kith/protocol/fracpack";
import type { AccountName } from "@kith/protocol/ids";
import { accountCodec } from "@kith/protocol/names";

import {
  nothing,
  serviceInterface,
  signature,
  type ServiceInterface,
  type Signature,
} from "../signature.ts";

export type NetworkSettings = {
  readonly chainName: string;
  /** May change the network itself: producers, settings, reserved names. */
  readonly owner: AccountName;
  /** Whose site the root host shows. */
  readonly home: AccountName;
};

export const networkSettings: Codec<NetworkSettings> = object({
  chainName: str,
  owner: accountCodec,
  home: accountCodec,
});

/** The heart of the network: whose actions count, which code runs, who owns it. */
export const transactInterface: ServiceInterface<{
  /** Called by the node before each action; aborts when the sender does not allow it. */
  readonly authorize: Signature<Authorization, void>;
  /** The same for an action that was staged; aborts when the accounts that agreed to it do not suffice. */
  readonly authorizeStaged: Signature<StagedAuthorization, void>;
  readonly network: Signature<NoArguments, NetworkSettings | undefined>;
  /** By the owner. */
  readonly setNetwork: Signature<{ readonly settings: NetworkSettings }, void>;
}> = serviceInterface("transact", {
  authorize: { args: authorizeCodec, result: nothing },
  authorizeStaged: { args: stagedAuthorizationCodec, result: nothing },
  network: signature({}, option(networkSettings)),
  setNetwork: signature({ settings: networkSettings }, nothing),
});
