import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { accountNameConstant } from "@kith/protocol/names";
import { packAction } from "@kith/sdk/transaction";
import { balanceFlags, tokens } from "@kith/tokens/service";

import { createAccount, createAccounts, loadAccountOf, type BenchAccount } from "./kith-account.ts";
import { rootHost, type KithCluster } from "./kith-cluster.ts";
import type { LoadAccount } from "./load/job.ts";

const supply = 10n ** 15n;
const forEach = 10n ** 9n;
/** The number that the first token of a network gets. */
const firstTokenId = 1;
const creditsAtOnce = 16;

export type TokenNetwork = {
  readonly accounts: readonly LoadAccount[];
  readonly tokenId: number;
};

/**
 * Installs `apps/tokens` as its author would, and gives so many accounts a balance of one token and the wish to be
 * credited at once: a transfer is then one action that moves the amount from one balance into another.
 */
export async function openTokenNetwork(
  folder: string,
  kith: KithCluster,
  clients: number,
): Promise<TokenNetwork> {
  const node = { rootHost, port: kith.leaderPort };
  const issuer = await createAccount(node, "issuer");
  installTokens(folder, kith.leaderPort);
  // One more, so that also a single client has somebody to pay.
  const accounts = await createAccounts(node, clients + 1);
  await Promise.all(accounts.map(creditedAtOnce));
  const tokenId = firstTokenId;
  const sender = accountNameConstant(issuer.account);
  await issuer.push([
    packAction(sender, tokens, "create", { precision: 4, maxIssued: supply }),
    packAction(sender, tokens, "mint", { tokenId, amount: supply, memo: "" }),
  ]);
  for (let from = 0; from < accounts.length; from += creditsAtOnce) {
    const credits = accounts.slice(from, from + creditsAtOnce).map(({ account }) => {
      const debitor = accountNameConstant(account);
      return packAction(sender, tokens, "credit", { tokenId, debitor, amount: forEach, memo: "" });
    });
    await issuer.push(credits);
  }
  return { accounts: accounts.map(loadAccountOf), tokenId };
}

async function creditedAtOnce({ account, push }: BenchAccount): Promise<void> {
  const wish = { flag: balanceFlags.autoDebit, enabled: true };
  await push([packAction(accountNameConstant(account), tokens, "setAccountFlag", wish)]);
}

function installTokens(folder: string, port: number): void {
  const keys = { KITH_HOME: join(folder, "keys") };
  runKith(keys, "key", "new");
  runKith(keys, "package", "apps/tokens", "--out", folder);
  runKith(keys, "install", "tokens", "--from", folder, "--node", `http://${rootHost}:${port}`);
}

function runKith(environment: Readonly<Record<string, string>>, ...words: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, ["server/cli/main.ts", ...words], {
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, ...environment },
  });
  if (status !== 0) throw new Error(`kith ${words.join(" ")}: ${stderr.toString()}`);
}
