import { accounts } from "@kith/accounts/service";
import { authSig } from "@kith/auth-sig/service";
import type { AccountName } from "@kith/protocol/ids";
import { accountNameConstant } from "@kith/protocol/names";
import type { Action } from "@kith/protocol/transaction";
import { accountsInterface } from "@kith/sdk/system/accounts";
import { packAction } from "@kith/sdk/transaction";
import { balanceFlags, tokens } from "@kith/tokens/service";
import { transact } from "@kith/transact/service";

import { chainKey, type TokenChain } from "./token-chain.ts";

const issuer = accountNameConstant("issuer");
const supply = 10n ** 18n;
const held = 10n ** 9n;
const actionsOfTransaction = 40;
const transactionsOfBlock = 20;
/** Nothing that an account may use runs out while a chain is filled. */
const secondsBetweenBlocks = 61;
const blocksBetweenFlushes = 20;

/** Balances of so many accounts, each of so many tokens. */
export type Holdings = {
  readonly accounts: readonly AccountName[];
  readonly tokenIds: readonly number[];
};

export function holdingsOf(accountCount: number, tokenCount: number): Holdings {
  return {
    accounts: Array.from({ length: accountCount }, (_, i) => accountNameConstant(`load-c${i}`)),
    tokenIds: Array.from({ length: tokenCount }, (_, i) => i + 1),
  };
}

/** Makes the rows by transactions, whose services run outside of the sandbox meanwhile. */
export async function fillBalances(chain: TokenChain, holdings: Holdings): Promise<void> {
  chain.standIn([tokens.module, accounts, transact, authSig]);
  let blocks = 0;
  for (const block of inBlocks(fillingActions(holdings))) {
    const transactions = block.map((actions) => chain.transaction(actions));
    chain.block(transactions, secondsBetweenBlocks);
    // What is written behind the blocks must not wait for the last of them.
    if (++blocks % blocksBetweenFlushes === 0) await chain.flush();
  }
  await chain.flush();
  chain.standIn([]);
}

/** One action that moves an amount from one balance into another. */
export function transferAction(
  from: AccountName,
  debitor: AccountName,
  tokenId: number,
  memo: string,
): Action {
  return packAction(from, tokens, "credit", { tokenId, debitor, amount: 1n, memo });
}

function* fillingActions({ accounts: names, tokenIds }: Holdings): Generator<Action> {
  for (const name of [issuer, ...names]) {
    yield packAction(name, accountsInterface, "create", { name, key: chainKey });
    yield packAction(name, tokens, "setAccountFlag", {
      flag: balanceFlags.autoDebit,
      enabled: true,
    });
  }
  for (const tokenId of tokenIds) {
    yield packAction(issuer, tokens, "create", { precision: 4, maxIssued: supply });
    yield packAction(issuer, tokens, "mint", { tokenId, amount: supply, memo: "" });
    for (const debitor of names) {
      yield packAction(issuer, tokens, "credit", { tokenId, debitor, amount: held, memo: "" });
    }
  }
}

function* inBlocks(actions: Iterable<Action>): Generator<readonly (readonly Action[])[]> {
  let transactions: Action[][] = [[]];
  for (const action of actions) {
    if (transactions.at(-1)?.length === actionsOfTransaction) {
      if (transactions.length === transactionsOfBlock) {
        yield transactions;
        transactions = [];
      }
      transactions.push([]);
    }
    transactions.at(-1)?.push(action);
  }
  yield transactions;
}
