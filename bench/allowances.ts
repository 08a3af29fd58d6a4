import { join } from "node:path";

import { openSecretKey } from "@kith/node/data-folder";
import type { AccountName } from "@kith/protocol/ids";
import { quotasInterface } from "@kith/sdk/system/quotas";
import { packAction } from "@kith/sdk/transaction";

import { accountWith, type BenchAccount } from "./kith-account.ts";
import { rootHost } from "./kith-cluster.ts";

const much = Number.MAX_SAFE_INTEGER;
const allowance = { fuel: much, storedBytes: much, carriedBytes: much };

/** The first node of a network, whose folder has the owner's key. */
type FirstNode = { readonly port: number; readonly folder: string };

/** What is measured is not to be held up by what an account may use in a minute. */
export async function letAllUse(node: FirstNode): Promise<void> {
  const owner = ownerOf(node);
  await owner.push([packAction(owner.name, quotasInterface, "setDefaults", allowance)]);
}

/** The same for one account. */
export async function letUse(node: FirstNode, account: AccountName): Promise<void> {
  const owner = ownerOf(node);
  const args = { account, ...allowance };
  await owner.push([packAction(owner.name, quotasInterface, "setAllowance", args)]);
}

function ownerOf({ port, folder }: FirstNode): BenchAccount {
  const key = openSecretKey(join(folder, "owner.pem"));
  if (!key.ok) throw new Error(key.error);
  return accountWith({ rootHost, port }, "owner", key.value);
}
