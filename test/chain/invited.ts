import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Receipt } from "@kith/protocol/receipt";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { authDelegateInterface } from "@kith/sdk/system/auth-delegate";
import { inviteInterface } from "@kith/sdk/system/invite";
import { quotasInterface, type Allowance } from "@kith/sdk/system/quotas";
import { packAction, publicKeyOf } from "@kith/sdk/transaction";

import { signerOf } from "../provers.ts";
import { claimOf, day, KeyedNetwork } from "./keyed.ts";
import { keyOf, owner, ownerKey, type NetworkOptions } from "./network.ts";
import { codeOf, requireDone, type Person } from "./people.ts";

/** What the package `invite` does when it is installed; networks of tests have services and no packages. */
const { name: own } = inviteInterface;
const setUp: readonly Action[] = [
  packAction(own, authDelegateInterface, "setOwner", { owner }),
  packAction(own, accountsInterface, "setAuthService", { authService: own }),
  packAction(own, quotasInterface, "shareByClaims", {}),
];

export const plenty: Allowance = {
  fuel: 10_000_000_000,
  storedBytes: 1_000_000,
  carriedBytes: 1_000_000,
};

/** The key whose secret is in the link. */
export const link: Uint8Array = keyOf(90);
export const board: AccountName = accountNameConstant("cleo");

type NewInvite = Parameters<typeof packAction<typeof inviteInterface.actions, "createInvite">>[3];

export class InviteNetwork extends KeyedNetwork {
  constructor(options: NetworkOptions = {}) {
    super({ ...options, actions: [...setUp, ...(options.actions ?? [])] });
    requireDone(this.run([packAction(owner, quotasInterface, "setDefaults", plenty)], ownerKey));
  }

  invites(who: Person, args: Partial<NewInvite> = {}): string {
    return codeOf(this.run([this.invitation(who.name, args)], who.key));
  }

  invitation(inviter: AccountName, args: Partial<NewInvite> = {}): Action {
    return packAction(inviter, inviteInterface, "createInvite", {
      key: publicKeyOf(link),
      app: board,
      expiresAt: (this.time + 7 * day) * 1_000_000,
      uses: 2,
      memo: "come in",
      ...args,
    });
  }

  accepts(name: string, key: Uint8Array, secret: Uint8Array = link): Receipt {
    return this.runProvedBy([acceptance(name, key)], [signerOf(secret), signerOf(key)]);
  }

  invite(secret: Uint8Array = link): InviteJson | null {
    const key = hexOf(secret);
    // oxlint-disable-next-line no-unsafe-type-assertion -- the query says so
    return this.asks(own, "inviteOf", { key }) as InviteJson | null;
  }
}

export type InviteJson = {
  readonly key: string;
  readonly inviter: string;
  readonly app: string;
  readonly uses: number;
  readonly usesMax: number;
  readonly memo: string;
  readonly state: string;
};

export function acceptance(name: string, key: Uint8Array): Action {
  const args = { name: accountNameConstant(name), claim: claimOf(key), label: "phone" };
  return packAction(own, inviteInterface, "accept", args);
}

export function hexOf(secret: Uint8Array): string {
  return Buffer.from(publicKeyOf(secret)).toString("hex").toUpperCase();
}
